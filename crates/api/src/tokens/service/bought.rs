//! Tokens that were bought follow what becomes of their money: disputed, they wait; gone back, so do those that are left.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use vitrine_types::tokens::{TokenEntryKind, TokenSource};

use super::{
    ends::expire_due,
    ledger::{Line, Move, new_lot, post},
    lock,
};
use crate::{
    clock::Clock,
    db::Tx,
    error::Result,
    tokens::{
        RETURN_LIFE,
        store::{self, LotRecord},
    },
};

/// Where the payment for bought tokens stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// It is here: they can be spent.
    Kept,
    /// The customer disputes it: they wait.
    Disputed,
    /// It went back: what is left is taken back. What was spent stays spent.
    Returned,
}

impl Payment {
    fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Kept => None,
            Self::Disputed => Some("disputed"),
            Self::Returned => Some("returned"),
        }
    }
}

/// Lets what an order line brought follow its money; nothing when it brought none, or follows already.
///
/// What was taken comes back when the money does (a refund fails): to its lot, or for [`RETURN_LIFE`] when that has ended.
///
/// # Errors
/// When the database does not answer.
pub async fn follow_payment(tx: &mut Tx, clock: &Clock, order_line: Uuid, payment: Payment) -> Result<()> {
    let lots = store::list_bought_lots(&mut *tx, order_line).await?;
    let Some(account) = lots.first().map(|lot| lot.account_id) else { return Ok(()) };
    let now = lock(tx, clock, account).await?;
    expire_due(tx, account, now).await?;
    let lots = store::list_bought_lots(&mut *tx, order_line).await?;
    if lots.iter().all(|lot| lot.payment.as_deref() == payment.as_str()) {
        return Ok(());
    }
    if payment != Payment::Returned {
        restore(tx, clock, order_line, &lots, now).await?;
    }
    store::update_payment(tx, order_line, payment.as_str()).await?;
    withhold(tx, account, order_line, now).await
}

/// Takes what is left of lots whose money went back; also what came back to one that has ended while its payment is disputed.
/// The caller holds the account's lock.
pub(super) async fn withhold(tx: &mut Tx, account: Uuid, order_line: Uuid, now: DateTime<Utc>) -> Result<()> {
    let lots = store::list_bought_lots(&mut *tx, order_line).await?;
    let goes = |lot: &&LotRecord| {
        let returned = lot.payment.as_deref() == Payment::Returned.as_str();
        lot.remaining > 0 && (returned || lot.payment.is_some() && !lot.is_live(now))
    };
    let moves =
        lots.iter().filter(goes).map(|lot| Move { lot: lot.id, amount: -lot.remaining, counts_as_spent: false });
    let moves: Vec<Move> = moves.collect();
    if moves.is_empty() {
        return Ok(());
    }
    let (times, _) = store::sum_taken_back(tx, order_line).await?;
    post(tx, account, line(&format!("order_line:{order_line}:{times}"), order_line, &lots), &moves, now).await?;
    Ok(())
}

/// Gives back what [`withhold`] took.
async fn restore(tx: &mut Tx, clock: &Clock, order_line: Uuid, lots: &[LotRecord], now: DateTime<Utc>) -> Result<()> {
    let (times, taken) = store::sum_taken_back(tx, order_line).await?;
    let Some(first) = lots.first().filter(|_| taken > 0) else { return Ok(()) };
    let fact = format!("order_line:{order_line}:{times}");
    let line = line(&fact, order_line, lots);
    let fits = |lot: &&LotRecord| lot.is_live(now) && lot.amount - lot.remaining - lot.spent >= taken;
    let lot = match lots.iter().find(fits) {
        Some(lot) => lot.id,
        None => new_lot(tx, clock, first.account_id, line, taken, Some(now + RETURN_LIFE)).await?,
    };
    post(tx, first.account_id, line, &[Move { lot, amount: taken, counts_as_spent: false }], now).await?;
    Ok(())
}

/// The statement's line; its link is that of what came in.
fn line<'a>(fact: &'a str, order_line: Uuid, lots: &'a [LotRecord]) -> Line<'a> {
    Line {
        source: Some(TokenSource::TopUp.as_str()),
        source_ref: lots.first().and_then(|lot| lot.source_ref.as_deref()),
        order_line: Some(order_line),
        ..Line::new(TokenEntryKind::Adjust, fact)
    }
}
