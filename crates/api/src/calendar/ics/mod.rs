//! iCalendar (RFC 5545): what we tell other calendars, and what they tell us.

pub mod busy;
mod lines;
mod repeat;
pub mod write;
mod zones;
