//! The owner's calendar.

pub const CALENDAR: &str = "Calendar";
pub const CALENDAR_CHANGED: &str = "Noted; the customer is told";
pub const CLOSED: &str = "Closed";
pub const FRIDAY: &str = "Friday";
pub const HOURS_NEEDED: &str = "Hours such as 09:00–12:00, 13:00–17:00; empty for closed";
pub const HOURS_SAVED: &str = "Hours saved";
pub const MONDAY: &str = "Monday";
pub const NOTHING_BOOKED: &str = "Nothing booked";
pub const NOTHING_BOOKED_WORDS: &str = "Appointments that customers book appear here at once.";
pub const SATURDAY: &str = "Saturday";
pub const SUNDAY: &str = "Sunday";
pub const THURSDAY: &str = "Thursday";
pub const TIME_ZONE: &str = "Your time zone";
pub const TUESDAY: &str = "Tuesday";
pub const WEDNESDAY: &str = "Wednesday";
pub const WEEKLY_HOURS: &str = "Weekly hours";
pub const WEEKLY_HOURS_HELP: &str =
    "When appointments can be booked, by your clocks. Several ranges a day have commas between.";
