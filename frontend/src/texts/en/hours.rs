//! The owner's calendar.

use vitrine_types::calendar::BookingStatus;

pub const ADD_CALENDAR: &str = "Add calendar";
pub const ADD_HOURS: &str = "Add hours";
pub const ADD_JOURNEY: &str = "Plan a journey";
pub const AFTER: &str = "After";
pub const ANSWERS: &str = "Answers";
pub const ANY_TIME: &str = "Any other time";
pub const ANY_TIME_HELP: &str = "Whatever your hours say; only where another appointment is, nothing can be put.";
pub const A_FREE_TIME: &str = "A free time";
pub const BEFORE: &str = "Before";
pub const BEING_READ: &str = "Being read";
pub const BLOCK: &str = "Block this time";
pub const BOOK: &str = "Book";
pub const BOOKED_FOR: &str = "Booked; the customer is told";
pub const BOOKING: &str = "Appointment";
pub const BOOKINGS: &str = "Appointments";
pub const BOOK_FOR: &str = "Book for a customer";
pub const BOOK_FOR_WORDS: &str = "Nothing is charged. The customer gets the invite by mail.";
pub const CALENDAR: &str = "Calendar";
pub const CALENDAR_ADDRESS: &str = "Address of its ICS file";
pub const CALENDAR_ADDRESS_HELP: &str = "Most calendars call it the secret or private address in iCal format.";
pub const CALENDAR_REMOVED: &str = "Removed; its busy times can be booked again";
pub const CANCEL_WORDS: &str = "What paid for it always comes back to the customer, however late it is.";
pub const CHANGED: &str = "Done; the customer is told";
pub const CLOSE: &str = "Close";
pub const CLOSED: &str = "Closed";
pub const CLOSES: &str = "until";
pub const COPY_MONDAY: &str = "Same hours from Monday to Friday";
pub const CUSTOMER: &str = "Customer";
pub const DAY: &str = "Day";
pub const DAY_NEEDED: &str = "Which day?";
pub const FEED: &str = "Your appointments in other calendars";
pub const FEED_HELP: &str =
    "A secret address that your phone or computer can subscribe to. Whoever knows it can read your appointments.";
pub const FEED_ONCE: &str = "Copy it now; it is shown only this once.";
pub const FIND: &str = "Find";
pub const FIND_CUSTOMER: &str = "Name or e-mail of the customer";
pub const FIRST_DAY: &str = "First day";
pub const FOR_CUSTOMER: &str = "For the customer";
pub const FRIDAY: &str = "Friday";
pub const FROM: &str = "From";
pub const HOURS: &str = "Hours";
pub const HOURS_SAVED: &str = "Hours saved";
pub const HOURS_TITLE: &str = "When you can be booked";
pub const HOURS_WRONG: &str = "Each range ends after it starts, and none overlaps another.";
pub const JOURNEY: &str = "Journey";
pub const JOURNEYS: &str = "Journeys";
pub const JOURNEYS_HELP: &str =
    "On these days your hours are read by the clocks of where you are. What is booked stays where it is.";
pub const JOURNEY_NEEDS_DAYS: &str = "Each journey needs a first and a last day.";
pub const LAST_DAY: &str = "Last day";
pub const LAST_READ: &str = "Last read";
pub const MARKED: &str = "Marked";
pub const MESSAGE: &str = "A word to the customer";
pub const MESSAGE_HELP: &str = "Stands in the mail that tells them.";
pub const MONDAY: &str = "Monday";
pub const MONTH: &str = "Month";
pub const NEVER_READ: &str = "Not read yet";
pub const NO: &str = "No";
pub const NOTE: &str = "Private note";
pub const NOTE_HELP: &str = "Only you see it.";
pub const NOTE_SAVED: &str = "Note saved";
pub const NOTHING_BOOKED: &str = "Nothing booked";
pub const NOTHING_BOOKED_WORDS: &str = "Appointments that customers book appear here at once.";
pub const NOTHING_PAID: &str = "Nothing: you booked it";
pub const NOT_READ: &str = "Cannot be read";
pub const NO_CALENDARS: &str = "None yet.";
pub const NO_SERVICE: &str = "Nothing to book";
pub const NO_SERVICE_WORDS: &str = "Make a product of the kind “Appointment” first.";
pub const OPENS: &str = "from";
pub const OTHER_HOURS: &str = "Days with other hours";
pub const OTHER_HOURS_HELP: &str = "Instead of the weekly ones on one day; no hours means closed.";
pub const OUTSIDE: &str = "Other calendars";
pub const OUTSIDE_TITLE: &str = "Other calendars";
pub const PAID: &str = "Paid with";
pub const PAID_PURCHASE: &str = "An appointment they bought";
pub const PERIOD_NEEDED: &str = "From when until when?";
pub const READ_CALENDARS: &str = "Busy elsewhere";
pub const READ_CALENDARS_HELP: &str =
    "What these calendars call busy cannot be booked here. Each is read every quarter of an hour.";
pub const READ_IN_PART: &str = "Read, with a problem";
pub const REASON: &str = "Reason";
pub const REASON_HELP: &str = "Only you see it.";
pub const REMOVE: &str = "Remove";
pub const REMOVE_HOURS: &str = "Remove hours";
pub const RENEW_FEED: &str = "Make a new address";
pub const RENEW_FEED_TITLE: &str = "Make a new address?";
pub const RENEW_FEED_WORDS: &str = "The old address, if there is one, stops working at once.";
pub const RESULT: &str = "The resulting week";
pub const RESULT_HELP: &str = "What can be booked, before appointments and other calendars take their part.";
pub const SATURDAY: &str = "Saturday";
pub const SAVE_NOTE: &str = "Save note";
pub const SERVICE: &str = "Service";
pub const SET_DAY: &str = "Set this day";
pub const STALE: &str = "Out of date";
pub const STALE_WORDS: &str = "Not read for more than an hour: appointments here may collide with what is new there.";
pub const STATUS: &str = "Status";
pub const SUNDAY: &str = "Sunday";
pub const THURSDAY: &str = "Thursday";
pub const TIME_OFF: &str = "Time off and blocked times";
pub const TIME_OFF_HELP: &str = "Nothing can be booked in them. What is booked already stays booked.";
pub const TIME_ZONE: &str = "Your time zone";
pub const TIME_ZONE_HELP: &str = "Hours are by the clocks there, in summer and in winter.";
pub const TODAY: &str = "Today";
pub const TUESDAY: &str = "Tuesday";
pub const UNMARK: &str = "Not yet over";
pub const UNTIL: &str = "Until";
pub const UP_TO_DATE: &str = "Up to date";
pub const WEDNESDAY: &str = "Wednesday";
pub const WEEK: &str = "Week";
pub const WHICH_TIMES: &str = "Which times";
pub const WHOLE_DAYS: &str = "Whole days";
pub const YES: &str = "Yes";
pub const ZONE_THERE: &str = "Time zone there";

/// `Any time, by the clocks of Europe/Berlin`
pub fn any_time_in(zone: &str) -> String {
    format!("Start, by the clocks of {zone}")
}

/// `March 4: 2 appointments`
pub fn bookings_on(day: &str, count: usize) -> String {
    match count {
        0 => format!("{day}: nothing booked"),
        1 => format!("{day}: 1 appointment"),
        count => format!("{day}: {count} appointments"),
    }
}

/// `3 busy times`
pub fn busy_times(count: i64) -> String {
    if count == 1 { "1 busy time ahead".into() } else { format!("{count} busy times ahead") }
}

/// `2 more`
pub fn more(count: usize) -> String {
    format!("{count} more")
}

/// What paid.
pub fn paid_tokens(amount: i64) -> String {
    if amount == 1 { "1 token".into() } else { format!("{amount} tokens") }
}

/// Where a booking stands.
pub fn status(status: BookingStatus) -> &'static str {
    match status {
        BookingStatus::Accepted => "Booked",
        BookingStatus::Cancelled => "Cancelled",
        BookingStatus::Completed => "Took place",
        BookingStatus::NoShow => "Did not come",
    }
}

/// `Times by the clocks of Europe/Berlin.`
pub fn times_in(zone: &str) -> String {
    format!("Times by the clocks of {zone}, and on journeys by those of the place.")
}

/// `Week of March 2, 2026`
pub fn week_of(monday: &str) -> String {
    format!("Week of {monday}")
}
