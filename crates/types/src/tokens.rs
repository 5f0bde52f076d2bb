//! Tokens of plans: what came in, what was spent, what ends when. (Nothing to do with access tokens.)

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a subscription stands, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenSummary {
    /// What the plan gave for the current period, with what was carried over from the one before.
    pub allotted: i64,
    /// How much of that was spent; what came back is not counted.
    pub spent: i64,
    /// What can be spent now, tokens beyond the plan's (top-ups, the owner's, returned ones) included.
    pub balance: i64,
}

/// Where tokens come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TokenSource {
    /// The plan, for one paid period; `source_ref` is Stripe's invoice.
    Period,
    /// Carried over from the period before.
    Rollover,
    /// Bought on top; `source_ref` is the order.
    TopUp,
    /// Given by the owner.
    Adjustment,
    /// Came back after the lot it was spent from had ended.
    Return,
}

impl TokenSource {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Period => "period",
            Self::Rollover => "rollover",
            Self::TopUp => "top_up",
            Self::Adjustment => "adjustment",
            Self::Return => "return",
        }
    }
}

/// Tokens that came in together and end together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenLot {
    /// UUIDv7.
    pub id: Uuid,
    /// Where they come from.
    pub source: TokenSource,
    /// How many there were.
    pub amount: i64,
    /// How many are left.
    pub remaining: i64,
    /// When the rest ends; null is never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether that time has come, but the renewal is still to be paid: until it is, or is given up, they can be spent.
    #[serde(default)]
    pub awaits_renewal: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// What happened to tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TokenEntryKind {
    /// They came in.
    Grant,
    /// They paid for a booking.
    Spend,
    /// They came back from a cancelled booking.
    Return,
    /// Their time was over.
    Expire,
    /// The owner gave or took some; of a `top_up`: taken back with its money, or restored.
    Adjust,
}

impl TokenEntryKind {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Spend => "spend",
            Self::Return => "return",
            Self::Expire => "expire",
            Self::Adjust => "adjust",
        }
    }
}

/// A line of the statement. Lines are added, never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenEntry {
    /// UUIDv7.
    pub id: Uuid,
    /// What happened.
    pub kind: TokenEntryKind,
    /// How many; below zero when they went.
    pub amount: i64,
    /// The booking they paid for or came back from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub booking_id: Option<Uuid>,
    /// Where a grant came from; of what else ended or came back, where that had come from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<TokenSource>,
    /// Stripe's invoice of a `period`, the order of a `top_up`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_ref: Option<String>,
    /// Why the owner gave or took some.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Tokens that were bought, as they were sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoughtTokens {
    /// How many in all.
    pub amount: i64,
    /// For how many days from the payment on; null is for ever.
    pub valid_days: Option<i64>,
    /// The subscription whose statement has them.
    pub subscription_id: Uuid,
}

/// All that happened to the tokens of a subscription, a page at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenStatement {
    /// What can be spent now.
    pub balance: i64,
    /// How many wait until a disputed payment for them is decided; they are not in the balance.
    #[serde(default)]
    pub waiting: i64,
    /// Of the plan's tokens of the current period, how many there were.
    pub allotted: i64,
    /// Of the plan's tokens of the current period, how many were spent.
    pub spent: i64,
    /// What the balance is made of, in the order in which it is spent: what ends first comes first.
    pub lots: Vec<TokenLot>,
    /// Newest first.
    pub entries: Vec<TokenEntry>,
    /// Pass as `cursor` for older entries; null on the last page.
    pub next_cursor: Option<String>,
}

/// Body of `POST /admin/subscriptions/{id}/tokens`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAdjustment {
    /// How many to give; below zero to take. Given ones do not end; those that end first are taken first.
    pub amount: i64,
    /// Why; the customer reads it.
    pub reason: String,
}

/// The tokens of all subscriptions together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenTotals {
    /// How many subscriptions have had tokens.
    pub accounts: i64,
    /// What customers can spend now.
    pub balance: i64,
    /// What came in.
    pub granted: i64,
    /// What paid for bookings.
    pub spent: i64,
    /// What came back from cancelled bookings.
    pub returned: i64,
    /// What ended unspent.
    pub expired: i64,
    /// What the owner gave, less what the owner took and what was taken back with its money.
    pub adjusted: i64,
    /// Where ledger, lots and balances disagree, in words; empty when all is well.
    pub findings: Vec<String>,
}
