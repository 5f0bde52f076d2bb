//! SQL of tokens.

mod audit;
mod bought;
mod periods;

pub use audit::*;
pub use bought::*;
pub use periods::*;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql, sql_for};

/// A row of `token_accounts`.
#[derive(Clone, Debug, FromRow)]
pub struct AccountRecord {
    /// The subscription.
    pub id: Uuid,
    /// Whose.
    pub customer_id: Uuid,
    /// What is left of all lots, also of those whose end has not been booked yet.
    pub balance: i64,
    /// Whether nothing of it can be spent.
    pub frozen: bool,
}

/// A row of `token_lots`.
#[derive(Clone, Debug, FromRow)]
pub struct LotRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Of which account.
    pub account_id: Uuid,
    /// `period`, `rollover`, `top_up`, `adjustment` or `return`.
    pub source: String,
    /// The invoice, the order; of a rollover when the lots it is carried from ended.
    pub source_ref: Option<String>,
    /// The business fact that brought it.
    pub fact: String,
    /// How many there were.
    pub amount: i64,
    /// How many are left.
    pub remaining: i64,
    /// How many were spent and did not come back.
    pub spent: i64,
    /// When the rest ends; `None` is never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether its period's renewal has ended it, which our clock may see before `expires_at`.
    pub rolled_over: bool,
    /// Whether it goes on beyond `expires_at` until the renewal is paid or given up.
    pub held: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// The order line it was bought with.
    pub order_line_id: Option<Uuid>,
    /// What is wrong with the payment for it: `disputed` or `returned`.
    pub payment: Option<String>,
}

impl LotRecord {
    /// Whether it came with a period of the plan, and so ends or waits with it.
    pub fn is_of_plan(&self) -> bool {
        matches!(self.source.as_str(), "period" | "rollover")
    }

    /// Whether its end is still to come at `now`.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        !self.rolled_over && (self.held || self.expires_at.is_none_or(|end| now < end))
    }
}

/// A row of `token_entries`.
#[derive(Clone, Debug, FromRow)]
pub struct EntryRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Of which account.
    pub account_id: Uuid,
    /// `grant`, `spend`, `return`, `expire` or `adjust`.
    pub kind: String,
    /// Below zero when they went.
    pub amount: i64,
    /// The business fact.
    pub fact: String,
    /// As in the lot that was granted or ended.
    pub source: Option<String>,
    /// As in that lot.
    pub source_ref: Option<String>,
    /// What they paid for.
    pub booking_id: Option<Uuid>,
    /// Why the owner gave or took.
    pub reason: Option<String>,
    /// Which admin did.
    pub admin_id: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
}

macro_rules! lot_columns {
    () => {
        "id, account_id, source, source_ref, fact, amount, remaining, spent, expires_at, rolled_over, held, created_at,
         order_line_id, payment"
    };
}

pub(super) use lot_columns;

macro_rules! entry_columns {
    () => {
        "id, account_id, kind, amount, fact, source, source_ref, booking_id, reason, admin_id, created_at"
    };
}

/// Opens an account unless there is one.
pub async fn insert_account(tx: &mut Tx, id: Uuid, customer: Uuid, now: DateTime<Utc>) -> Result<u64> {
    sql(tx, "insert into token_accounts (id, customer_id, created_at) values ($1, $2, $3) on conflict (id) do nothing")
        .bind(id)
        .bind(customer)
        .bind(now)
        .exec()
        .await
}

/// One account.
pub async fn find_account(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<AccountRecord>> {
    sql(cx, "select id, customer_id, balance, frozen from token_accounts where id = $1").bind(id).opt().await
}

/// Sets whether an account's tokens can be spent.
pub async fn update_frozen(tx: &mut Tx, id: Uuid, frozen: bool) -> Result<u64> {
    sql(tx, "update token_accounts set frozen = $2 where id = $1").bind(id).bind(frozen).exec().await
}

/// Writes an entry; `false` when its fact has one already.
pub async fn insert_entry(tx: &mut Tx, new: &EntryRecord) -> Result<bool> {
    let inserted = sql(
        tx,
        concat!(
            "insert into token_entries (",
            entry_columns!(),
            ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (fact) do nothing"
        ),
    )
    .bind(new.id)
    .bind(new.account_id)
    .bind(new.kind.clone())
    .bind(new.amount)
    .bind(new.fact.clone())
    .bind(new.source.clone())
    .bind(new.source_ref.clone())
    .bind(new.booking_id)
    .bind(new.reason.clone())
    .bind(new.admin_id)
    .bind(new.created_at)
    .exec()
    .await?;
    Ok(inserted == 1)
}

/// The entry of a fact.
pub async fn find_entry(cx: impl Into<Cx<'_>>, fact: &str) -> Result<Option<EntryRecord>> {
    sql(cx, concat!("select ", entry_columns!(), " from token_entries where fact = $1"))
        .bind(fact.to_owned())
        .opt()
        .await
}

/// An account's entries, newest first, those before `before`.
pub async fn list_entries(
    cx: impl Into<Cx<'_>>,
    account: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<EntryRecord>> {
    sql(
        cx,
        concat!(
            "select ",
            entry_columns!(),
            " from token_entries where account_id = $1 and id < $2 order by id desc limit $3"
        ),
    )
    .bind(account)
    // A bound on either page, so that the index is entered at the right place at any depth.
    .bind(before.unwrap_or(Uuid::max()))
    .bind(limit)
    .all()
    .await
}

/// Writes an empty lot, for an entry to fill.
pub async fn insert_lot(tx: &mut Tx, new: &LotRecord) -> Result<u64> {
    let text = concat!(
        "insert into token_lots (",
        lot_columns!(),
        ") values ($1, $2, $3, $4, $5, $6, 0, 0, $7, false, false, $8, $9, null)"
    );
    sql(tx, text)
        .bind(new.id)
        .bind(new.account_id)
        .bind(new.source.clone())
        .bind(new.source_ref.clone())
        .bind(new.fact.clone())
        .bind(new.amount)
        .bind(new.expires_at)
        .bind(new.created_at)
        .bind(new.order_line_id)
        .exec()
        .await
}

/// The lots with something left, ended ones whose end has not been booked yet included: what ends first comes first.
pub async fn list_filled_lots(cx: impl Into<Cx<'_>>, account: Uuid) -> Result<Vec<LotRecord>> {
    sql(
        cx,
        concat!(
            "select ",
            lot_columns!(),
            " from token_lots where account_id = $1 and remaining > 0 order by expires_at nulls last, id"
        ),
    )
    .bind(account)
    .all()
    .await
}

/// The lots that an entry moved, and by how much.
pub async fn list_moved_lots(tx: &mut Tx, entry: Uuid) -> Result<Vec<(LotRecord, i64)>> {
    #[derive(FromRow)]
    struct Moved {
        #[sqlx(flatten)]
        lot: LotRecord,
        moved: i64,
    }
    let moved: Vec<Moved> = sql(
        tx,
        concat!(
            "select ",
            lot_columns!(),
            ", moved from (select lot_id, amount as moved from token_movements where entry_id = $1) moves
             join token_lots on id = lot_id order by id"
        ),
    )
    .bind(entry)
    .all()
    .await?;
    Ok(moved.into_iter().map(|moved| (moved.lot, moved.moved)).collect())
}

/// Notes that an entry moves a lot by `amount`.
pub async fn insert_movement(tx: &mut Tx, entry: Uuid, lot: Uuid, amount: i64) -> Result<u64> {
    sql(tx, "insert into token_movements (entry_id, lot_id, amount) values ($1, $2, $3)")
        .bind(entry)
        .bind(lot)
        .bind(amount)
        .exec()
        .await
}

/// Fills or empties a lot by `amount`, of which `spent` was spent (below zero: came back). `false` when it holds too little.
pub async fn update_lot(tx: &mut Tx, lot: Uuid, amount: i64, spent: i64) -> Result<bool> {
    let updated = sql(
        tx,
        "update token_lots set remaining = remaining + $2, spent = spent + $3 where id = $1 and remaining + $2 >= 0",
    )
    .bind(lot)
    .bind(amount)
    .bind(spent)
    .exec()
    .await?;
    Ok(updated == 1)
}

/// Changes a balance by `amount`. `false` when it is too low.
pub async fn update_balance(tx: &mut Tx, account: Uuid, amount: i64) -> Result<bool> {
    let updated = sql(tx, "update token_accounts set balance = balance + $2 where id = $1 and balance + $2 >= 0")
        .bind(account)
        .bind(amount)
        .exec()
        .await?;
    Ok(updated == 1)
}

/// Of each account what the plan's live lots brought, what of that was spent, and what all live lots hold.
pub async fn sum_lots(
    cx: impl Into<Cx<'_>>,
    accounts: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, i64, i64, i64)>> {
    macro_rules! sums {
        ($list:literal) => {
            concat!(
                "select account_id,
                    cast(sum(case when source in ('period', 'rollover') then amount else 0 end) as bigint),
                    cast(sum(case when source in ('period', 'rollover') then spent else 0 end) as bigint),
                    cast(sum(case when payment is null then remaining else 0 end) as bigint)
                 from token_lots where account_id in (",
                $list,
                ") and (held or expires_at is null or expires_at > $2) and not rolled_over group by account_id"
            )
        };
    }
    // Each database reads lists in its own way.
    sql_for(
        cx,
        sums!("select unhex(value) from json_each($1)"),
        sums!("select cast(value as uuid) from jsonb_array_elements_text($1) as t (value)"),
    )
    .bind(Json(accounts.iter().map(|id| id.simple().to_string()).collect::<Vec<_>>()))
    .bind(now)
    .all()
    .await
}
