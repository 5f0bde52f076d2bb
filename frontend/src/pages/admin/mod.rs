//! The owner's pages.

mod amount;
mod calendar;
mod customer;
mod customers;
mod draft;
mod filters;
mod health;
mod mails;
mod new_product;
mod order;
mod orders;
mod overview;
mod plans;
mod product;
mod products;
mod reconciliation;
mod refund;
mod service;
mod webhooks;

pub use amount::new_key;
pub use calendar::{BookFor, Calendar, OpenHours, OutsideCalendars};
pub use customer::CustomerDetail;
pub use customers::Customers;
pub use health::Health;
pub use mails::Mails;
pub use new_product::NewProduct;
pub use order::OrderDetail;
pub use orders::Orders;
pub use overview::Overview;
pub use plans::{AddPlan, EditPlan, Plans};
pub use product::EditProduct;
pub use products::Products;
pub use reconciliation::Reconciliation;
pub use webhooks::Webhooks;
