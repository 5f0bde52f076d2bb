//! Writing the ledger: the one place where entries, lots and balances change, together.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::{
    Code,
    tokens::{TokenEntryKind, TokenSource},
};

use super::reminders;
use crate::{
    clock::Clock,
    db::Tx,
    error::{Error, Result},
    jobs::{self, Kind},
    tokens::store::{self, EntryRecord, LotRecord},
};

/// What a line of the statement says beside its amount.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub kind: TokenEntryKind,
    pub fact: &'a str,
    /// As in the lot: where it came from.
    pub source: Option<&'a str>,
    pub source_ref: Option<&'a str>,
    pub booking: Option<Uuid>,
    pub reason: Option<&'a str>,
    pub admin: Option<Uuid>,
    /// Of a lot that it brings: what it was bought with.
    pub order_line: Option<Uuid>,
}

impl<'a> Line<'a> {
    pub fn new(kind: TokenEntryKind, fact: &'a str) -> Self {
        Self { kind, fact, source: None, source_ref: None, booking: None, reason: None, admin: None, order_line: None }
    }
}

/// How much a lot is filled (or emptied, below zero).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub lot: Uuid,
    pub amount: i64,
    /// Whether `spent` of the lot goes along: it was taken for a booking, or comes back to where it was taken.
    pub counts_as_spent: bool,
}

/// Writes an entry, and with it the lots and the balance it moves, under the account's lock; `false` when its fact has an
/// entry already.
///
/// # Errors
/// When a lot or the balance would fall below zero, which whoever holds the lock never asks for.
pub(super) async fn post(
    tx: &mut Tx,
    account: Uuid,
    line: Line<'_>,
    moves: &[Move],
    at: DateTime<Utc>,
) -> Result<bool> {
    let entry = EntryRecord {
        id: Uuid::now_v7(),
        account_id: account,
        kind: line.kind.as_str().into(),
        amount: moves.iter().map(|part| part.amount).sum(),
        fact: line.fact.into(),
        source: line.source.map(str::to_owned),
        source_ref: line.source_ref.map(str::to_owned),
        booking_id: line.booking,
        reason: line.reason.map(str::to_owned),
        admin_id: line.admin,
        created_at: at,
    };
    if !store::insert_entry(tx, &entry).await? {
        return Ok(false);
    }
    let overdrawn = || Error::internal(anyhow::anyhow!("{} overdraws {account}", line.fact));
    for part in moves {
        store::insert_movement(tx, entry.id, part.lot, part.amount).await?;
        let spent = if part.counts_as_spent { -part.amount } else { 0 };
        if !store::update_lot(tx, part.lot, part.amount, spent).await? {
            return Err(overdrawn());
        }
    }
    if !store::update_balance(tx, account, entry.amount).await? {
        return Err(overdrawn());
    }
    Ok(true)
}

/// Fills a new lot of an account; `false` when its fact has been there before.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn bring_in(
    tx: &mut Tx,
    clock: &Clock,
    account: Uuid,
    line: Line<'_>,
    amount: i64,
    expires_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    if store::find_entry(&mut *tx, line.fact).await?.is_some() {
        return Ok(false);
    }
    let lot = new_lot(tx, clock, account, line, amount, expires_at).await?;
    post(tx, account, line, &[Move { lot, amount, counts_as_spent: false }], clock.now()).await
}

/// A new lot, still empty, and the jobs about its end.
pub(super) async fn new_lot(
    tx: &mut Tx,
    clock: &Clock,
    account: Uuid,
    line: Line<'_>,
    amount: i64,
    expires_at: Option<DateTime<Utc>>,
) -> Result<Uuid> {
    let source = line.source.unwrap_or(match line.kind {
        TokenEntryKind::Return => TokenSource::Return.as_str(),
        _ => TokenSource::Adjustment.as_str(),
    });
    let lot = LotRecord {
        id: Uuid::now_v7(),
        account_id: account,
        source: source.into(),
        source_ref: line.source_ref.map(str::to_owned),
        fact: line.fact.into(),
        amount,
        remaining: 0,
        spent: 0,
        // What PostgreSQL keeps of it, so that equal ends compare as equal.
        expires_at: expires_at.map(|end| chrono::SubsecRound::trunc_subsecs(end, 6)),
        rolled_over: false,
        held: false,
        created_at: clock.now(),
        order_line_id: line.order_line,
        payment: None,
    };
    store::insert_lot(tx, &lot).await?;
    look_later(tx, clock, &lot).await?;
    Ok(lot.id)
}

/// Which account to look at.
#[derive(Serialize, Deserialize)]
pub(super) struct ExpireTokens {
    pub account: Uuid,
}

/// Queues the jobs that book a lot's end, and remind of it.
pub(super) async fn look_later(tx: &mut Tx, clock: &Clock, lot: &LotRecord) -> Result<()> {
    let Some(end) = lot.expires_at else { return Ok(()) };
    let job = ExpireTokens { account: lot.account_id };
    jobs::enqueue(tx, clock, Kind::ExpireTokens, &lot.id.to_string(), &job, end).await?;
    reminders::remind_later(tx, clock, lot.account_id, end).await
}

/// How `amount` is taken from `lots`, in their order.
///
/// # Errors
/// `tokens.insufficient`.
pub(super) fn draw(lots: &[LotRecord], amount: i64) -> Result<Vec<Move>> {
    let mut missing = amount;
    let mut moves = Vec::new();
    for lot in lots {
        let part = missing.min(lot.remaining);
        if part > 0 {
            moves.push(Move { lot: lot.id, amount: -part, counts_as_spent: false });
            missing -= part;
        }
    }
    if missing == 0 {
        return Ok(moves);
    }
    let words = format!("{amount} are needed, {} are left", amount - missing);
    Err(Error::new(Code::TokensInsufficient).detail(words))
}
