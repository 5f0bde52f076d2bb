//! Mail: what the shop sends.

pub mod routes;
pub mod service;
