//! Appointments.

use vitrine_types::calendar::{PaidWith, PaymentKind};

use super::tokens::tokens;

pub const ADD_TO_CALENDAR: &str = "Add to calendar";
pub const ALL_APPOINTMENTS: &str = "All appointments";
pub const APPOINTMENTS: &str = "Appointments";
pub const BEFORE_WE_MEET: &str = "Before we meet";
pub const BOOK: &str = "Book a time";
pub const BOOKED: &str = "Booked";
pub const BOUGHT: &str = "An appointment you own";
pub const CANCEL: &str = "Cancel";
pub const CANCELLED: &str = "Cancelled";
pub const CANCEL_IT: &str = "Cancel the appointment";
pub const CANCEL_TITLE: &str = "Cancel this appointment?";
pub const CHOOSE_A_DAY: &str = "Choose a day to see its times.";
pub const CHOOSE_A_TIME: &str = "Choose a time";
pub const CHOOSE_FILE: &str = "Choose a file";
pub const COMPLETED: &str = "Took place";
pub const EARLIER: &str = "Month before";
pub const FILE_HELP: &str = "Or drop it here. A picture, a PDF, a text or a document of up to 10 MB.";
pub const GOING_ON: &str = "Going on now";
pub const HOLD_HINT: &str =
    "The time is yours while you pay: it is held for 45 minutes, and free for others again if nothing is paid.";
pub const HOW_TO_PAY: &str = "How it is paid";
pub const IS_BOOKED: &str = "It is booked";
pub const IS_BOOKED_WORDS: &str = "A mail with the invite is on its way to you.";
pub const KEEP: &str = "Keep it";
pub const LATER: &str = "Month after";
pub const MISSED: &str = "Missed";
pub const MOVE: &str = "Move";
pub const MOVE_TITLE: &str = "Move to another time";
pub const NONE_LEFT: &str = "No appointment left";
pub const NONE_LEFT_WORDS: &str =
    "All appointments of this purchase are booked. Cancel one in time and it comes back, or buy another.";
pub const NOT_NOW: &str = "Not to be had at the moment";
pub const NOT_NOW_WORDS: &str = "This cannot be bought just now. Look in again later.";
pub const NOTHING_FREE: &str = "Nothing is free in this month. Try the next one.";
pub const NO_APPOINTMENTS: &str = "No appointments";
pub const NO_APPOINTMENTS_WORDS: &str = "When you own a service, you book its time from your products.";
pub const OTHER_FILE: &str = "Another file";
pub const OVER: &str = "Over";
pub const PAID: &str = "Payment";
pub const PLEASE_CHOOSE: &str = "Please choose";
pub const SEE_PLANS: &str = "See the plans";
pub const SIGN_IN_FOR_FILES: &str = "You can add it once you have signed in: choose a time first.";
pub const SIGN_IN_FOR_TOKENS: &str = "Sign in to use yours";
pub const TO_SERVICE: &str = "To the service";
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

/// `Book Tue, Mar 4, 2:00 PM with 2 tokens`
pub fn book_with_tokens(when: &str, cost: i64) -> String {
    format!("Book {when} with {}", tokens(cost))
}

/// `Booked: Tue, Mar 4, 2:00 PM. 3 tokens are left.`
pub fn and_left(booked: &str, left: i64) -> String {
    match left {
        0 => format!("{booked}. No tokens are left."),
        1 => format!("{booked}. 1 token is left."),
        left => format!("{booked}. {} are left.", tokens(left)),
    }
}

/// `3 left`
pub fn left(appointments: i64) -> String {
    format!("{appointments} left")
}

/// `2 tokens of your plan Studio`
pub fn with_tokens(cost: i64, plan: &str) -> String {
    format!("{} of your plan {plan}", tokens(cost))
}

/// `Uses 1 of your 4 tokens`
pub fn uses(cost: i64, balance: i64) -> String {
    format!("Uses {cost} of your {}", tokens(balance))
}

/// `Pay $50.00 now`
pub fn pay_now(price: &str) -> String {
    format!("Pay {price} now")
}

/// What is missing to pay with tokens.
pub fn too_few(cost: i64, balance: i64) -> String {
    let have = if balance == 0 { "none".to_owned() } else { balance.to_string() };
    let missing = cost - balance;
    let missing = if missing == 1 { "1 is missing".to_owned() } else { format!("{missing} are missing") };
    format!("With your plan it costs {}; you have {have}, so {missing}.", tokens(cost))
}

/// The service can be paid with tokens.
pub fn takes_tokens(cost: i64) -> String {
    format!("With a plan it costs {}.", tokens(cost))
}

/// `Paid with 2 tokens`
pub fn paid(with: PaidWith) -> String {
    match with.kind {
        PaymentKind::Tokens => format!("Paid with {}", tokens(with.amount)),
        PaymentKind::Entitlement => "With an appointment you bought".into(),
    }
}

/// The same time by the owner's clocks.
pub fn for_owner(when: &str) -> String {
    format!("{when} where the owner is")
}

/// `Free to cancel or move until Mon, Mar 3, 2:00 PM`, and that tokens come back then.
pub fn free_to_cancel(until: &str, paid: Option<i64>) -> String {
    match paid {
        None => format!("Free to cancel or move until {until}."),
        Some(1) => format!("Free to cancel or move until {until}: the token comes back."),
        Some(paid) => format!("Free to cancel or move until {until}: the {} come back.", tokens(paid)),
    }
}

/// What comes back when it is cancelled in time.
pub fn comes_back(paid: Option<PaidWith>) -> String {
    match paid {
        None => "Nothing was paid for it.".into(),
        Some(PaidWith { kind: PaymentKind::Entitlement, .. }) => {
            "The appointment comes back to you; book another time whenever you like.".into()
        }
        Some(PaidWith { kind: PaymentKind::Tokens, amount: 1, .. }) => "The token comes back to you.".into(),
        Some(PaidWith { kind: PaymentKind::Tokens, amount, .. }) => format!("The {} come back to you.", tokens(amount)),
    }
}

/// It is too late for what paid to come back.
pub fn does_not_come_back(paid: Option<PaidWith>) -> String {
    let late = "It is past the time until which cancelling is free";
    match paid {
        None => "Nothing was paid for it.".into(),
        Some(PaidWith { kind: PaymentKind::Entitlement, .. }) => {
            format!("{late}: the appointment does not come back.")
        }
        Some(PaidWith { kind: PaymentKind::Tokens, amount: 1, .. }) => format!("{late}: the token does not come back."),
        Some(PaidWith { kind: PaymentKind::Tokens, amount, .. }) => {
            format!("{late}: the {} do not come back.", tokens(amount))
        }
    }
}

/// It is cancelled, and tokens are back.
pub fn cancelled(back: Option<i64>) -> String {
    match back {
        None => CANCELLED.into(),
        Some(1) => "Cancelled. Your token is back.".into(),
        Some(back) => format!("Cancelled. Your {} are back.", tokens(back)),
    }
}

/// `Phone number (optional)`
pub fn optional(label: &str) -> String {
    format!("{label} (optional)")
}

/// `06:30 UTC`
pub fn in_zone(time: &str, zone: &str) -> String {
    format!("{time} {zone}")
}

/// `It was free to cancel until …`, and what is lost since.
pub fn too_late(until: &str, paid: Option<PaidWith>) -> String {
    let lost = match paid {
        None => "nothing was paid for it",
        Some(_) => "when it is cancelled, what paid for it does not come back",
    };
    format!("It was free to cancel until {until}. It cannot be moved any more, and {lost}.")
}

/// The time to be booked is so near that cancelling it is never free.
pub fn never_free(paid: Option<PaidWith>) -> String {
    let lost = match paid {
        None => return "This time is near: once booked, it cannot be moved.".into(),
        Some(PaidWith { kind: PaymentKind::Tokens, amount: 1, .. }) => "the token does not come back".into(),
        Some(PaidWith { kind: PaymentKind::Tokens, amount, .. }) => format!("the {} do not come back", tokens(amount)),
        Some(_) => "what was paid does not come back".to_owned(),
    };
    format!("This time is near: once booked, it cannot be moved, and when it is cancelled, {lost}.")
}

/// Both zones, where they differ.
pub fn two_zones(mine: &str, owners: &str) -> String {
    format!("Times are yours ({}); the owner is in {}.", mine.replace('_', " "), owners.replace('_', " "))
}
