//! Work that happens after a commit: mails, webhook events, expiry, refunds.
//!
//! A job is a row, written in the transaction that makes it necessary: it exists exactly when that transaction lasted.
//! A worker takes due jobs under a lease (`locked_until`), which it renews while it works; when its process dies, the
//! lease runs out and another worker takes over. The handler of a job deletes the row in the transaction of its effect ([`finish`]), so that the effect
//! and "done" are one. A job that fails comes back with growing distance, at last every three hours; one that the owner can
//! start again by hand stays as failed after [`MAX_ATTEMPTS`].
//!
//! What waits for servers that are neither ours nor Stripe's has workers of its own ([`Lane`]): such a server may be silent.
//!
//! To add a kind: a variant of [`Kind`] (also in `ALL`, `jobs/kind.rs`), a handler in the feature's `service.rs`, a line in `app::run_job`.

mod kind;

use std::{convert::Infallible, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::types::Json;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use kind::{Kind, Lane};

use crate::{
    clock::Clock,
    db::{self, Db, Tx, sql, sql_for},
    error::{Error, Result},
    rig,
};

/// After so many tries (a day and a quarter) something is wrong that time does not mend.
pub const MAX_ATTEMPTS: i64 = 24;

/// How long a worker may be silent before another assumes that it died.
pub fn lease() -> TimeDelta {
    TimeDelta::seconds(rig::setting("VITRINE_TEST_LEASE_SECONDS").unwrap_or(120))
}

/// A job that a worker holds.
#[derive(Clone, Debug)]
pub struct Job {
    /// UUIDv7.
    pub id: Uuid,
    /// What is to do.
    pub kind: Kind,
    payload: serde_json::Value,
    /// How often it was tried before.
    pub attempts: i64,
}

impl Job {
    /// What the job is about.
    ///
    /// # Errors
    /// When the payload is not of that shape.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_value(self.payload.clone())?)
    }
}

/// What becomes of a job whose key is there: one that waits stays, one that was given up begins anew.
macro_rules! or_again {
    () => {
        " on conflict (key) do update set payload = excluded.payload, run_at = excluded.run_at, attempts = 0,
             locked_until = null, last_error = null, failed_at = null where jobs.failed_at is not null"
    };
}

/// Queues a job for `run_at`, unless one with this `key` waits already. It runs after the transaction is committed.
pub async fn enqueue(
    tx: &mut Tx,
    clock: &Clock,
    kind: Kind,
    key: &str,
    payload: &impl Serialize,
    run_at: DateTime<Utc>,
) -> Result<()> {
    let now = clock.now();
    sql(
        &mut *tx,
        concat!(
            "insert into jobs (id, kind, key, payload, run_at, created_at) values ($1, $2, $3, $4, $5, $6)",
            or_again!()
        ),
    )
    .bind(Uuid::now_v7())
    .bind(kind.as_str())
    .bind(format!("{}:{key}", kind.as_str()))
    .bind(Json(serde_json::to_value(payload)?))
    .bind(run_at)
    .bind(now)
    .exec()
    .await?;
    if run_at <= now {
        tx.wake_jobs();
    }
    Ok(())
}

/// Queues several jobs of one kind, each with its key, payload and time, as [`enqueue`] would one by one.
pub async fn enqueue_all(
    tx: &mut Tx,
    clock: &Clock,
    kind: Kind,
    jobs: impl Iterator<Item = (String, impl Serialize, DateTime<Utc>)>,
) -> Result<()> {
    let (now, mut rows, mut any_due) = (clock.now(), Vec::new(), false);
    for (key, payload, run_at) in jobs {
        any_due |= run_at <= now;
        let key = format!("{}:{key}", kind.as_str());
        rows.push((Uuid::now_v7().simple().to_string(), key, serde_json::to_value(payload)?, run_at.to_rfc3339()));
    }
    if rows.is_empty() {
        return Ok(());
    }
    // The databases unpack lists by different functions.
    sql_for(
        &mut *tx,
        concat!(
            "insert into jobs (id, kind, key, payload, run_at, created_at)
             select unhex(value ->> 0), $1, value ->> 1, value -> 2, value ->> 3, $2 from json_each($3) where true",
            or_again!()
        ),
        concat!(
            "insert into jobs (id, kind, key, payload, run_at, created_at)
             select cast(value ->> 0 as uuid), $1, value ->> 1, value -> 2, cast(value ->> 3 as timestamptz), $2
             from jsonb_array_elements($3) as t (value)",
            or_again!()
        ),
    )
    .bind(kind.as_str())
    .bind(now)
    .bind(Json(rows))
    .exec()
    .await?;
    if any_due {
        tx.wake_jobs();
    }
    Ok(())
}

/// Takes back a job that no worker has taken yet; whether there was one.
pub async fn cancel(tx: &mut Tx, kind: Kind, key: &str) -> Result<bool> {
    let taken_back = sql(tx, "delete from jobs where key = $1 and attempts = 0")
        .bind(format!("{}:{key}", kind.as_str()))
        .exec()
        .await?;
    Ok(taken_back == 1)
}

/// Queues the job again even if it was given up: for "try again" buttons.
pub async fn requeue(tx: &mut Tx, clock: &Clock, kind: Kind, key: &str, payload: &impl Serialize) -> Result<()> {
    sql(&mut *tx, "delete from jobs where key = $1").bind(format!("{}:{key}", kind.as_str())).exec().await?;
    enqueue(tx, clock, kind, key, payload, clock.now()).await
}

/// Marks the job as done, in the transaction of its effect.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<()> {
    sql(tx, "delete from jobs where id = $1").bind(job.id).exec().await?;
    Ok(())
}

/// What is to do at `$1` and nobody works on: for the kinds of a lane, `$2`.
macro_rules! due {
    ($kinds:literal) => {
        concat!(
            "select id from jobs where failed_at is null and run_at <= $1 and (locked_until is null or locked_until <= $1)
             and kind in (",
            $kinds,
            ")"
        )
    };
}

/// Takes up to `limit` due jobs, the longest waiting first.
async fn claim(db: &Db, now: DateTime<Utc>, lane: Lane, lease: TimeDelta, limit: i64) -> db::Result<Vec<Job>> {
    type Claimed = (Uuid, String, Json<serde_json::Value>, i64);
    // PostgreSQL passes over what other processes are taking; SQLite has one writer and knows no row locks.
    let claimed: Vec<Claimed> = sql_for(
        db,
        concat!(
            "update jobs set locked_until = $3, attempts = attempts + 1 where id in (",
            due!("select value from json_each($2)"),
            " order by run_at limit $4) returning id, kind, payload, attempts"
        ),
        concat!(
            "update jobs set locked_until = $3, attempts = attempts + 1 where id in (",
            due!("select jsonb_array_elements_text($2)"),
            " order by run_at limit $4 for update skip locked) returning id, kind, payload, attempts"
        ),
    )
    .bind(now)
    .bind(lane.kinds())
    .bind(now + lease)
    .bind(limit)
    .all()
    .await?;
    let job = |(id, name, Json(payload), attempts): Claimed| {
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == name)?;
        Some(Job { id, kind, payload, attempts: attempts - 1 })
    };
    Ok(claimed.into_iter().filter_map(job).collect())
}

/// Whether anything is due: a read, so that an idle shop never writes.
async fn any_due(db: &Db, now: DateTime<Utc>, lane: Lane) -> db::Result<bool> {
    let due: Option<(Uuid,)> = sql_for(
        db,
        concat!(due!("select value from json_each($2)"), " limit 1"),
        concat!(due!("select jsonb_array_elements_text($2)"), " limit 1"),
    )
    .bind(now)
    .bind(lane.kinds())
    .opt()
    .await?;
    Ok(due.is_some())
}

async fn put_back(db: &Db, now: DateTime<Utc>, job: &Job, error: &Error) -> db::Result<()> {
    // 1, 2, 4 … seconds, up to three hours.
    let wait = TimeDelta::seconds((1_i64 << job.attempts.clamp(0, 14)).min(3 * 3600));
    let failed = (job.kind.can_be_given_up() && job.attempts + 1 >= MAX_ATTEMPTS).then_some(now);
    sql(db, "update jobs set locked_until = null, run_at = $2, last_error = $3, failed_at = $4 where id = $1")
        .bind(job.id)
        .bind(now + wait)
        .bind(error.describe())
        .bind(failed)
        .exec()
        .await
        .map(drop)
}

/// Renews the lease of a job while it is worked on; has no end of its own. Without it a job that takes long would be taken
/// again and again, until no worker is left for the others.
async fn hold(db: &Db, clock: &Clock, lease: TimeDelta, job: &Job) -> Infallible {
    loop {
        tokio::time::sleep(lease.to_std().unwrap_or_default() / 3).await;
        // One that was put back meanwhile stays so.
        let renewed = sql(db, "update jobs set locked_until = $2 where id = $1 and locked_until is not null")
            .bind(job.id)
            .bind(clock.now() + lease)
            .exec()
            .await;
        if let Err(error) = renewed {
            tracing::warn!(%error, kind = job.kind.as_str(), "cannot renew the lease of a job");
        }
    }
}

/// Takes the jobs back that the process before this one held: on SQLite there is no other that could hold them.
///
/// # Errors
/// When the database does not answer.
pub async fn take_back(db: &Db) -> db::Result<u64> {
    if db.is_shared() {
        return Ok(0);
    }
    sql(db, "update jobs set locked_until = null where locked_until is not null").exec().await
}

/// Runs due jobs of a lane with `handle`, each under a [`lease`], until `stop`; then finishes those in hand.
pub async fn run<H, F>(db: Db, clock: Clock, lane: Lane, lease: TimeDelta, stop: CancellationToken, handle: H)
where
    H: Fn(Job) -> F + Clone + 'static,
    F: Future<Output = Result<()>> + 'static,
{
    let permits = Arc::new(Semaphore::new(lane.at_once()));
    let mut in_hand = JoinSet::new();
    let mut queued = db.jobs_queued();
    // Whether there is reason to believe that something is due.
    let mut expected = false;
    while !stop.is_cancelled() {
        let free = permits.available_permits() as i64;
        let now = clock.now();
        let jobs = match expected || any_due(&db, now, lane).await.unwrap_or(true) {
            true if free > 0 => claim(&db, now, lane, lease, free).await,
            _ => Ok(Vec::new()),
        };
        let jobs = jobs.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot look for jobs");
            Vec::new()
        });
        let idle = jobs.is_empty();
        expected = !idle;
        for job in jobs {
            let Ok(permit) = permits.clone().try_acquire_owned() else { break };
            let (db, clock, handle) = (db.clone(), clock.clone(), handle.clone());
            in_hand.spawn_local(async move {
                let done = tokio::select! {
                    done = handle(job.clone()) => done,
                    never = hold(&db, &clock, lease, &job) => match never {},
                };
                if let Err(error) = done {
                    tracing::warn!(kind = job.kind.as_str(), attempt = job.attempts + 1, error = %error.describe(), "job failed");
                    if let Err(error) = put_back(&db, clock.now(), &job, &error).await {
                        tracing::error!(%error, "cannot put a job back; it returns when its lease ends");
                    }
                }
                drop(permit);
            });
        }
        while in_hand.try_join_next().is_some() {}
        if idle {
            // Other processes' jobs and those for later are found by looking again.
            tokio::select! {
                Ok(()) = queued.changed() => expected = true,
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
                () = stop.cancelled() => {}
            }
        } else if permits.available_permits() == 0 {
            tokio::select! { _ = in_hand.join_next() => {} () = stop.cancelled() => {} }
        }
    }
    while in_hand.join_next().await.is_some() {}
}
