//! Admin: the owner's desk — overview, customers, health. Nothing calls it; it may read from all.

pub mod health;
pub mod routes;
pub mod store;
