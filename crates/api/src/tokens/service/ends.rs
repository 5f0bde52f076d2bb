//! How tokens end, and what is carried over.

use std::ops::Range;

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;
use vitrine_types::tokens::{TokenEntryKind, TokenSource};

use super::{
    ledger::{ExpireTokens, Line, Move, bring_in, look_later, post},
    lock,
};
use crate::{
    clock::Clock,
    db::Tx,
    error::Result,
    jobs::{self, Job, Kind},
    state::State,
    tokens::store::{self, LotRecord},
};

/// Books the end of an account's lots that are over at `now`, under its lock.
pub(super) async fn expire_due(tx: &mut Tx, account: Uuid, now: DateTime<Utc>) -> Result<()> {
    for lot in store::list_filled_lots(&mut *tx, account).await?.iter().filter(|lot| !lot.is_live(now)) {
        book_end(tx, lot, now).await?;
    }
    Ok(())
}

async fn book_end(tx: &mut Tx, lot: &LotRecord, now: DateTime<Utc>) -> Result<()> {
    let fact = format!("lot:{}:expire", lot.id);
    let line = Line {
        source: Some(&lot.source),
        source_ref: lot.source_ref.as_deref(),
        ..Line::new(TokenEntryKind::Expire, &fact)
    };
    // When it ended, not when somebody noticed; but not before it was there, nor while it could still be spent.
    let ended = lot.expires_at.filter(|_| !lot.held).unwrap_or(now);
    let at = ended.clamp(lot.created_at, now.max(lot.created_at));
    post(tx, lot.account_id, line, &[Move { lot: lot.id, amount: -lot.remaining, counts_as_spent: false }], at).await?;
    Ok(())
}

/// Lets the plan's tokens that end in `renewing` wait, spendable, until [`roll_over`] ends them or this is called without
/// that time: a renewal is paid an hour or days after its period began, and until then nobody has lost anything. All others
/// end in their time. Safe to call again.
///
/// # Errors
/// `request.not_found` when there is no such account.
pub async fn hold(tx: &mut Tx, clock: &Clock, account: Uuid, renewing: Option<Range<DateTime<Utc>>>) -> Result<()> {
    let now = lock(tx, clock, account).await?;
    let wait = renewing.unwrap_or(now..now);
    for lot in store::list_filled_lots(&mut *tx, account).await? {
        let waits = lot.is_of_plan() && lot.expires_at.is_some_and(|end| wait.contains(&end));
        if !(LotRecord { held: waits, ..lot.clone() }).is_live(now) {
            book_end(tx, &lot, now).await?;
        }
    }
    store::update_held(tx, account, &wait).await?;
    Ok(())
}

/// Books the end of lots whose time is over.
///
/// # Errors
/// When the database does not answer.
pub async fn expire(state: &State, job: &Job) -> Result<()> {
    let ExpireTokens { account } = job.payload()?;
    let mut tx = state.db.begin().await?;
    let now = lock(&mut tx, &state.clock, account).await?;
    expire_due(&mut tx, account, now).await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// From one period to the next.
#[derive(Clone, Copy, Debug)]
pub struct RollOver {
    /// When the old period ended: exactly the end its lots were granted with (or [`shorten`] gave them).
    pub ended_at: DateTime<Utc>,
    /// When what is carried over ends.
    pub new_end: DateTime<Utc>,
    /// At most so many are carried over; 0 is none.
    pub cap: i64,
}

/// Ends what is left of the plan's lots that end at `ended_at`, and carries it over up to the cap.
///
/// Safe to call again; and called again after a late grant for the old period, it carries over what was not yet. Whether the
/// job that books the end has run before makes no difference.
///
/// # Errors
/// `request.not_found` when there is no such account.
pub async fn roll_over(tx: &mut Tx, clock: &Clock, account: Uuid, period: &RollOver) -> Result<()> {
    let now = lock(tx, clock, account).await?;
    let ended_at = period.ended_at.trunc_subsecs(6);
    store::update_rolled_over(tx, account, ended_at).await?;
    expire_due(tx, account, now).await?;
    let mark = ended_at.to_rfc3339();
    let (times, carried) = store::sum_carried(tx, account, &mark).await?;
    let more = store::sum_ended(tx, account, ended_at).await?.min(period.cap) - carried;
    if more > 0 {
        let fact = format!("rollover:{account}:{mark}:{times}");
        let line = Line {
            source: Some(TokenSource::Rollover.as_str()),
            source_ref: Some(&mark),
            ..Line::new(TokenEntryKind::Grant, &fact)
        };
        bring_in(tx, clock, account, line, more, Some(period.new_end)).await?;
        expire_due(tx, account, now).await?;
    }
    Ok(())
}

/// Lets a period's tokens end at `at` instead of at `end`: another one began then. Safe to call again.
///
/// # Errors
/// `request.not_found` when there is no such account.
pub async fn shorten(tx: &mut Tx, clock: &Clock, account: Uuid, end: DateTime<Utc>, at: DateTime<Utc>) -> Result<()> {
    lock(tx, clock, account).await?;
    let changed = store::update_period_end(tx, account, end.trunc_subsecs(6), at.trunc_subsecs(6)).await?;
    look_anew(tx, clock, changed).await
}

/// Lets all that is left of the plan's tokens end at `at`, unless it ends earlier; none of it waits for a renewal. Safe to
/// call again.
///
/// # Errors
/// `request.not_found` when there is no such account.
pub async fn end_account(tx: &mut Tx, clock: &Clock, account: Uuid, at: DateTime<Utc>) -> Result<()> {
    let now = lock(tx, clock, account).await?;
    let changed = store::update_plan_lots_end(tx, account, at.trunc_subsecs(6)).await?;
    look_anew(tx, clock, changed).await?;
    expire_due(tx, account, now).await
}

/// Queues the jobs about the new ends of lots instead of those about the old ones.
async fn look_anew(tx: &mut Tx, clock: &Clock, changed: Vec<LotRecord>) -> Result<()> {
    for lot in changed {
        jobs::cancel(tx, Kind::ExpireTokens, &lot.id.to_string()).await?;
        look_later(tx, clock, &lot).await?;
    }
    Ok(())
}
