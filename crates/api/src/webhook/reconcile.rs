//! Comparing our books with Stripe's: finding what was never reported, mending what is safe, listing the rest.

use chrono::{DateTime, TimeDelta, Utc};
use stripe_billing::subscription::{ListSubscription, ListSubscriptionStatus};
use stripe_checkout::checkout_session::ListCheckoutSession;
use stripe_core::event::ListEvent;
use stripe_types::RangeQueryTs;
use uuid::Uuid;
use vitrine_types::Code;

use super::{handle, store};
use crate::{
    checkout::{service as orders, settle},
    error::Result,
    jobs::{self, Job, Kind},
    state::State,
    stripe::{
        Stripe,
        objects::{CheckoutSession, Event, List, Reference},
    },
    subscriptions::{service as subscriptions, store::SubscriptionRecord},
};

/// How often it runs by itself.
const INTERVAL: TimeDelta = TimeDelta::minutes(15);

/// How far back each run looks at least. Stripe lists events of the last 30 days; a longer outage is mended from sessions.
const WINDOW: TimeDelta = TimeDelta::days(3);

/// So much of what the last run has seen is looked at again.
const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// Orders younger than this are left to the webhook.
const PATIENCE: TimeDelta = TimeDelta::minutes(2);

/// The kinds of events that could have been missed.
const KINDS: [&str; 20] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "invoice.paid",
    "invoice.payment_failed",
];

/// What a comparison did.
#[derive(Debug, Default)]
pub struct Report {
    /// How many orders were compared.
    pub compared: i64,
    /// How many were mended.
    pub repaired: i64,
    /// What is not safe to mend: the order, and what differs.
    pub findings: Vec<(Option<Uuid>, String)>,
}

/// Queues the next run, unless one waits already.
///
/// # Errors
/// When the database does not answer.
pub async fn schedule(state: &State, at: DateTime<Utc>) -> Result<()> {
    if !state.takes_payments() {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    jobs::enqueue(&mut tx, &state.clock, Kind::Reconcile, "periodic", &(), at).await?;
    Ok(tx.commit().await?)
}

/// The job: compares, and queues the next run.
///
/// # Errors
/// When Stripe or the database does not answer: the job comes back.
pub async fn job(state: &State, job: &Job) -> Result<()> {
    // After a longer outage, all that happened since.
    let last = store::find_reconciliation(&state.db).await?.map(|(at, ..)| state.clock.now() - at);
    run(state, last.map_or(WINDOW, |last| WINDOW.max(last + OVERLAP))).await?;
    let mut tx = state.db.begin().await?;
    jobs::finish(&mut tx, job).await?;
    let next = state.clock.now() + INTERVAL;
    jobs::enqueue(&mut tx, &state.clock, Kind::Reconcile, "periodic", &(), next).await?;
    Ok(tx.commit().await?)
}

/// Compares everything of the last `window`, and orders that still wait, whatever their age.
///
/// # Errors
/// `payments.not_configured`, `payments.unavailable`.
pub async fn run(state: &State, window: TimeDelta) -> Result<Report> {
    let stripe = state.stripe()?;
    let since = state.clock.now() - window;
    let mut report = Report::default();
    fetch_missed_events(state, stripe, since).await?;
    settle_waiting(state, &mut report).await?;
    settle_sessions(state, stripe, since, &mut report).await?;
    follow_subscriptions(state, stripe, since, &mut report).await?;
    let mut tx = state.db.begin().await?;
    let at = state.clock.now();
    store::replace_reconciliation(&mut tx, at, report.compared, report.repaired, &report.findings).await?;
    tx.commit().await?;
    tracing::info!(report.compared, report.repaired, findings = report.findings.len(), "compared with Stripe");
    Ok(report)
}

/// Puts events that never arrived into the inbox, where they are handled like any other.
async fn fetch_missed_events(state: &State, stripe: &Stripe, since: DateTime<Utc>) -> Result<()> {
    let kinds: Vec<String> = KINDS.iter().map(|&kind| kind.to_owned()).collect();
    let mut after: Option<String> = None;
    loop {
        let mut request =
            ListEvent::new().types(kinds.clone()).limit(100).created(RangeQueryTs::gte(since.timestamp()));
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let page: List<serde_json::Value> = stripe.get(&request).await?;
        for value in &page.data {
            let Ok(event) = serde_json::from_value::<Event>(value.clone()) else { continue };
            if store::is_known(&state.db, &event.id).await? {
                continue;
            }
            let mut tx = state.db.begin().await?;
            handle::insert(&mut tx, state, &event, &value.to_string()).await?;
            tx.commit().await?;
        }
        after = page.data.last().and_then(|event| event.get("id")?.as_str()).map(str::to_owned);
        if !page.has_more || after.is_none() {
            return Ok(());
        }
    }
}

/// Asks after each order that waits for money.
async fn settle_waiting(state: &State, report: &mut Report) -> Result<()> {
    for order in orders::list_waiting(&state.db, state.clock.now() - PATIENCE).await? {
        report.compared += 1;
        let Some(id) = &order.stripe_session_id else { continue };
        let Some(session) = settle::fetch(state, id).await? else {
            let words = format!("Stripe does not know the session {id}: was the key changed to another account?");
            report.findings.push((Some(order.id), words));
            continue;
        };
        if settle_one(state, &session).await?.is_some_and(|after| after != order.payment) {
            report.repaired += 1;
        }
    }
    Ok(())
}

/// Asks for all sessions of the window: also those whose id never reached us.
async fn settle_sessions(state: &State, stripe: &Stripe, since: DateTime<Utc>, report: &mut Report) -> Result<()> {
    let mut after: Option<String> = None;
    loop {
        let mut request = ListCheckoutSession::new().limit(100).created(RangeQueryTs::gte(since.timestamp()));
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let page: List<CheckoutSession> = stripe.get(&request).await?;
        for session in page.data.iter().filter(|session| session.status.as_deref() == Some("complete")) {
            compare(state, session, report).await?;
        }
        after = page.data.last().map(|session| session.id.clone());
        if !page.has_more || after.is_none() {
            return Ok(());
        }
    }
}

/// Looks at all subscriptions begun in the window, and at those that should have been renewed since we last heard of them.
async fn follow_subscriptions(state: &State, stripe: &Stripe, since: DateTime<Utc>, report: &mut Report) -> Result<()> {
    let mut ids = std::collections::BTreeSet::new();
    let mut after: Option<String> = None;
    loop {
        let request = ListSubscription::new().status(ListSubscriptionStatus::All).limit(100);
        let mut request = request.created(RangeQueryTs::gte(since.timestamp()));
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let page: List<Reference> = stripe.get(&request).await?;
        ids.extend(page.data.iter().map(|subscription| subscription.id.clone()));
        after = page.data.last().map(|subscription| subscription.id.clone());
        if !page.has_more || after.is_none() {
            break;
        }
    }
    let stale = subscriptions::list_stale(&state.db, state.clock.now() - PATIENCE).await?;
    ids.extend(stale.into_iter().map(|subscription| subscription.stripe_subscription_id));
    for id in ids {
        let before = subscriptions::find_by_stripe_id(&state.db, &id).await?;
        match subscriptions::follow(state, &id).await {
            Ok(Some(now)) => {
                report.compared += 1;
                // Each look is counted; that alone is no repair.
                let before = before.map(|before| SubscriptionRecord { looks: now.looks, ..before });
                report.repaired += i64::from(before != Some(now));
            }
            Ok(None) => {}
            Err(error) if error.code() == Code::Internal => report.findings.push((None, error.describe())),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Compares one paid session with its order.
async fn compare(state: &State, session: &CheckoutSession, report: &mut Report) -> Result<()> {
    let reference = session.metadata.as_ref().and_then(|metadata| metadata.get("order_id"));
    let Some(id) = reference.and_then(|id| id.parse::<Uuid>().ok()) else { return Ok(()) };
    let Some(order) = orders::find_order(&state.db, id).await? else {
        report.findings.push((None, format!("Stripe has a paid session {} for an order that is not here", session.id)));
        return Ok(());
    };
    report.compared += 1;
    let paid = matches!(session.payment_status.as_deref(), Some("paid" | "no_payment_required"));
    if paid && order.payment != "paid" && order.review_reason.is_none() {
        let session = settle::fetch(state, &session.id).await?.ok_or(Code::NotFound)?;
        if settle_one(state, &session).await?.as_deref() == Some("paid") {
            report.repaired += 1;
        }
    }
    let order = orders::find_order(&state.db, id).await?.ok_or(Code::NotFound)?;
    if let Some(reason) = &order.review_reason {
        report.findings.push((Some(id), reason.clone()));
    } else if paid && order.payment != "paid" {
        report.findings.push((Some(id), "Stripe says paid, the order does not".into()));
    }
    Ok(())
}

/// Settles a session; where the payment of its order stands then.
async fn settle_one(state: &State, session: &CheckoutSession) -> Result<Option<String>> {
    let mut tx = state.db.begin().await?;
    let settled = settle::apply(&mut tx, state, session).await?;
    let after = match settled {
        settle::Settled::Order(id) => orders::find_order(&mut tx, id).await?.map(|order| order.payment),
        settle::Settled::Foreign => None,
    };
    tx.commit().await?;
    Ok(after)
}
