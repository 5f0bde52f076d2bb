//! A customer's products and orders.

mod order;
mod orders;
mod product;
mod products;

pub use order::OrderDetail;
pub use orders::Orders;
pub use product::OwnedProduct;
pub use products::OwnedProducts;
