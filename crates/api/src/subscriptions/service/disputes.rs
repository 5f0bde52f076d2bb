//! Payments for plans that customers dispute: what they paid for waits, and ends when the bank decides for them.

use chrono::DateTime;

use super::{change, store, store::SubscriptionRecord};
use crate::{
    db::Tx,
    entitlements,
    error::Result,
    state::State,
    stripe::objects::{Dispute, DisputeStand, dispute_goes_on},
    tokens,
};

/// Brings a subscription in line with the disputes that Stripe knows about one of its payments.
///
/// While one is open, what the plan includes is closed and no token can be spent. A lost one ends the subscription, at Stripe
/// too, and what is left of the plan's tokens: the period was not paid after all. Top-ups and gifts stay.
///
/// # Errors
/// When the database does not answer.
pub async fn apply_disputes(
    tx: &mut Tx,
    state: &State,
    subscription: &SubscriptionRecord,
    intent: &str,
    known: &[Dispute],
) -> Result<()> {
    let now = state.clock.now();
    tx.lock(&format!("subscription:{}", subscription.customer_id)).await?;
    let before = store::list_disputes(&mut *tx, &[subscription.id]).await?;
    let status = |id: &str| before.iter().find(|one| one.stripe_dispute_id == id).map(|one| one.status.as_str());
    for dispute in known {
        if !status(&dispute.id).is_none_or(|before| dispute_goes_on(before, &dispute.status)) {
            continue;
        }
        let due = dispute.evidence_details.as_ref().and_then(|details| details.due_by);
        let record = store::DisputeRecord {
            stripe_dispute_id: dispute.id.clone(),
            subscription_id: subscription.id,
            stripe_payment_intent_id: intent.into(),
            amount: dispute.amount,
            status: dispute.status.clone(),
            reason: dispute.reason.clone().unwrap_or_else(|| "general".into()),
            evidence_due_by: due.and_then(|at| DateTime::from_timestamp(at, 0)),
            created_at: now,
        };
        store::upsert_dispute(tx, &record).await?;
    }
    let disputes = store::list_disputes(&mut *tx, &[subscription.id]).await?;
    let any = |stand| disputes.iter().any(|dispute| DisputeStand::of(&dispute.status) == stand);
    let (open, lost) = (any(DisputeStand::Open), any(DisputeStand::Lost));
    store::update_disputed(tx, subscription.id, open || lost).await?;
    if !subscription.surplus {
        tokens::service::freeze(tx, &state.clock, subscription.id, open).await?;
    }
    entitlements::service::follow_subscriptions(tx, &state.clock, Some(subscription.id)).await?;
    let was_lost = before.iter().any(|dispute| DisputeStand::of(&dispute.status) == DisputeStand::Lost);
    if lost && !was_lost {
        if !subscription.surplus {
            tokens::service::end_account(tx, &state.clock, subscription.id, now).await?;
        }
        change::end_later(tx, state, subscription.id, "A payment was disputed, and lost").await?;
    }
    Ok(())
}
