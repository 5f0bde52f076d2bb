//! The owner's hours, and what is closed.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::calendar::{ScheduleRule, Stay, TimeRange};

use crate::db::{Cx, Result, Tx, sql};

/// The row of `calendar`.
#[derive(Clone, Debug, FromRow)]
pub struct CalendarRecord {
    /// Where the owner is at home.
    pub time_zone: String,
    /// The weekly hours.
    pub rules: Json<Vec<ScheduleRule>>,
    /// Days in other zones.
    pub travel: Json<Vec<Stay>>,
}

/// A row of `calendar_overrides`.
#[derive(Clone, Debug, FromRow)]
pub struct OverrideRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// The day.
    pub date: NaiveDate,
    /// Its hours.
    pub ranges: Json<Vec<TimeRange>>,
}

/// A row of `blocked_periods`.
#[derive(Clone, Debug, FromRow)]
pub struct BlockedPeriodRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// The first instant.
    pub starts_at: DateTime<Utc>,
    /// The first instant after it.
    pub ends_at: DateTime<Utc>,
    /// For the owner's eyes.
    pub reason: Option<String>,
}

/// The calendar.
pub async fn find_calendar(cx: impl Into<Cx<'_>>) -> Result<CalendarRecord> {
    sql(cx, "select time_zone, rules, travel from calendar where id = 1").one().await
}

/// Sets the weekly hours.
pub async fn update_schedule(tx: &mut Tx, time_zone: &str, rules: &[ScheduleRule], travel: &[Stay]) -> Result<()> {
    sql(tx, "update calendar set time_zone = $1, rules = $2, travel = $3 where id = 1")
        .bind(time_zone.to_owned())
        .bind(Json(rules.to_vec()))
        .bind(Json(travel.to_vec()))
        .exec()
        .await
        .map(drop)
}

/// Sets the hash of the feed's secret.
pub async fn update_feed_secret(tx: &mut Tx, hash: &str) -> Result<()> {
    sql(tx, "update calendar set feed_secret_hash = $1 where id = 1").bind(hash.to_owned()).exec().await.map(drop)
}

/// Whether the feed's secret has this hash.
pub async fn find_feed(cx: impl Into<Cx<'_>>, hash: &str) -> Result<bool> {
    let found: Option<(i64,)> =
        sql(cx, "select id from calendar where feed_secret_hash = $1").bind(hash.to_owned()).opt().await?;
    Ok(found.is_some())
}

/// The days with hours of their own in `from..=to`, by date.
pub async fn list_overrides(cx: impl Into<Cx<'_>>, from: NaiveDate, to: NaiveDate) -> Result<Vec<OverrideRecord>> {
    sql(cx, "select id, date, ranges from calendar_overrides where date between $1 and $2 order by date")
        .bind(from)
        .bind(to)
        .all()
        .await
}

/// Gives a day hours of its own, instead of those it had.
pub async fn upsert_override(tx: &mut Tx, date: NaiveDate, ranges: &[TimeRange]) -> Result<OverrideRecord> {
    sql(
        tx,
        "insert into calendar_overrides (id, date, ranges) values ($1, $2, $3)
         on conflict (date) do update set ranges = excluded.ranges returning id, date, ranges",
    )
    .bind(Uuid::now_v7())
    .bind(date)
    .bind(Json(ranges.to_vec()))
    .one()
    .await
}

/// Gives a day its weekly hours again.
pub async fn delete_override(tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql(tx, "delete from calendar_overrides where id = $1").bind(id).exec().await
}

/// The blocked periods that end after `after`, by start.
pub async fn list_blocked_periods(cx: impl Into<Cx<'_>>, after: DateTime<Utc>) -> Result<Vec<BlockedPeriodRecord>> {
    sql(
        cx,
        "select id, starts_at, ends_at, reason from blocked_periods where ends_at > $1
         order by starts_at, id",
    )
    .bind(after)
    .all()
    .await
}

/// Blocks a period.
pub async fn insert_blocked_period(tx: &mut Tx, period: &BlockedPeriodRecord) -> Result<()> {
    sql(tx, "insert into blocked_periods (id, starts_at, ends_at, reason) values ($1, $2, $3, $4)")
        .bind(period.id)
        .bind(period.starts_at)
        .bind(period.ends_at)
        .bind(period.reason.clone())
        .exec()
        .await
        .map(drop)
}

/// Opens a period again.
pub async fn delete_blocked_period(tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql(tx, "delete from blocked_periods where id = $1").bind(id).exec().await
}
