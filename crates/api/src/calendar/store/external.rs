//! Outside calendars and what they call busy.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql, sql_for};

/// A row of `external_calendars`.
#[derive(Clone, Debug, FromRow)]
pub struct ExternalCalendarRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Where its ICS file is.
    pub url: String,
    /// When it was last read.
    pub last_synced_at: Option<DateTime<Utc>>,
    /// What went wrong at the last try.
    pub error: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Busy times that have not ended.
    pub busy_count: i64,
}

/// All outside calendars, the oldest first.
pub async fn list_external_calendars(cx: impl Into<Cx<'_>>, now: DateTime<Utc>) -> Result<Vec<ExternalCalendarRecord>> {
    sql(
        cx,
        "select id, url, last_synced_at, error, created_at,
         (select count(*) from external_busy where calendar_id = external_calendars.id and ends_at > $1) as busy_count
         from external_calendars order by id",
    )
    .bind(now)
    .all()
    .await
}

/// One outside calendar.
pub async fn find_external_calendar(
    cx: impl Into<Cx<'_>>,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<ExternalCalendarRecord>> {
    sql(
        cx,
        "select id, url, last_synced_at, error, created_at,
         (select count(*) from external_busy where calendar_id = external_calendars.id and ends_at > $2) as busy_count
         from external_calendars where id = $1",
    )
    .bind(id)
    .bind(now)
    .opt()
    .await
}

/// Adds an outside calendar, unless its address is there; its id.
pub async fn insert_external_calendar(tx: &mut Tx, url: &str, now: DateTime<Utc>) -> Result<Option<Uuid>> {
    let id: Option<(Uuid,)> = sql(
        tx,
        "insert into external_calendars (id, url, created_at) values ($1, $2, $3)
         on conflict (url) do nothing returning id",
    )
    .bind(Uuid::now_v7())
    .bind(url.to_owned())
    .bind(now)
    .opt()
    .await?;
    Ok(id.map(|(id,)| id))
}

/// Takes an outside calendar away, with its busy times.
pub async fn delete_external_calendar(tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql(tx, "delete from external_calendars where id = $1").bind(id).exec().await
}

/// Notes that it was read, perhaps not wholly. `false` when it has been taken away meanwhile.
pub async fn update_synced(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, error: Option<String>) -> Result<bool> {
    let updated = sql(tx, "update external_calendars set last_synced_at = $2, error = $3 where id = $1")
        .bind(id)
        .bind(now)
        .bind(error)
        .exec()
        .await?;
    Ok(updated == 1)
}

/// Notes that it could not be read. `false` when it has been taken away meanwhile.
pub async fn update_sync_failed(tx: &mut Tx, id: Uuid, error: &str) -> Result<bool> {
    let updated = sql(tx, "update external_calendars set error = $2 where id = $1").bind(id).bind(error.to_owned());
    Ok(updated.exec().await? == 1)
}

/// Replaces the busy times of a calendar.
pub async fn replace_busy(tx: &mut Tx, calendar: Uuid, spans: &[(DateTime<Utc>, DateTime<Utc>)]) -> Result<()> {
    sql(&mut *tx, "delete from external_busy where calendar_id = $1").bind(calendar).exec().await?;
    let spans: Vec<[String; 2]> = spans.iter().map(|(from, until)| [from.to_rfc3339(), until.to_rfc3339()]).collect();
    // Thousands in one statement; the databases unpack lists by different functions.
    sql_for(
        tx,
        "insert into external_busy (calendar_id, starts_at, ends_at)
         select $1, value ->> 0, value ->> 1 from json_each($2)",
        "insert into external_busy (calendar_id, starts_at, ends_at)
         select $1, cast(value ->> 0 as timestamptz), cast(value ->> 1 as timestamptz)
         from jsonb_array_elements($2) as t (value)",
    )
    .bind(calendar)
    .bind(Json(spans))
    .exec()
    .await
    .map(drop)
}
