//! Ends of the plan's periods: what ends, waits for its renewal, and is carried over.

use std::ops::Range;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{LotRecord, lot_columns};
use crate::db::{Result, Tx, sql};

/// Lets the plan's lots that end at `end` end at `at` instead; those it changed.
pub async fn update_period_end(
    tx: &mut Tx,
    account: Uuid,
    end: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<Vec<LotRecord>> {
    sql(
        tx,
        concat!(
            "update token_lots set expires_at = $3
             where account_id = $1 and source in ('period', 'rollover') and expires_at = $2 returning ",
            lot_columns!()
        ),
    )
    .bind(account)
    .bind(end)
    .bind(at)
    .all()
    .await
}

/// Lets the plan's lots end at `at`, if they did not end earlier; those it changed.
pub async fn update_plan_lots_end(tx: &mut Tx, account: Uuid, at: DateTime<Utc>) -> Result<Vec<LotRecord>> {
    sql(
        tx,
        concat!(
            "update token_lots set expires_at = case when expires_at > $2 then $2 else expires_at end, held = false
             where account_id = $1 and source in ('period', 'rollover') and (held or expires_at > $2) returning ",
            lot_columns!()
        ),
    )
    .bind(account)
    .bind(at)
    .all()
    .await
}

/// Lets those of the plan's lots wait for the renewal that end in `wait`, and no others.
pub async fn update_held(tx: &mut Tx, account: Uuid, wait: &Range<DateTime<Utc>>) -> Result<u64> {
    sql(
        tx,
        "update token_lots set held = not held where account_id = $1 and source in ('period', 'rollover')
         and not rolled_over and held <> (expires_at >= $2 and expires_at < $3)",
    )
    .bind(account)
    .bind(wait.start)
    .bind(wait.end)
    .exec()
    .await
}

/// Notes that a renewal has ended the plan's lots that end at `ended_at`.
pub async fn update_rolled_over(tx: &mut Tx, account: Uuid, ended_at: DateTime<Utc>) -> Result<u64> {
    sql(
        tx,
        "update token_lots set rolled_over = true
         where account_id = $1 and expires_at = $2 and source in ('period', 'rollover')",
    )
    .bind(account)
    .bind(ended_at)
    .exec()
    .await
}

/// How much of the plan's lots that ended at `ended_at` was still left then: their ends have been booked.
pub async fn sum_ended(tx: &mut Tx, account: Uuid, ended_at: DateTime<Utc>) -> Result<i64> {
    let (sum,): (i64,) = sql(
        tx,
        "select cast(coalesce(sum(-m.amount), 0) as bigint) from token_lots l
         join token_movements m on m.lot_id = l.id join token_entries e on e.id = m.entry_id and e.kind = 'expire'
         where l.account_id = $1 and l.expires_at = $2 and l.source in ('period', 'rollover')",
    )
    .bind(account)
    .bind(ended_at)
    .one()
    .await?;
    Ok(sum)
}

/// How many lots were carried over from those that ended at `source_ref`, and how many tokens that was.
pub async fn sum_carried(tx: &mut Tx, account: Uuid, source_ref: &str) -> Result<(i64, i64)> {
    sql(
        tx,
        "select count(*), cast(coalesce(sum(amount), 0) as bigint) from token_lots
         where account_id = $1 and source = 'rollover' and source_ref = $2",
    )
    .bind(account)
    .bind(source_ref.to_owned())
    .one()
    .await
}
