//! Calendar: when the owner can be booked, and what is booked.

pub mod hours;
pub mod ics;
pub mod routes;
pub mod service;
pub mod slots;
pub mod store;
pub mod wire;
