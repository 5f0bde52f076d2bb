//! What the offer of times depends on, in one statement.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::calendar::TimeRange;

use super::{CalendarRecord, taken::from_taken};
use crate::db::{Cx, Instants, Result, sql_for};

/// The hours, what is closed and what is taken of some time.
#[derive(Clone, Debug, FromRow)]
pub struct AgendaRecord {
    /// The weekly hours.
    #[sqlx(flatten)]
    pub calendar: CalendarRecord,
    /// The days with hours of their own; none is null.
    pub overrides: Option<Json<Vec<DayRecord>>>,
    /// Where each blocked period begins, and each that is busy in an outside calendar.
    pub closed_from: Option<Instants>,
    /// Where each of them ends.
    pub closed_until: Option<Instants>,
    /// Where each booking or hold begins, with its buffer.
    pub busy_from: Option<Instants>,
    /// Where each of them ends.
    pub busy_until: Option<Instants>,
    /// Whether the time of any hold is over, which still stands in the way of the database's guard.
    pub has_lapsed: bool,
}

/// A day with hours of its own.
#[derive(Clone, Debug, Deserialize)]
pub struct DayRecord {
    /// The day.
    pub date: NaiveDate,
    /// Its hours.
    pub ranges: Vec<TimeRange>,
}

/// What is closed, booked or held at `now` and touches `from..until`, but for one booking; and the hours of `days`, both
/// inclusive.
pub async fn find_agenda(
    cx: impl Into<Cx<'_>>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    days: (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
    except: Option<Uuid>,
) -> Result<AgendaRecord> {
    // The databases gather lists by different functions: `$days` makes one of days, `$list` with `$end` one of instants.
    macro_rules! agenda {
        ($days:literal, $list:literal, $end:literal) => {
            concat!(
                "select c.time_zone, c.rules, c.travel, o.overrides, k.closed_from, k.closed_until, b.busy_from, b.busy_until,
                        exists (select 1 from bookings where status = 'held' and held_until <= $3) as has_lapsed
                 from calendar c,
                     (select ", $days, " as overrides from calendar_overrides where date between $5 and $6) o,
                     (select ", $list, "starts_at", $end, " as closed_from, ", $list, "ends_at", $end, " as closed_until from (
                          select starts_at, ends_at from blocked_periods where ends_at > $1 and starts_at < $2
                          union all
                          select starts_at, ends_at from external_busy where ends_at > $1 and starts_at < $2) closed) k,
                     (select ", $list, "busy_from", $end, " as busy_from, ", $list, "busy_until", $end, " as busy_until ",
                from_taken!(),
                ") b where c.id = 1"
            )
        };
    }
    sql_for(
        cx,
        agenda!("json_group_array(json_object('date', date, 'ranges', json(ranges)))", "group_concat(", ", ' ')"),
        agenda!("jsonb_agg(jsonb_build_object('date', date, 'ranges', ranges))", "array_agg(", ")"),
    )
    .bind(from)
    .bind(until)
    .bind(now)
    .bind(except)
    .bind(days.0)
    .bind(days.1)
    .one()
    .await
}
