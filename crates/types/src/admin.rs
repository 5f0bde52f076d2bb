//! Admin: what only the owner sees.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Money, accounts::Customer, checkout::Order, entitlements::Entitlement};

/// A customer, as the owner sees them in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminCustomer {
    /// The account.
    #[serde(flatten)]
    pub customer: Customer,
    /// How many orders were paid.
    pub orders: i64,
    /// What they paid, less what went back.
    pub spent: Money,
    /// When they last signed in.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// A customer with what they bought and own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminCustomerDetail {
    /// The account and its sums.
    #[serde(flatten)]
    pub summary: AdminCustomer,
    /// The latest orders, newest first.
    pub recent_orders: Vec<Order>,
    /// All they own or owned.
    pub entitlements: Vec<Entitlement>,
}

/// Which customers to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct CustomerQuery {
    /// Part of the e-mail or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// The owner's first page: what happened lately and what needs a look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Money that came in over the last 30 days, less what went back.
    pub revenue: Money,
    /// The same for the 30 days before.
    pub revenue_before: Money,
    /// Paid orders of the last 30 days.
    pub orders: i64,
    /// The same for the 30 days before.
    pub orders_before: i64,
    /// New accounts of the last 30 days.
    pub customers: i64,
    /// The same for the 30 days before.
    pub customers_before: i64,
    /// Income per day, oldest first, 30 entries.
    pub daily: Vec<DailyRevenue>,
    /// Orders that need a look.
    pub needs_review: i64,
    /// Orders whose payment is disputed and not decided yet.
    #[serde(default)]
    pub disputed_orders: i64,
    /// Subscriptions of which a payment is disputed and not decided yet.
    #[serde(default)]
    pub disputed_subscriptions: i64,
    /// Events that could not be handled.
    pub failed_events: i64,
    /// Mails that could not be sent.
    pub failed_mails: i64,
    /// The latest orders, newest first.
    pub recent_orders: Vec<crate::checkout::AdminOrder>,
}

/// One day's income.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DailyRevenue {
    /// `YYYY-MM-DD`, UTC.
    pub date: chrono::NaiveDate,
    /// What came in, less what went back.
    pub amount: Money,
}

/// What `vitrine doctor` says (`GET /admin/health`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Whether every check passed.
    pub healthy: bool,
    /// Each check in turn.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// What was looked at, such as `database`.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found, and what to do when it is not well.
    pub detail: String,
}
