//! Appointments: choosing a time, and what was booked.

mod book;
mod choose;
mod form;
mod intake;
mod list;
mod location;
mod manage;
mod means;
mod pay_first;

pub use book::Book;
pub use choose::{Choice, Choose};
pub use intake::{Intake, Questions, forget_answers};
pub use list::{Bookings, OneBooking};
pub use location::Location;
pub use manage::Manage;
pub use pay_first::BookAndPay;
