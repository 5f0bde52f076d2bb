//! Plans, and the subscriptions to them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Money, accounts::Customer, tokens::TokenSummary};

/// How long a period of a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Interval {
    /// A calendar month.
    Month,
    /// A year.
    Year,
}

impl Interval {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// What subscribers may use as long as they are subscribed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Includes {
    /// Every published download, those published later too.
    #[serde(default)]
    pub all_downloads: bool,
    /// Downloads and embeds by name.
    #[serde(default)]
    pub product_ids: Vec<Uuid>,
}

/// What can be subscribed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// UUIDv7.
    pub id: Uuid,
    /// In addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// In a few sentences.
    pub description: String,
    /// What a period costs who subscribes now.
    pub price: Money,
    /// How long a period is.
    pub interval: Interval,
    /// Days before the first payment, for who never subscribed before; 0 is none.
    pub trial_days: u32,
    /// Tokens that come with each period.
    pub tokens_per_period: i64,
    /// At most so many unspent tokens are carried over to the next period.
    pub rollover_cap: i64,
    /// What it opens.
    pub includes: Includes,
    /// What the pricing page lists, in words.
    pub benefits: Vec<String>,
}

/// Whether a plan can be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PlanStatus {
    /// Not yet.
    Draft,
    /// Yes.
    Published,
    /// No more; who is subscribed stays so.
    Archived,
}

impl PlanStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }
}

/// A plan, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminPlan {
    /// What customers see.
    #[serde(flatten)]
    pub plan: Plan,
    /// Whether it can be subscribed to.
    pub status: PlanStatus,
    /// How many are subscribed now.
    pub subscribers: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Body of `POST /admin/plans`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPlan {
    /// 1–120 characters.
    pub name: String,
    /// In addresses; made from the name when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub slug: Option<String>,
    /// In a few sentences.
    #[serde(default)]
    pub description: String,
    /// What a period costs, in the shop's currency.
    pub price: Money,
    /// How long a period is; it stays so.
    pub interval: Interval,
    /// 0–730.
    #[serde(default)]
    pub trial_days: u32,
    /// Tokens that come with each period.
    #[serde(default)]
    pub tokens_per_period: i64,
    /// At most so many unspent tokens are carried over to the next period.
    #[serde(default)]
    pub rollover_cap: i64,
    /// What it opens.
    #[serde(default)]
    pub includes: Includes,
    /// What the pricing page lists, in words; up to 20.
    #[serde(default)]
    pub benefits: Vec<String>,
    /// Whether it can be subscribed to at once.
    #[serde(default = "yes")]
    pub published: bool,
}

fn yes() -> bool {
    true
}

/// Body of `PATCH /admin/plans/{id}`: what is absent stays. A new price is for new subscribers; what was granted stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanPatch {
    /// 1–120 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// In a few sentences.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// What a period costs who subscribes from now on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub price: Option<Money>,
    /// 0–730.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trial_days: Option<u32>,
    /// From each subscriber's next period on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tokens_per_period: Option<i64>,
    /// From each subscriber's next period on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rollover_cap: Option<i64>,
    /// At once, for all subscribers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub includes: Option<Includes>,
    /// What the pricing page lists, in words; up to 20.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub benefits: Option<Vec<String>>,
    /// Whether it can be subscribed to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<PlanStatus>,
}

/// Where a subscription stands, in Stripe's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SubscriptionStatus {
    /// The first payment is missing.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    /// Nothing was paid yet.
    Trialing,
    /// Paid.
    Active,
    /// A renewal was not paid; benefits go on for a few days.
    PastDue,
    /// A renewal was not paid, and is no longer tried.
    Unpaid,
    /// Over.
    Canceled,
    /// Rests.
    Paused,
}

impl SubscriptionStatus {
    /// All of them.
    pub const ALL: [SubscriptionStatus; 8] = [
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Unpaid,
        Self::Canceled,
        Self::Paused,
    ];

    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Canceled => "canceled",
            Self::Paused => "paused",
        }
    }

    /// Whether it is over for good.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

/// Somebody's subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subscription {
    /// UUIDv7.
    pub id: Uuid,
    /// To what, as it is now.
    pub plan: Plan,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// What it pays per period.
    pub price: Money,
    /// Since when the current period runs.
    pub current_period_start: DateTime<Utc>,
    /// When it ends, and is renewed or not.
    pub current_period_end: DateTime<Utc>,
    /// Whether it ends then (or at `cancel_at`) instead of being renewed.
    pub cancel_at_period_end: bool,
    /// When it ends, if it does.
    pub cancel_at: Option<DateTime<Utc>>,
    /// When the trial ends.
    pub trial_end: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether what the plan includes can be used now.
    pub has_benefits: bool,
    /// After a failed payment: until when what the plan includes can be used.
    pub benefits_until: Option<DateTime<Utc>>,
    /// Whether a payment for it is disputed, or was lost: what the plan includes is closed; while the bank decides, tokens
    /// wait.
    #[serde(default)]
    pub disputed: bool,
    /// The plan from the next period on, when it is another.
    pub next_plan: Option<Plan>,
    /// Its tokens.
    pub tokens: TokenSummary,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A subscription, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminSubscription {
    /// What the customer sees.
    #[serde(flatten)]
    pub subscription: Subscription,
    /// Whose.
    pub customer: Customer,
    /// `sub_…`
    pub stripe_subscription_id: String,
    /// Whether the customer has another one, which should not be: it gives nothing.
    pub surplus: bool,
    /// Payments for it that were disputed, oldest first.
    #[serde(default)]
    pub disputes: Vec<crate::checkout::Dispute>,
}

/// Which subscriptions the owner wants to see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct SubscriptionQuery {
    /// Only in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<SubscriptionStatus>,
    /// Plan's name, customer's e-mail or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only those of which a payment is disputed, or was lost; or only the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<bool>,
    /// Only to this plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<Uuid>,
    /// Only of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Body of `POST /subscriptions/{id}/cancel`, and of the owner's `POST /admin/subscriptions/{id}/cancel`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cancellation {
    /// At the end of what is paid (which can be undone until then), or now.
    #[serde(default = "yes")]
    pub at_period_end: bool,
    /// Why, for the owner; up to 500 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// Body of `POST /subscriptions/{id}/change-plan`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanChange {
    /// To which plan; the present one takes a planned change back.
    pub plan_id: Uuid,
    /// Only say what it would cost; nothing is changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub preview: Option<bool>,
}

/// What a change of plan costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanChangePreview {
    /// What is paid at once.
    pub due_now: Money,
    /// What the next period costs.
    pub next_invoice: Money,
    /// When that is paid.
    pub next_invoice_at: DateTime<Utc>,
    /// When the plan changes: now, or at the end of the period.
    pub effective_at: DateTime<Utc>,
}

/// What a change of plan did, or would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PlanChanged {
    /// It was done: the subscription as it is now.
    Done(Box<Subscription>),
    /// With `preview`: what it would cost.
    Preview(PlanChangePreview),
}

/// Stripe's page for cards and invoices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillingPortal {
    /// Where to go; good for a few minutes.
    pub url: String,
}
