//! The owner's side of the calendar: hours, days off, outside calendars.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[allow(missing_docs)] // Their names say it.
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// The owner's weekly hours: local wall time in a zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// IANA name of where the owner is at home.
    #[cfg_attr(feature = "openapi", schema(example = "America/New_York"))]
    pub time_zone: String,
    /// When the owner works; several ranges a day are several rules.
    pub rules: Vec<ScheduleRule>,
    /// Days spent in other zones: there the rules are read by the wall clock of the place.
    #[serde(default)]
    pub travel: Vec<Stay>,
}

/// Working time on one day of every week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRule {
    /// Which day.
    pub weekday: Weekday,
    /// `HH:MM`.
    #[cfg_attr(feature = "openapi", schema(example = "09:00"))]
    pub start: String,
    /// `HH:MM`, after `start`; `24:00` is the end of the day.
    #[cfg_attr(feature = "openapi", schema(example = "17:00"))]
    pub end: String,
}

/// Days that the owner spends in another zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stay {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// IANA name.
    pub time_zone: String,
}

/// Working time within a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeRange {
    /// `HH:MM`.
    #[cfg_attr(feature = "openapi", schema(example = "09:00"))]
    pub start: String,
    /// `HH:MM`, after `start`; `24:00` is the end of the day.
    #[cfg_attr(feature = "openapi", schema(example = "12:30"))]
    pub end: String,
}

/// Body of `POST /admin/calendar/overrides`: hours of one day instead of the weekly ones. It replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewOverride {
    /// The day, where the owner is then.
    pub date: NaiveDate,
    /// Its hours; empty is closed.
    pub ranges: Vec<TimeRange>,
}

/// Hours of one day instead of the weekly ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Override {
    /// UUIDv7.
    pub id: Uuid,
    /// The day, where the owner is then.
    pub date: NaiveDate,
    /// Its hours; empty is closed.
    pub ranges: Vec<TimeRange>,
}

/// Body of `POST /admin/calendar/blocked-periods`: time in which nothing can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewBlockedPeriod {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// For the owner's eyes, up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Time in which nothing can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockedPeriod {
    /// UUIDv7.
    pub id: Uuid,
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// For the owner's eyes.
    pub reason: Option<String>,
}

/// Body of `POST /admin/calendar/external`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewExternalCalendar {
    /// Where its ICS file is (`https`, `http` or `webcal`).
    pub url: String,
}

/// An outside calendar whose busy times cannot be booked here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExternalCalendar {
    /// UUIDv7.
    pub id: Uuid,
    /// Where its ICS file is.
    pub url: String,
    /// When it was last read; null before the first time.
    pub last_synced_at: Option<DateTime<Utc>>,
    /// What went wrong at the last try; what was read before it still counts.
    pub error: Option<String>,
    /// It was not read for an hour: appointments may collide with what is new there.
    pub stale: bool,
    /// How many busy times it has from now on.
    pub busy_count: i64,
}

/// The address of the owner's bookings as a feed for other calendars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarFeed {
    /// Shown this once; whoever knows it can read the bookings.
    pub url: String,
}
