//! Tokens of a plan.

use vitrine_types::{
    catalog::ProductTokens,
    tokens::{BoughtTokens, TokenEntry, TokenEntryKind, TokenSource},
};

use super::count;

pub const BOOK: &str = "Book";
pub const BOOK_WITH_TOKENS: &str = "Book with tokens";
pub const BUY_MORE: &str = "Buy more tokens";
pub const DELIVERY: &str = "There to spend as soon as you have paid.";
pub const LEFT: &str = "What you have";
pub const NEEDS_PLAN: &str = "Needs a plan: tokens are spent within one.";
pub const NEVER_ENDS: &str = "does not end";
pub const UNTIL_RENEWED: &str = "until the renewal is paid";
pub const NONE_LEFT: &str = "Nothing is left to spend.";
pub const NOTHING_YET: &str = "Nothing has happened yet.";
pub const POLICY: &str =
    "When we refund you, the tokens that are left are taken back. What you have spent stays spent.";
pub const SEE_BOOKING: &str = "Appointments";
pub const SEE_ORDER: &str = "Order";
pub const SEE_PLAN: &str = "Plan and invoices";
pub const SEE_TOKENS: &str = "See your tokens";
pub const STATEMENT: &str = "Statement";
pub const TOKENS: &str = "Tokens";
pub const TOKENS_LEAD: &str = "What your plan gives you to spend on appointments, and where it went.";

/// `1 token`, `8 tokens`
pub fn tokens(number: i64) -> String {
    count(number, "token", "tokens")
}

/// `10 tokens, good for 90 days`
pub fn pack(pack: ProductTokens) -> String {
    good_for(pack.amount.into(), pack.valid_days.map(Into::into))
}

/// The same, of what was bought.
pub fn bought(bought: BoughtTokens) -> String {
    good_for(bought.amount, bought.valid_days)
}

fn good_for(amount: i64, days: Option<i64>) -> String {
    let days = days.map(|days| format!(", good for {}", count(days, "day", "days")));
    format!("{}{}", tokens(amount), days.unwrap_or_default())
}

/// `You have 4 tokens, and 14 after this.`
pub fn after_buying(balance: i64, more: i64) -> String {
    format!("You have {}, and {} after this.", tokens(balance), crate::format::number(balance + more))
}

/// `3 tokens wait until …`
pub fn waiting(number: i64) -> String {
    let verb = if number == 1 { "waits" } else { "wait" };
    format!("{} more {verb} until your bank has decided about the payment for them.", tokens(number))
}

/// `Spent 3 of 8 tokens this period`
pub fn spent(spent: i64, allotted: i64) -> String {
    format!("Spent {spent} of {allotted} tokens this period")
}

/// `5 tokens to spend`
pub fn to_spend(balance: i64) -> String {
    format!("{} to spend", tokens(balance))
}

/// What becomes of tokens that are left at the end of a period.
pub fn at_renewal(cap: i64) -> String {
    match cap {
        0 => "What is left of the plan’s tokens then ends.".into(),
        1 => "Of what is left of the plan’s tokens then, 1 is carried over.".into(),
        cap => format!("Of what is left of the plan’s tokens then, up to {cap} are carried over."),
    }
}

/// `Book with 2 tokens`
pub fn book_with(cost: i64) -> String {
    format!("Book with {}", tokens(cost))
}

/// `2 more needed`
pub fn more_needed(missing: i64) -> String {
    format!("{missing} more needed")
}

/// `until Mar 4, 2027`
pub fn until(when: &str) -> String {
    format!("until {when}")
}

/// `+8`, `−3`
pub fn signed(amount: i64) -> String {
    if amount < 0 { format!("−{}", amount.unsigned_abs()) } else { format!("+{amount}") }
}

/// Where tokens come from.
pub fn source(source: TokenSource) -> &'static str {
    match source {
        TokenSource::Period => "From the plan",
        TokenSource::Rollover => "Carried over",
        TokenSource::TopUp => "Bought on top",
        TokenSource::Adjustment => "From the owner",
        TokenSource::Return => "Came back late",
    }
}

/// What a line of the statement tells.
pub fn line(entry: &TokenEntry) -> String {
    match (entry.kind, entry.source) {
        (TokenEntryKind::Grant, Some(from)) => source(from).into(),
        (TokenEntryKind::Grant, None) => "Came in".into(),
        (TokenEntryKind::Spend, _) => "Booked an appointment".into(),
        (TokenEntryKind::Return, _) => "An appointment was cancelled".into(),
        (TokenEntryKind::Expire, _) => "Ended unspent".into(),
        (TokenEntryKind::Adjust, Some(TokenSource::TopUp)) if entry.amount < 0 => "Taken back with the payment".into(),
        (TokenEntryKind::Adjust, Some(TokenSource::TopUp)) => "The payment is here after all".into(),
        (TokenEntryKind::Adjust, _) => entry.reason.clone().unwrap_or_else(|| "Corrected".into()),
    }
}
