//! Sums over all accounts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{Cx, Result, sql};

/// Sums of all entries by kind.
pub async fn sum_entries(cx: impl Into<Cx<'_>>) -> Result<Vec<(String, i64)>> {
    sql(cx, "select kind, cast(sum(amount) as bigint) from token_entries group by kind").all().await
}

/// How many accounts there are.
pub async fn count_accounts(cx: impl Into<Cx<'_>>) -> Result<i64> {
    let (count,): (i64,) = sql(cx, "select count(*) from token_accounts").one().await?;
    Ok(count)
}

/// What can be spent now, by everybody together.
pub async fn sum_live(cx: impl Into<Cx<'_>>, now: DateTime<Utc>) -> Result<i64> {
    let (sum,): (i64,) = sql(
        cx,
        "select cast(coalesce(sum(remaining), 0) as bigint) from token_lots where (held or expires_at is null or expires_at > $1)
         and not rolled_over and payment is null",
    )
    .bind(now)
    .one()
    .await?;
    Ok(sum)
}

/// Accounts with their balance, the sum of their entries and of what is left of their lots, where these differ.
pub async fn list_unbalanced_accounts(cx: impl Into<Cx<'_>>) -> Result<Vec<(Uuid, i64, i64, i64)>> {
    sql(
        cx,
        "select id, balance, entries, lots from (
             select a.id, a.balance,
                 (select cast(coalesce(sum(e.amount), 0) as bigint) from token_entries e where e.account_id = a.id)
                     as entries,
                 (select cast(coalesce(sum(l.remaining), 0) as bigint) from token_lots l where l.account_id = a.id)
                     as lots
             from token_accounts a) as sums
         where balance <> entries or balance <> lots order by id",
    )
    .all()
    .await
}

/// Lots that hold something else than their movements say, or of which something else was spent.
pub async fn list_unbalanced_lots(cx: impl Into<Cx<'_>>) -> Result<Vec<(Uuid, i64, i64)>> {
    sql(
        cx,
        "select id, remaining, moved from (
             select l.id, l.remaining, l.spent, cast(coalesce(sum(m.amount), 0) as bigint) as moved,
                 cast(coalesce(sum(case when e.kind in ('spend', 'return') and e.fact <> l.fact then -m.amount else 0 end), 0)
                      as bigint) as was_spent
             from token_lots l left join token_movements m on m.lot_id = l.id left join token_entries e on e.id = m.entry_id
             group by l.id, l.remaining, l.spent) as sums
         where remaining <> moved or spent <> was_spent order by id",
    )
    .all()
    .await
}

/// Entries that say something else than their movements.
pub async fn list_unbalanced_entries(cx: impl Into<Cx<'_>>) -> Result<Vec<(Uuid, i64, i64)>> {
    sql(
        cx,
        "select id, amount, moved from (
             select e.id, e.amount, cast(coalesce(sum(m.amount), 0) as bigint) as moved
             from token_entries e left join token_movements m on m.entry_id = e.id group by e.id, e.amount) as sums
         where amount <> moved order by id",
    )
    .all()
    .await
}
