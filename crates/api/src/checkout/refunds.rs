//! Money that goes back, and disputes about it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use stripe_core::{
    dispute::ListDispute,
    refund::{CreateRefund, ListRefund},
};
use uuid::Uuid;
use vitrine_types::{
    Code, Money,
    checkout::{NewRefund, RefundStatus},
};

use super::{
    letters, service,
    store::{self, DisputeRecord, OrderRecord, RefundRecord},
};
use crate::{
    db::Tx,
    error::{Error, Result},
    idempotency::{self, IdempotencyKey},
    jobs::{self, Job, Kind},
    state::State,
    stripe::{
        Stripe, StripeError,
        objects::{Dispute, List, Refund, dispute_goes_on},
    },
};

/// How long an idempotency key surely works; Stripe promises a day.
const KEY_LIFE: TimeDelta = TimeDelta::hours(23);

/// Which refund a job is about.
#[derive(Serialize, Deserialize)]
struct RefundJob {
    refund: Uuid,
}

/// Writes down that money shall go back; access follows at once. [`send`] then asks Stripe.
///
/// # Errors
/// `request.not_found`, `checkout.not_refundable`, `checkout.refund_too_large`, `request.invalid`,
/// `idempotency.mismatch`.
pub async fn ask(
    tx: &mut Tx,
    state: &State,
    admin: Uuid,
    order: Uuid,
    new: &NewRefund,
    key: &IdempotencyKey,
) -> Result<RefundRecord> {
    tx.lock(&format!("order:{order}")).await?;
    let id = Uuid::now_v7();
    let operation = format!("create_refund:{order}");
    if let Some(first) = idempotency::remember(tx, state.clock.now(), key, admin, &operation, new, id).await? {
        return store::find_refund(tx, first).await?.ok_or_else(|| Code::NotFound.into());
    }
    let order = store::find_order(&mut *tx, order).await?.ok_or(Code::NotFound)?;
    let not_refundable = |why: &'static str| Error::new(Code::OrderNotRefundable).detail(why);
    let intent = order.stripe_payment_intent_id.clone().filter(|_| order.payment == "paid");
    let intent = intent.ok_or_else(|| not_refundable("No money was taken for this order"))?;
    let disputes = store::list_disputes(&mut *tx, order.id).await?;
    if order.status == "disputed" && !disputes.is_empty() {
        return Err(not_refundable("The payment is disputed: the bank decides where the money goes"));
    }
    let left = order.total_amount - order.refunded_amount;
    let lines = store::list_lines(&mut *tx, order.id).await?;
    let (amount, of_lines) = match (&new.amount, &new.lines) {
        (Some(_), Some(_)) => return Err(Error::field("amount", "exactly_one", "Give an amount or lines, not both")),
        (Some(amount), None) => (checked(*amount, &order)?, Vec::new()),
        (None, Some(ids)) => {
            let mut sum = 0_i64;
            let mut chosen = Vec::new();
            for id in ids {
                let line = lines.iter().find(|line| line.id == *id && !chosen.contains(id));
                let line =
                    line.ok_or_else(|| Error::field("lines", "invalid", format!("{id} is no line of this order")))?;
                if line.refunded {
                    return Err(not_refundable("That line was refunded already"));
                }
                sum += line.total_amount;
                chosen.push(line.id);
            }
            // What went back by amount counts against the lines: never more than was paid.
            (sum.min(left), chosen)
        }
        (None, None) => (left, lines.iter().filter(|line| !line.refunded).map(|line| line.id).collect()),
    };
    if left == 0 || amount == 0 {
        return Err(not_refundable("All of it went back already"));
    }
    if amount > left {
        let most = super::views::money(left, &order.currency);
        return Err(Error::new(Code::RefundTooLarge).detail(format!("At most {most} can go back")));
    }
    let refund = RefundRecord {
        id,
        order_id: order.id,
        amount,
        status: RefundStatus::Pending.as_str().into(),
        reason: new.reason.clone(),
        stripe_payment_intent_id: intent,
        stripe_refund_id: None,
        attempt: 1,
        created_at: state.clock.now(),
    };
    // Sent by the request itself; the job is there should its process not get to it.
    record(tx, state, &refund, &of_lines, state.clock.now() + TimeDelta::seconds(30)).await?;
    Ok(refund)
}

fn checked(amount: Money, order: &OrderRecord) -> Result<i64> {
    if amount.currency.as_str() != order.currency {
        return Err(Error::field("amount.currency", "invalid", format!("This order is in {}", order.currency)));
    }
    if amount.amount <= 0 {
        return Err(Error::field("amount.amount", "out_of_range", "More than nothing"));
    }
    Ok(amount.amount)
}

/// Sends a payment back that should not have been taken.
///
/// # Errors
/// When the database does not answer.
pub async fn send_back(tx: &mut Tx, state: &State, order: &OrderRecord, intent: &str, reason: &str) -> Result<()> {
    // Once per payment, however often it is reported.
    let known = store::list_refunds(&mut *tx, order.id).await?;
    if known.iter().any(|refund| refund.stripe_payment_intent_id == intent) {
        return Ok(());
    }
    let refund = RefundRecord {
        id: Uuid::now_v7(),
        order_id: order.id,
        amount: order.total_amount,
        status: RefundStatus::Pending.as_str().into(),
        reason: Some(reason.into()),
        stripe_payment_intent_id: intent.into(),
        stripe_refund_id: None,
        attempt: 1,
        created_at: state.clock.now(),
    };
    record(tx, state, &refund, &[], state.clock.now()).await
}

/// Writes a refund, lets access follow, and queues the job that sends it.
async fn record(
    tx: &mut Tx,
    state: &State,
    refund: &RefundRecord,
    lines: &[Uuid],
    send_at: DateTime<Utc>,
) -> Result<()> {
    store::insert_refund(tx, refund, lines).await?;
    service::follow_money(tx, state, refund.order_id).await?;
    let job = RefundJob { refund: refund.id };
    jobs::enqueue(tx, &state.clock, Kind::SendRefund, &refund.id.to_string(), &job, send_at).await
}

/// The job: asks Stripe to send the money back.
///
/// # Errors
/// When Stripe does not answer: the job comes back, with the same key.
pub async fn send_job(state: &State, job: &Job) -> Result<()> {
    let RefundJob { refund } = job.payload()?;
    send(state, refund).await?;
    let mut tx = state.db.begin().await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Asks Stripe to send a refund's money back, if that is not done yet.
///
/// # Errors
/// `payments.unavailable` (try again: the key is the same), `payments.refused` (the refund has failed).
pub async fn send(state: &State, refund: Uuid) -> Result<RefundRecord> {
    let refund = store::find_refund(&state.db, refund).await?.ok_or(Code::NotFound)?;
    if refund.stripe_refund_id.is_some() || refund.status != RefundStatus::Pending.as_str() {
        return Ok(refund);
    }
    let stripe = state.stripe()?;
    let is_made = |known: &[Refund]| known.iter().any(|made| names(made) == Some(refund.id));
    // Stripe forgets keys after a day. What was asked for longer ago may be made: a shop that was restored from a backup
    // does not know what it has done since.
    if state.clock.now() - refund.created_at > KEY_LIFE {
        let known = fetch(stripe, &refund.stripe_payment_intent_id).await?;
        if is_made(&known) {
            return take_over(state, &refund, &known).await;
        }
    }
    let request = CreateRefund::new()
        .payment_intent(refund.stripe_payment_intent_id.as_str())
        .amount(refund.amount)
        .metadata(HashMap::from([("refund_id".to_owned(), refund.id.to_string())]));
    let answer = stripe.send::<Refund>(&request, &format!("refund:{}:{}", refund.id, refund.attempt)).await;
    let refused = match answer {
        Ok(_) => None,
        Err(error @ StripeError::Broken(_)) => {
            if !is_made(&fetch(stripe, &refund.stripe_payment_intent_id).await?) {
                // It was not made, and Stripe would repeat its answer to this key: the job asks with another.
                let mut tx = state.db.begin().await?;
                store::update_refund_attempt(&mut tx, refund.id).await?;
                tx.commit().await?;
                return Err(error.into());
            }
            None
        }
        // Somebody sent it back in Stripe's Dashboard: that is what was wanted.
        Err(error) if error.is_refusal("charge_already_refunded") => Some((RefundStatus::Canceled, None)),
        Err(error @ StripeError::Refused(_)) => Some((RefundStatus::Failed, Some(error))),
        Err(error) => return Err(error.into()),
    };
    if let Some((status, _)) = &refused {
        let mut tx = state.db.begin().await?;
        tx.lock(&format!("order:{}", refund.order_id)).await?;
        store::update_refund(&mut tx, refund.id, status.as_str(), None).await?;
        service::follow_money(&mut tx, state, refund.order_id).await?;
        tx.commit().await?;
    }
    if let Some((_, Some(error))) = refused {
        return Err(error.into());
    }
    let known = fetch(stripe, &refund.stripe_payment_intent_id).await?;
    take_over(state, &refund, &known).await
}

/// Writes down what Stripe says of a refund's payment.
async fn take_over(state: &State, refund: &RefundRecord, known: &[Refund]) -> Result<RefundRecord> {
    let mut tx = state.db.begin().await?;
    apply(&mut tx, state, refund.order_id, &refund.stripe_payment_intent_id, known).await?;
    let refund = store::find_refund(&mut tx, refund.id).await?.ok_or(Code::NotFound)?;
    tx.commit().await?;
    Ok(refund)
}

/// Our id of a refund that we asked for.
fn names(refund: &Refund) -> Option<Uuid> {
    refund.metadata.as_ref()?.get("refund_id")?.parse().ok()
}

/// How far along a refund is. One that has succeeded may fail after all.
fn progress(status: &str) -> u8 {
    match status {
        "pending" => 0,
        "succeeded" => 1,
        _ => 2,
    }
}

/// All refunds of a payment, as Stripe tells them.
///
/// # Errors
/// [`StripeError`]
pub async fn fetch(stripe: &Stripe, intent: &str) -> Result<Vec<Refund>, StripeError> {
    // A payment has a handful of refunds; a hundred is Stripe's largest page.
    let list: List<Refund> = stripe.get(&ListRefund::new().payment_intent(intent).limit(100)).await?;
    Ok(list.data)
}

/// Brings an order in line with the refunds that Stripe knows.
///
/// # Errors
/// When the database does not answer.
pub async fn apply(tx: &mut Tx, state: &State, order: Uuid, intent: &str, known: &[Refund]) -> Result<()> {
    tx.lock(&format!("order:{order}")).await?;
    let ours = store::list_refunds(&mut *tx, order).await?;
    for refund in known {
        let status = match refund.status.as_deref() {
            Some("succeeded") => RefundStatus::Succeeded,
            Some("failed") => RefundStatus::Failed,
            Some("canceled") => RefundStatus::Canceled,
            _ => RefundStatus::Pending,
        };
        let named = names(refund);
        let own = ours.iter().find(|own| own.stripe_refund_id.as_ref() == Some(&refund.id) || Some(own.id) == named);
        match own {
            // What was asked earlier may be answered later: nothing goes back to an earlier state.
            Some(own) if progress(&own.status) > progress(status.as_str()) => {}
            Some(own) => {
                store::update_refund(tx, own.id, status.as_str(), Some(&refund.id)).await?;
            }
            // Made in Stripe's Dashboard.
            None => {
                let created = refund.created.and_then(|at| DateTime::from_timestamp(at, 0));
                let made = RefundRecord {
                    id: Uuid::now_v7(),
                    order_id: order,
                    amount: refund.amount,
                    status: status.as_str().into(),
                    reason: None,
                    stripe_payment_intent_id: intent.into(),
                    stripe_refund_id: Some(refund.id.clone()),
                    attempt: 1,
                    created_at: created.unwrap_or_else(|| state.clock.now()),
                };
                store::insert_refund(tx, &made, &[]).await?;
            }
        }
    }
    let order = service::follow_money(tx, state, order).await?;
    letters::refunds(tx, state, &order).await
}

/// All disputes about a payment, as Stripe tells them.
///
/// # Errors
/// [`StripeError`]
pub async fn fetch_disputes(stripe: &Stripe, intent: &str) -> Result<Vec<Dispute>, StripeError> {
    let list: List<Dispute> = stripe.get(&ListDispute::new().payment_intent(intent).limit(100)).await?;
    Ok(list.data)
}

/// Brings an order in line with the disputes that Stripe knows.
///
/// # Errors
/// When the database does not answer.
pub async fn apply_disputes(tx: &mut Tx, state: &State, order: Uuid, known: &[Dispute]) -> Result<()> {
    tx.lock(&format!("order:{order}")).await?;
    let before = store::list_disputes(&mut *tx, order).await?;
    let status = |id: &str| before.iter().find(|one| one.stripe_dispute_id == id).map(|one| one.status.as_str());
    for dispute in known {
        if !status(&dispute.id).is_none_or(|before| dispute_goes_on(before, &dispute.status)) {
            continue;
        }
        let due = dispute.evidence_details.as_ref().and_then(|details| details.due_by);
        let record = DisputeRecord {
            stripe_dispute_id: dispute.id.clone(),
            order_id: order,
            amount: dispute.amount,
            status: dispute.status.clone(),
            reason: dispute.reason.clone().unwrap_or_else(|| "general".into()),
            evidence_due_by: due.and_then(|at| DateTime::from_timestamp(at, 0)),
            created_at: state.clock.now(),
        };
        store::upsert_dispute(tx, &record).await?;
    }
    service::follow_money(tx, state, order).await?;
    Ok(())
}
