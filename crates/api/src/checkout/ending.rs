//! Orders that end unpaid: their time is over, or they were left.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use stripe_checkout::checkout_session::ExpireCheckoutSession;
use uuid::Uuid;
use vitrine_types::Code;

use super::{
    settle,
    store::{self, OrderRecord},
};
use crate::{
    db::Tx,
    error::{Error, Result},
    jobs::{self, Job, Kind},
    state::State,
    stripe::{StripeError, objects::CheckoutSession},
};

/// Which order a job is about.
#[derive(Serialize, Deserialize)]
struct OrderJob {
    order: Uuid,
}

/// Closes the order when its time is over, a little after Stripe closes the session.
pub(super) async fn expire_later(tx: &mut Tx, state: &State, order: &OrderRecord) -> Result<()> {
    let key = format!("{}:{}", order.id, order.attempt);
    let at = order.expires_at + TimeDelta::seconds(20);
    jobs::enqueue(tx, &state.clock, Kind::ExpireOrder, &key, &OrderJob { order: order.id }, at).await
}

/// Closes an order whose time is over, unless it was paid at the last moment.
///
/// # Errors
/// When Stripe does not answer: the job comes back.
pub async fn expire(state: &State, job: &Job) -> Result<()> {
    let OrderJob { order } = job.payload()?;
    let order = store::find_order(&state.db, order).await?.ok_or(Code::NotFound)?;
    // Another attempt may have moved the end; its own job comes later.
    let due = order.payment == "pending" && order.expires_at <= state.clock.now();
    if due && let Some(session) = &order.stripe_session_id {
        return expire_at_stripe(state, session, job).await;
    }
    let mut tx = state.db.begin().await?;
    if due {
        settle::close(&mut tx, state, order.id, "expired").await?;
    }
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Closes a session at Stripe; what became of it, says the session itself.
async fn expire_at_stripe(state: &State, session: &str, job: &Job) -> Result<()> {
    let request = ExpireCheckoutSession::new(session);
    match state.stripe()?.send::<CheckoutSession>(&request, &format!("expire:{session}")).await {
        // Refused: it is over already, expired or paid.
        Ok(_) | Err(StripeError::Refused(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let session = settle::fetch(state, session).await?;
    let mut tx = state.db.begin().await?;
    if let Some(session) = session {
        settle::apply(&mut tx, state, &session).await?;
    }
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Which page at Stripe is to close.
#[derive(Serialize, Deserialize)]
struct SessionJob {
    session: String,
}

/// Closes an open order before its time: what it held is free, and nobody shall pay on its page any more. Who is on the
/// way of paying all the same is settled as any payment that comes late.
///
/// # Errors
/// When the database does not answer.
pub async fn give_up(tx: &mut Tx, state: &State, order: &OrderRecord) -> Result<()> {
    settle::close(tx, state, order.id, "expired").await?;
    match &order.stripe_session_id {
        Some(session) => expire_session_later(tx, state, session).await,
        // It is about to be made: see `create::open_session`.
        None => Ok(()),
    }
}

/// A customer gives an open order up; the order as it then is. Nothing when it has ended unpaid already.
///
/// # Errors
/// `request.not_found` when it is not theirs; `request.conflict` when it is paid, or the bank is at it.
pub async fn cancel(tx: &mut Tx, state: &State, customer: Uuid, order: Uuid) -> Result<OrderRecord> {
    tx.lock(&format!("order:{order}")).await?;
    let found = store::find_order(&mut *tx, order).await?.filter(|found| found.customer_id == customer);
    let found = found.ok_or(Code::NotFound)?;
    match found.payment.as_str() {
        "pending" => give_up(tx, state, &found).await?,
        "expired" | "failed" => {}
        _ => return Err(Error::new(Code::Conflict).detail("This order is paid already, or its payment is on its way")),
    }
    store::find_order(tx, order).await?.ok_or_else(|| Code::NotFound.into())
}

pub(super) async fn expire_session_later(tx: &mut Tx, state: &State, session: &str) -> Result<()> {
    let job = SessionJob { session: session.into() };
    jobs::enqueue(tx, &state.clock, Kind::ExpireSession, session, &job, state.clock.now()).await
}

/// The job: closes a session at Stripe.
///
/// # Errors
/// When Stripe does not answer: the job comes back.
pub async fn expire_session(state: &State, job: &Job) -> Result<()> {
    let SessionJob { session } = job.payload()?;
    expire_at_stripe(state, &session, job).await
}

/// A customer's account is about to be deleted: nothing of theirs waits for money any more.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(tx: &mut Tx, state: &State, customer: Uuid) -> Result<()> {
    tx.lock(&format!("checkout:{customer}")).await?;
    for order in store::list_open(&mut *tx, customer).await? {
        give_up(tx, state, &order).await?;
    }
    Ok(())
}
