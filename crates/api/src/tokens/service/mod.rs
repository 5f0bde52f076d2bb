//! What can be done with tokens.

mod audit;
mod bought;
mod ends;
mod ledger;
mod reminders;
mod spending;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use vitrine_types::{
    Code,
    tokens::{TokenAdjustment, TokenEntryKind, TokenSource, TokenSummary},
};

pub use audit::{totals, verify};
pub use bought::{Payment, follow_payment};
pub use ends::{RollOver, end_account, expire, hold, roll_over, shorten};
pub use reminders::{REMINDED_BEFORE, remind};
pub use spending::{give_back, spend};

use super::store::{self, AccountRecord, EntryRecord, LotRecord};
use crate::{
    clock::Clock,
    db::{Cx, Tx},
    error::{Error, Fields, Result},
    idempotency::{self, IdempotencyKey},
};
use ledger::{Line, bring_in, draw, post};

/// At most so many tokens are given or taken at once.
const MOST: i64 = 1_000_000;

/// Opens the account of a subscription. Safe to call again.
///
/// # Errors
/// When the database does not answer.
pub async fn open_account(tx: &mut Tx, clock: &Clock, account: Uuid, customer: Uuid) -> Result<()> {
    store::insert_account(tx, account, customer, clock.now()).await?;
    Ok(())
}

/// Lets an account's tokens wait, or be spent again. What comes in and what ends goes on.
///
/// # Errors
/// `request.not_found` when there is no such account.
pub async fn freeze(tx: &mut Tx, clock: &Clock, account: Uuid, frozen: bool) -> Result<()> {
    lock(tx, clock, account).await?;
    store::update_frozen(tx, account, frozen).await?;
    Ok(())
}

/// Tokens that come in.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// The business fact, such as `invoice:in_…:period`.
    pub fact: &'a str,
    /// Where they come from.
    pub source: TokenSource,
    /// The invoice or order, for the statement.
    pub source_ref: Option<String>,
    /// How many, above zero.
    pub amount: i64,
    /// When what is left of them ends; `None` is never.
    pub expires_at: Option<DateTime<Utc>>,
    /// The order line they were bought with: they follow its money by [`follow_payment`].
    pub order_line: Option<Uuid>,
}

/// Lets tokens come in, once per fact; whether this was the first time. What comes after its own end ends at once, which
/// the statement shows, and can be carried over by [`roll_over`].
///
/// # Errors
/// `request.not_found` when no such account was opened.
pub async fn grant(tx: &mut Tx, clock: &Clock, account: Uuid, grant: &Grant<'_>) -> Result<bool> {
    let now = lock(tx, clock, account).await?;
    let line = Line {
        source: Some(grant.source.as_str()),
        source_ref: grant.source_ref.as_deref(),
        order_line: grant.order_line,
        ..Line::new(TokenEntryKind::Grant, grant.fact)
    };
    let is_new = bring_in(tx, clock, account, line, grant.amount, grant.expires_at).await?;
    ends::expire_due(tx, account, now).await?;
    Ok(is_new)
}

/// What the owner gives (`amount` above zero) or takes, once per key. Given tokens do not end; what ends first is taken first.
///
/// # Errors
/// `request.not_found` when there is no such account, `request.invalid`, `tokens.insufficient` when there are fewer to take,
/// `idempotency.mismatch`.
pub async fn adjust(
    tx: &mut Tx,
    clock: &Clock,
    account: Uuid,
    adjustment: &TokenAdjustment,
    admin: Uuid,
    key: &IdempotencyKey,
) -> Result<EntryRecord> {
    let (amount, reason) = (adjustment.amount, adjustment.reason.trim());
    let mut fields = Fields::default();
    let fits = amount != 0 && (-MOST..=MOST).contains(&amount);
    fields.check(fits, "amount", "out_of_range", format!("Between -{MOST} and {MOST}, and not 0"));
    fields.text(reason, "reason", 1, 500);
    fields.done()?;
    let now = lock(tx, clock, account).await?;
    let (id, operation) = (Uuid::now_v7(), format!("adjust_tokens:{account}"));
    let first = idempotency::remember(tx, now, key, admin, &operation, adjustment, id).await?;
    let fact = format!("adjustment:{}", first.unwrap_or(id));
    if first.is_none() {
        ends::expire_due(tx, account, now).await?;
        let line = Line { reason: Some(reason), admin: Some(admin), ..Line::new(TokenEntryKind::Adjust, &fact) };
        if amount > 0 {
            bring_in(tx, clock, account, line, amount, None).await?;
        } else {
            let moves = draw(&purse(&mut *tx, account, now).await?.spendable, -amount)?;
            post(tx, account, line, &moves, now).await?;
        }
    }
    store::find_entry(tx, &fact).await?.ok_or_else(|| Error::internal(anyhow::anyhow!("the entry is gone")))
}

/// How an account stands at `now`; all zero when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn summary(cx: impl Into<Cx<'_>>, account: Uuid, now: DateTime<Utc>) -> Result<TokenSummary> {
    Ok(summaries(cx, &[account], now).await?.remove(&account).unwrap_or_default())
}

/// How several accounts stand at `now`; those that hold nothing are absent.
///
/// # Errors
/// When the database does not answer.
pub async fn summaries(
    cx: impl Into<Cx<'_>>,
    accounts: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, TokenSummary>> {
    let sums = store::sum_lots(cx, accounts, now).await?.into_iter();
    Ok(sums.map(|(account, allotted, spent, balance)| (account, TokenSummary { allotted, spent, balance })).collect())
}

/// A customer's account.
///
/// # Errors
/// `request.not_found` when it is not theirs.
pub async fn find_of_customer(cx: impl Into<Cx<'_>>, account: Uuid, customer: Uuid) -> Result<AccountRecord> {
    let found = store::find_account(cx, account).await?.filter(|found| found.customer_id == customer);
    Ok(found.ok_or(Code::NotFound)?)
}

/// What an account holds.
pub struct Purse {
    /// The lots that can be spent from, in the order in which they are.
    pub spendable: Vec<LotRecord>,
    /// How many more wait until a disputed payment for them is decided.
    pub waiting: i64,
}

/// What an account holds at `now`.
///
/// # Errors
/// When the database does not answer.
pub async fn purse(cx: impl Into<Cx<'_>>, account: Uuid, now: DateTime<Utc>) -> Result<Purse> {
    let live = store::list_filled_lots(cx, account).await?.into_iter().filter(|lot| lot.is_live(now));
    let (spendable, waiting): (Vec<_>, Vec<_>) = live.partition(|lot| lot.payment.is_none());
    Ok(Purse { spendable, waiting: waiting.iter().map(|lot| lot.remaining).sum() })
}

/// A number of tokens for mails: `1 token`, `8 tokens`.
pub fn words(count: i64) -> String {
    if count == 1 { "1 token".into() } else { format!("{count} tokens") }
}

/// Waits until nobody else changes the account; the time then.
///
/// # Errors
/// `request.not_found` when there is no such account.
async fn lock(tx: &mut Tx, clock: &Clock, account: Uuid) -> Result<DateTime<Utc>> {
    tx.lock(&format!("tokens:{account}")).await?;
    store::find_account(tx, account).await?.ok_or(Code::NotFound)?;
    Ok(clock.now())
}
