//! A customer's own pages.

pub const ACCOUNT: &str = "Account";
pub const DESK_NAVIGATION: &str = "Your pages";
pub const ORDER: &str = "Order";
pub const ORDERS: &str = "Orders";
pub const PRIVACY: &str = "Your data";
pub const PRODUCT: &str = "Your product";
pub const PRODUCTS: &str = "Your products";
pub const SECURITY: &str = "Security";
