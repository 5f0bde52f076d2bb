//! How tokens end, and what is carried over.

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
    tokens::store,
};

/// Books the end of an account's lots that are over at `now`, under its lock.
pub(super) async fn expire_due(tx: &mut Tx, account: Uuid, now: DateTime<Utc>) -> Result<()> {
    for lot in store::list_filled_lots(&mut *tx, account).await?.iter().filter(|lot| !lot.is_live(now)) {
        let fact = format!("lot:{}:expire", lot.id);
        let line = Line {
            source: Some(&lot.source),
            source_ref: lot.source_ref.as_deref(),
            ..Line::new(TokenEntryKind::Expire, &fact)
        };
        // When it ended, not when somebody noticed; but not before it was there.
        let at = lot.expires_at.unwrap_or(now).clamp(lot.created_at, now.max(lot.created_at));
        post(tx, account, line, &[Move { lot: lot.id, amount: -lot.remaining, counts_as_spent: false }], at).await?;
    }
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
    /// When the old period ended: exactly the end its lots were granted with (or [`end_account`] gave them).
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

/// Lets what is left of the plan's tokens end at `at` (the end of the paid period, or the moment of a change of plan),
/// unless it ends earlier. Safe to call again.
///
/// # Errors
/// `request.not_found` when there is no such account.
pub async fn end_account(tx: &mut Tx, clock: &Clock, account: Uuid, at: DateTime<Utc>) -> Result<()> {
    let now = lock(tx, clock, account).await?;
    for lot in store::update_plan_lots_end(tx, account, at.trunc_subsecs(6)).await? {
        jobs::cancel(tx, Kind::ExpireTokens, &lot.id.to_string()).await?;
        look_later(tx, clock, &lot).await?;
    }
    expire_due(tx, account, now).await
}
