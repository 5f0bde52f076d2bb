//! Accounts: customers and admins, passwords, sessions, profile.

pub mod limits;
pub mod passwords;
pub mod routes;
pub mod service;
pub mod store;
