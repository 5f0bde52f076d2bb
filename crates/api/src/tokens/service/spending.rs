//! Paying for bookings, and what comes back of it.

use uuid::Uuid;
use vitrine_types::{Code, tokens::TokenEntryKind};

use super::{
    Purse,
    bought::withhold,
    ends::expire_due,
    find_of_customer,
    ledger::{Line, Move, draw, new_lot, post},
    lock, purse,
};
use crate::{
    clock::Clock,
    db::Tx,
    error::Result,
    tokens::{RETURN_LIFE, store},
};

fn spend_fact(booking: Uuid) -> String {
    format!("booking:{booking}:spend")
}

/// Pays for a booking, from what ends first; once per booking.
///
/// # Errors
/// `request.not_found` when the account is not this customer's, `tokens.insufficient`, `tokens.frozen`.
pub async fn spend(
    tx: &mut Tx,
    clock: &Clock,
    customer: Uuid,
    account: Uuid,
    amount: i64,
    booking: Uuid,
) -> Result<()> {
    find_of_customer(&mut *tx, account, customer).await?;
    let now = lock(tx, clock, account).await?;
    let fact = spend_fact(booking);
    if store::find_entry(&mut *tx, &fact).await?.is_some() {
        return Ok(());
    }
    // Asked under the lock: it may have been frozen a moment ago.
    if find_of_customer(&mut *tx, account, customer).await?.frozen {
        return Err(Code::TokensFrozen.into());
    }
    expire_due(tx, account, now).await?;
    let Purse { spendable, waiting } = purse(&mut *tx, account, now).await?;
    let there: i64 = spendable.iter().map(|lot| lot.remaining).sum();
    if there < amount && amount <= there + waiting {
        return Err(Code::TokensFrozen.into());
    }
    let mut moves = draw(&spendable, amount)?;
    moves.iter_mut().for_each(|part| part.counts_as_spent = true);
    let line = Line { booking: Some(booking), ..Line::new(TokenEntryKind::Spend, &fact) };
    post(tx, account, line, &moves, now).await?;
    Ok(())
}

/// Gives back what paid for a booking, to where it came from; what belonged to a lot that has ended meanwhile becomes a lot
/// of its own for [`RETURN_LIFE`]. Once per booking; nothing when it was not paid with tokens. What was bought with money
/// that went back meanwhile is taken back at once.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(tx: &mut Tx, clock: &Clock, booking: Uuid) -> Result<()> {
    let Some(spent) = store::find_entry(&mut *tx, &spend_fact(booking)).await? else { return Ok(()) };
    let account = spent.account_id;
    let now = lock(tx, clock, account).await?;
    let fact = format!("booking:{booking}:return");
    if store::find_entry(&mut *tx, &fact).await?.is_some() {
        return Ok(());
    }
    expire_due(tx, account, now).await?;
    let line = Line { booking: Some(booking), ..Line::new(TokenEntryKind::Return, &fact) };
    let (live, ended): (Vec<_>, Vec<_>) = store::list_moved_lots(tx, spent.id)
        .await?
        .into_iter()
        .partition(|(lot, _)| lot.payment.is_some() || lot.is_live(now));
    let back = live.iter().map(|(lot, moved)| Move { lot: lot.id, amount: -moved, counts_as_spent: true });
    let mut moves: Vec<Move> = back.collect();
    let homeless: i64 = ended.iter().map(|(_, moved)| -moved).sum();
    if homeless > 0 {
        let lot = new_lot(tx, clock, account, line, homeless, Some(now + RETURN_LIFE)).await?;
        moves.push(Move { lot, amount: homeless, counts_as_spent: false });
    }
    post(tx, account, line, &moves, now).await?;
    for order_line in live.iter().filter(|(lot, _)| lot.payment.is_some()).filter_map(|(lot, _)| lot.order_line_id) {
        withhold(tx, account, order_line, now).await?;
    }
    Ok(())
}
