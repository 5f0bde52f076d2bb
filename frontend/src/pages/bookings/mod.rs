//! Appointments: choosing a time, and what was booked.

mod book;
mod change;
mod choose;
mod drafts;
mod form;
mod intake;
mod invite;
mod list;
mod location;
mod manage;
mod means;
mod one;
mod pay_first;
mod policy;

pub use book::Book;
pub use choose::{Choice, Choose, Source};
pub use drafts::{forget_all_answers, forget_answers};
pub use intake::{Intake, Questions};
pub use list::Bookings;
pub use location::Location;
pub use manage::Manage;
pub use one::{Appointment, OneBooking, span_in};
pub use pay_first::BookAndPay;
