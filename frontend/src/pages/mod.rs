//! The pages, one file per page.

pub mod account;
pub mod admin;
pub mod auth;
pub mod bookings;
mod cart;
pub mod checkout;
pub mod dashboard;
mod front;
mod not_found;
mod product;
mod purchase;
mod store;
mod tokens;

pub use cart::CartPage;
pub use front::Front;
pub use not_found::NotFound;
pub use product::ProductDetail;
pub use store::Store;
pub use tokens::Tokens;
