//! Cart: what a signed-in customer means to buy.
//!
//! Before signing in the cart lives in the browser; the app merges it once. Prices are those of now: a cart promises
//! nothing, the order does. A line whose product is no longer for sale falls out when the cart is read.

pub mod routes;
pub mod service;
pub mod store;
