//! Catalog: the products.

pub mod routes;
pub mod service;
