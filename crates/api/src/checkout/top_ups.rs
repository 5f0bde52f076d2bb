//! Tokens that products come with: sold to who has a plan to spend them in, brought in once an order is paid, and with its
//! money they wait or go.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vitrine_types::{
    Code,
    entitlements::EntitlementStatus,
    tokens::{BoughtTokens, TokenSource},
};

use super::store::{self, LineRecord, OrderRecord};
use crate::{
    db::Tx,
    error::{Error, Result},
    state::State,
    subscriptions::service as subscriptions,
    tokens::service::{self as tokens, Grant, Payment},
};

/// What comes with all of a line.
pub fn bought(line: &LineRecord) -> Option<BoughtTokens> {
    let (each, subscription_id) = line.tokens.zip(line.token_account_id)?;
    Some(BoughtTokens { amount: each * line.quantity, valid_days: line.tokens_valid_days, subscription_id })
}

/// Notes on the lines whose tokens these will be. They stay theirs should the subscription end before the payment arrives:
/// what was bought outlives a plan.
///
/// # Errors
/// `tokens.no_subscription`, `tokens.frozen`.
pub async fn address(tx: &mut Tx, customer: Uuid, lines: &mut [LineRecord], now: DateTime<Utc>) -> Result<()> {
    if lines.iter().all(|line| line.tokens.is_none()) {
        return Ok(());
    }
    let account = subscriptions::token_account(tx, customer, now).await?;
    lines.iter_mut().filter(|line| line.tokens.is_some()).for_each(|line| line.token_account_id = Some(account));
    Ok(())
}

/// What is free comes once per customer: with tokens it would pay for everything.
///
/// # Errors
/// `entitlements.already_owned`, `request.invalid` for several at once.
pub async fn refuse_second_free(tx: &mut Tx, customer: Uuid, lines: &[LineRecord]) -> Result<()> {
    for line in lines.iter().filter(|line| line.tokens.is_some() && line.unit_amount == 0) {
        if line.quantity > 1 {
            return Err(Error::field("items", "out_of_range", format!("“{}” is free: one per customer", line.name)));
        }
        if store::has_ordered(tx, customer, line.product_id).await? {
            return Err(Error::new(Code::AlreadyOwned).detail(format!("“{}” is free: one per customer", line.name)));
        }
    }
    Ok(())
}

/// Brings in the tokens of a paid order, once per line.
///
/// # Errors
/// When the database does not answer.
pub async fn give(tx: &mut Tx, state: &State, order: &OrderRecord, lines: &[LineRecord]) -> Result<()> {
    for line in lines {
        let Some(bought) = bought(line) else { continue };
        let from = order.paid_at.unwrap_or_else(|| state.clock.now());
        let grant = Grant {
            fact: &format!("order_line:{}", line.id),
            source: TokenSource::TopUp,
            source_ref: Some(order.id.to_string()),
            amount: bought.amount,
            expires_at: bought.valid_days.map(|days| from + TimeDelta::days(days)),
            order_line: Some(line.id),
        };
        tokens::grant(tx, &state.clock, bought.subscription_id, &grant).await?;
    }
    Ok(())
}

/// Lets a line's tokens follow its money, as access does.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(tx: &mut Tx, state: &State, line: &LineRecord, access: EntitlementStatus) -> Result<()> {
    if line.tokens.is_none() {
        return Ok(());
    }
    let payment = match access {
        EntitlementStatus::Active => Payment::Kept,
        EntitlementStatus::Suspended => Payment::Disputed,
        EntitlementStatus::Revoked | EntitlementStatus::Expired => Payment::Returned,
    };
    tokens::follow_payment(tx, &state.clock, line.id, payment).await
}
