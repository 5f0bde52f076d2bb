//! Outside calendars: read every quarter of an hour, so that their busy times cannot be booked here.
//!
//! What was read last counts until something newer could be read, however long that takes; the owner sees since when.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::Code;

use super::hours::owners_hours;
use crate::{
    calendar::{
        hours::Hours,
        ics::busy::{self, Busy},
        store::{self, ExternalCalendarRecord},
    },
    db::Tx,
    error::{Error, Result},
    fetch,
    jobs::{self, Job, Kind},
    state::State,
};

const EVERY: TimeDelta = TimeDelta::minutes(15);
/// After this long without a reading the owner is warned.
const STALE_AFTER: TimeDelta = TimeDelta::hours(1);
const MAX_CALENDARS: usize = 20;

#[derive(Serialize, Deserialize)]
struct SyncCalendar {
    calendar: Uuid,
}

/// Adds a calendar; it is read as soon as that is committed.
///
/// # Errors
/// `request.invalid` for an address that is not read, or is there already.
pub async fn add_calendar(tx: &mut Tx, state: &State, url: &str) -> Result<ExternalCalendarRecord> {
    // What calendars call their subscription addresses.
    let url = match url.trim().split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") => format!("https://{rest}"),
        _ => url.trim().to_owned(),
    };
    let url = fetch::check(&url, state.config.fetch_private);
    let url = url.map_err(|refused| Error::field("url", "invalid", refused.to_string()))?;
    let now = state.clock.now();
    if store::list_external_calendars(&mut *tx, now).await?.len() >= MAX_CALENDARS {
        return Err(Error::field("url", "too_many", format!("At most {MAX_CALENDARS} calendars")));
    }
    let id = store::insert_external_calendar(tx, url.as_str(), now).await?;
    let id = id.ok_or_else(|| Error::field("url", "taken", "This calendar is there already"))?;
    jobs::enqueue(tx, &state.clock, Kind::SyncCalendar, &id.to_string(), &SyncCalendar { calendar: id }, now).await?;
    store::find_external_calendar(tx, id, now).await?.ok_or_else(|| Code::NotFound.into())
}

/// Takes a calendar away; its busy times can be booked at once.
///
/// # Errors
/// `request.not_found`.
pub async fn remove_calendar(tx: &mut Tx, id: Uuid) -> Result<()> {
    if store::delete_external_calendar(tx, id).await? == 1 { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// Whether what is known of a calendar is old.
pub fn is_stale(calendar: &ExternalCalendarRecord, now: DateTime<Utc>) -> bool {
    now - calendar.last_synced_at.unwrap_or(calendar.created_at) > STALE_AFTER
}

/// How many calendars were not read for long.
///
/// # Errors
/// When the database does not answer.
pub async fn count_stale(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let calendars = store::list_external_calendars(&state.db, now).await?;
    Ok(calendars.iter().filter(|calendar| is_stale(calendar, now)).count())
}

/// Reads a calendar, and sees to it that it is read again.
///
/// # Errors
/// When the database does not answer.
pub async fn sync(state: &State, job: &Job) -> Result<()> {
    let SyncCalendar { calendar: id } = job.payload()?;
    let now = state.clock.now();
    let calendar = store::find_external_calendar(&state.db, id, now).await?;
    let hours = owners_hours(&state.db).await?;
    let read = match &calendar {
        Some(calendar) => Some(read(state, &calendar.url, hours, now).await),
        None => None,
    };
    let mut tx = state.db.begin().await?;
    jobs::finish(&mut tx, job).await?;
    if let Some(read) = read
        && keep(&mut tx, id, now, read).await?
    {
        let again = SyncCalendar { calendar: id };
        let at = state.clock.now() + EVERY;
        jobs::enqueue(&mut tx, &state.clock, Kind::SyncCalendar, &id.to_string(), &again, at).await?;
    }
    Ok(tx.commit().await?)
}

/// What a calendar says now, or why that is not known.
async fn read(state: &State, url: &str, hours: Hours, now: DateTime<Utc>) -> Result<Busy, String> {
    let bytes = fetch::get(url, state.config.fetch_private).await.map_err(|refused| refused.to_string())?;
    // It may take seconds, and the text is not ours: on a thread of its own, where even a panic stays.
    let read = tokio::task::spawn_blocking(move || busy::read(&String::from_utf8_lossy(&bytes), &hours, now)).await;
    read.ok().flatten().ok_or_else(|| "This is no calendar that can be read (ICS)".into())
}

/// Writes down what was read; whether the calendar is still there.
async fn keep(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, read: Result<Busy, String>) -> Result<bool> {
    match read {
        Ok(busy) => {
            if !store::update_synced(tx, id, now, busy.problem).await? {
                return Ok(false);
            }
            store::replace_busy(tx, id, &busy.spans).await?;
            Ok(true)
        }
        Err(error) => Ok(store::update_sync_failed(tx, id, &error).await?),
    }
}
