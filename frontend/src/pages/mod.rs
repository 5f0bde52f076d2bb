//! The pages, one file per page.

pub mod account;
pub mod admin;
pub mod auth;
pub mod bookings;
pub mod cart;
pub mod checkout;
pub mod dashboard;
mod front;
mod not_found;
pub mod plans;
mod product;
mod purchase;
pub mod store;
pub mod tokens;

pub use front::Front;
pub use not_found::NotFound;
pub use product::ProductDetail;
