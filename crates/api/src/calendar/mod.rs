//! Calendar: when the owner can be booked, and what is booked.

pub mod hours;
pub mod slots;
