//! The owner's pages.

pub const ADMIN_NAVIGATION: &str = "Owner's pages";
pub const CUSTOMER: &str = "Customer";
pub const CUSTOMERS: &str = "Customers";
pub const EDIT_PRODUCT: &str = "Edit product";
pub const HEALTH: &str = "Health";
pub const MAILS: &str = "Mails";
pub const NEW_PRODUCT: &str = "New product";
pub const ORDER: &str = "Order";
pub const ORDERS: &str = "Orders";
pub const OVERVIEW: &str = "Overview";
pub const OWNERS_DESK: &str = "Owner's desk";
pub const PRODUCTS: &str = "Products";
pub const RECONCILIATION: &str = "Reconciliation";
pub const WEBHOOKS: &str = "Webhook inbox";
