//! SQL of the calendar.

mod agenda;
mod bookings;
mod external;
mod hours;
mod taken;

pub use agenda::*;
pub use bookings::*;
pub use external::*;
pub use hours::*;
pub use taken::*;
