//! SQL of the calendar.

mod bookings;
mod external;
mod hours;
mod taken;

pub use bookings::*;
pub use external::*;
pub use hours::*;
pub use taken::*;
