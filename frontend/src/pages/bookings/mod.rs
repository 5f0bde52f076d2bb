//! Appointments: choosing a time, and what was chosen.

mod book;
mod choose;
mod list;
mod manage;

pub use book::Book;
pub use list::Bookings;
pub use manage::Manage;
