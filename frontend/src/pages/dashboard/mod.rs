//! What a customer owns and has ordered.

mod card;
mod download;
mod frame;
mod order;
mod orders;
mod product;
mod products;
mod story;

pub use order::OrderDetail;
pub use orders::Orders;
pub use product::OwnedProduct;
pub use products::OwnedProducts;
