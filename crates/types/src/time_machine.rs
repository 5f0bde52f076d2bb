//! The demo's time machine.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What time it is in a demo shop (`GET /admin/time-machine`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopTime {
    /// The shop's present.
    pub now: DateTime<Utc>,
    /// How far it is ahead of the machine's clock, in seconds.
    pub ahead_seconds: i64,
}

/// A journey (`POST /admin/time-machine`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeTravel {
    /// Where to.
    pub to: TimeTarget,
    /// Before leaving, makes the subscribers' cards fail (`false`) or work (`true`); absent leaves them alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cards_work: Option<bool>,
}

/// How far a journey goes; always ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimeTarget {
    /// Nowhere: for changing the cards alone.
    Now,
    /// One hour.
    Hour,
    /// 24 hours.
    Day,
    /// Seven days.
    Week,
    /// One calendar month.
    Month,
    /// The moment at which the next subscription renews.
    Renewal,
}
