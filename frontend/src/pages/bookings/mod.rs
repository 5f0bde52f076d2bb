//! Appointments: choosing a time, and what was chosen.

mod book;
mod choose;
mod list;

pub use book::Book;
pub use list::Bookings;
