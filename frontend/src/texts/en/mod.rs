//! English. What many pages say stands here; what belongs to one area has a file of its own.

use vitrine_client::Error;
use vitrine_types::{
    Code,
    catalog::{Product, ProductKind},
    checkout::{LineKind, OrderStatus},
};

pub mod account;
pub mod admin;
pub mod auth;
pub mod booking;
pub mod checkout;
pub mod desk;
pub mod hours;
pub mod plans;
pub mod product_editor;
pub mod store;
pub mod subscriptions;
pub mod time_machine;
pub mod tokens;

pub const ACTIVE: &str = "Active";
pub const ALMOST_DONE: &str = "Sent. Checking the file…";
pub const ARCHIVED: &str = "Archived";
pub const CANCEL: &str = "Cancel";
pub const CANCELLED: &str = "Cancelled";
pub const CONNECTION_BROKE: &str = "the connection broke";
pub const COPIED: &str = "Copied";
pub const COPY: &str = "Copy";
pub const DISMISS: &str = "Dismiss";
pub const DRAFT: &str = "Draft";
pub const ENDED: &str = "Ended";
pub const EXPIRED: &str = "Expired";
pub const FAILED: &str = "Failed";
pub const FAILED_TITLE: &str = "That did not load";
pub const FOR_SALE: &str = "For sale";
pub const FREE: &str = "Free";
pub const HANDLED: &str = "Handled";
pub const HIDE: &str = "Hide";
pub const IGNORED: &str = "Ignored";
pub const LOADING: &str = "Loading";
pub const LOAD_MORE: &str = "Show more";
pub const NEW_VERSION: &str = "The shop has been updated.";
pub const NOT_FOUND_TITLE: &str = "Nothing hangs here";
pub const NOT_FOUND_WORDS: &str = "The page may have moved, or the address has a typing mistake.";
pub const NOT_THE_OWNER: &str = "These pages are for the owner of the shop. You are signed in as somebody else.";
pub const ON_HOLD: &str = "On hold";
pub const ON_ITS_WAY: &str = "On its way";
pub const PART_MISSING: &str = "The connection broke, or the shop has just been updated. Reload the page to go on.";
pub const REFUNDED: &str = "Refunded";
pub const RELOAD: &str = "Reload";
pub const SAVE: &str = "Save";
pub const SENT: &str = "Sent";
pub const SESSION_ENDED: &str = "You have been signed out. Sign in again to go on.";
pub const SHOW: &str = "Show";
pub const SHOW_PASSWORD: &str = "Show password";
pub const SKIP_TO_CONTENT: &str = "Skip to content";
pub const TRY_AGAIN: &str = "Try again";
pub const WAITING: &str = "Waiting";

/// `1.2 of 3.4 MB · 500 kB/s`
pub fn upload_rate(sent: &str, size: &str, rate: &str) -> String {
    format!("{sent} of {size} · {rate}/s")
}

/// Why something did not work, for people. Never shows codes.
pub fn error(error: &Error) -> String {
    match error {
        Error::Network(_) => "The shop cannot be reached. Check your connection and try again.".into(),
        Error::Unreadable(_) => "The shop gave an answer this page does not understand. Reload the page.".into(),
        Error::Problem(problem) => match problem.known_code() {
            Some(Code::NotFound) => "This is not here, or it is not yours.".into(),
            Some(Code::RateLimited) => "That was a bit fast. Wait a moment and try again.".into(),
            Some(Code::Internal) => {
                format!("Something went wrong on our side. If it stays, name {}.", problem.request_id)
            }
            Some(Code::OutOfStock) => "Somebody was faster: not enough of this is left.".into(),
            Some(Code::EmailTaken) => "There is an account with this address already.".into(),
            Some(Code::EntitlementInactive) => "Access to this has ended.".into(),
            Some(Code::WrongPassword) => "That is not your password.".into(),
            Some(Code::NoSubscription) => "You need a plan before you can buy tokens.".into(),
            Some(Code::AlreadyOwned) => "You own this already.".into(),
            Some(Code::PaymentsNotConfigured) => "This shop cannot take payments yet.".into(),
            Some(Code::PaymentsUnavailable) => {
                "The payment service does not answer. Nothing was charged; try again in a moment.".into()
            }
            // The detail says what happened this time; the title what kind of thing it is.
            _ => match (&problem.detail, problem.errors.first()) {
                (_, Some(first)) => first.detail.clone(),
                (Some(detail), None) => detail.clone(),
                (None, None) => problem.title.clone(),
            },
        },
    }
}

/// How a product is delivered, in a word.
pub fn kind(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Download",
        ProductKind::Embed => "Interactive",
        ProductKind::Service => "Appointment",
    }
}

/// What a product is, in a few words: `Download`, `Tokens`, `Appointment · 3 tokens`.
pub fn what(product: &Product) -> String {
    match product.tokens {
        Some(tokens) if product.only_tokens => tokens::pack(tokens),
        Some(with) => format!("{} · {}", kind(product.kind), tokens::tokens(with.amount.into())),
        None => kind(product.kind).into(),
    }
}

/// What a line of an order is for.
pub fn line_kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Download => "Download",
        LineKind::Embed => "Interactive",
        LineKind::Service => "Appointment",
        LineKind::Tokens => "Tokens",
        LineKind::Plan => "Subscription",
    }
}

/// Where an order stands.
pub fn order_status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Pending => "Not paid yet",
        OrderStatus::Processing => "Payment on its way",
        OrderStatus::Paid => "Paid",
        OrderStatus::PartiallyRefunded => "Partly refunded",
        OrderStatus::Refunded => "Refunded",
        OrderStatus::Disputed => "Disputed",
        OrderStatus::Expired => "Never paid",
        OrderStatus::Failed => "Payment failed",
        OrderStatus::NeedsReview => "Being looked at",
    }
}

/// `1 file`, `3 files`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", crate::format::number(number), if number == 1 { one } else { many })
}
