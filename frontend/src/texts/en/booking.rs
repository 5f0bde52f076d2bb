//! Appointments.

pub const APPOINTMENTS: &str = "Appointments";
pub const BEFORE_WE_MEET: &str = "Before we meet";
pub const BOOK: &str = "Book a time";
pub const BOOKED: &str = "Booked";
pub const CANCEL: &str = "Cancel";
pub const CANCELLED: &str = "Cancelled";
pub const CANCEL_IT: &str = "Cancel the appointment";
pub const CANCEL_TITLE: &str = "Cancel this appointment?";
pub const CHOOSE_A_DAY: &str = "Choose a day to see its times.";
pub const CHOOSE_A_TIME: &str = "Choose a time";
pub const CHOOSE_FILE: &str = "Choose a file";
pub const COMES_BACK: &str = "The appointment comes back to you; book another time whenever you like.";
pub const COMPLETED: &str = "Took place";
pub const DOES_NOT_COME_BACK: &str =
    "It is past the time until which cancelling is free: the appointment does not come back.";
pub const EARLIER: &str = "Month before";
pub const FILE_HELP: &str = "Or drop it here. A picture, a PDF, a text or a document of up to 10 MB.";
pub const HOLD_HINT: &str =
    "The time is yours while you pay: it is held for 45 minutes, and free for others again if nothing is paid.";
pub const KEEP: &str = "Keep it";
pub const LATER: &str = "Month after";
pub const MISSED: &str = "Missed";
pub const MOVE: &str = "Move";
pub const MOVE_TITLE: &str = "Move to another time";
pub const NONE_LEFT: &str = "No appointment left";
pub const NONE_LEFT_WORDS: &str =
    "All appointments of this purchase are booked. Cancel one in time and it comes back, or buy another.";
pub const NOTHING_FREE: &str = "Nothing is free in this month. Try the next one.";
pub const NO_APPOINTMENTS: &str = "No appointments";
pub const NO_APPOINTMENTS_WORDS: &str = "When you own a service, you book its time from your products.";
pub const OTHER_FILE: &str = "Another file";
pub const PLEASE_CHOOSE: &str = "Please choose";
pub const SIGN_IN_FOR_FILES: &str = "You can add it once you have signed in: choose a time first.";
pub const WHAT: &str = "What";
pub const WHEN: &str = "When";
pub const WHERE: &str = "Where";
pub const YOUR_APPOINTMENT: &str = "Your appointment";
pub const TIMES_IN: &str = "Times shown in";
pub const TO_YOUR_PRODUCTS: &str = "To your products";

/// `60 minutes · Video call`
pub fn about(minutes: u32, location: &str) -> String {
    if location.is_empty() { format!("{minutes} minutes") } else { format!("{minutes} minutes · {location}") }
}

/// `Book Tue, Mar 4, 2:00 PM`
pub fn book(what: &str) -> String {
    format!("Book {what}")
}

/// `Hold Tue, Mar 4, 2:00 PM and pay`
pub fn hold_and_pay(when: &str) -> String {
    format!("Hold {when} and pay")
}

/// `Booked: Tue, Mar 4, 2:00 PM`
pub fn booked(when: &str) -> String {
    format!("Booked: {when}")
}

/// `Tuesday, March 4: 3 times free`
pub fn free_day(day: &str, times: usize) -> String {
    if times == 1 { format!("{day}: 1 time free") } else { format!("{day}: {times} times free") }
}

/// `Free to cancel until Mon, Mar 3, 2:00 PM`
pub fn free_to_cancel(until: &str) -> String {
    format!("Free to cancel or move until {until}.")
}

/// `Phone number (optional)`
pub fn optional(label: &str) -> String {
    format!("{label} (optional)")
}

/// `06:30 UTC`
pub fn in_zone(time: &str, zone: &str) -> String {
    format!("{time} {zone}")
}

/// `It was free to cancel until …`
pub fn too_late(until: &str) -> String {
    format!("It was free to cancel until {until}.")
}

/// Both zones, where they differ.
pub fn two_zones(mine: &str, owners: &str) -> String {
    format!("Times are yours ({}); the owner is in {}.", mine.replace('_', " "), owners.replace('_', " "))
}
