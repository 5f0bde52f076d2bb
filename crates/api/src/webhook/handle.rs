//! Storing events, and acting on them.

use chrono::DateTime;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use stripe_checkout::checkout_session::ListCheckoutSession;
use uuid::Uuid;
use vitrine_types::{Code, webhook::WebhookEventStatus};

use super::store::{self, EventRecord};
use crate::{
    checkout::{refunds, service as orders, settle},
    db::Tx,
    error::{Error, Result},
    jobs::{self, Job, Kind},
    state::State,
    stripe::{
        self,
        billing::Billing,
        objects::{CheckoutSession, Event, List, UnknownLayout, id_of, subscription_of_invoice},
        payments,
    },
    subscriptions::{service as subscriptions, store::SubscriptionRecord},
};

/// Which event a job is about.
#[derive(Serialize, Deserialize)]
struct EventJob {
    event: Uuid,
}

/// Believes a delivery, or not.
///
/// # Errors
/// `webhook.bad_signature`, `webhook.not_configured`.
pub fn check_signature(body: &[u8], header: Option<&str>, secrets: &[SecretString], state: &State) -> Result<()> {
    if secrets.is_empty() {
        return Err(Error::new(Code::WebhookNotConfigured));
    }
    stripe::verify(body, header.unwrap_or(""), secrets, state.clock.now()).map_err(|why| {
        metrics::counter!("webhook_signatures_refused_total").increment(1);
        Error::new(Code::BadSignature).detail(match why {
            stripe::BadSignature::Header => "The Stripe-Signature header is missing or cannot be read",
            stripe::BadSignature::Mismatch => "The signature does not match the body",
            stripe::BadSignature::Stale => "The event was signed too long ago, or this server's clock is wrong",
        })
    })
}

/// Stores a believed event and queues its job. A known one changes nothing.
///
/// # Errors
/// `request.malformed` when it is no event.
pub async fn store_event(state: &State, body: &[u8]) -> Result<()> {
    let not_an_event = || Error::new(Code::MalformedRequest).detail("This is no Stripe event");
    let payload = std::str::from_utf8(body).map_err(|_| not_an_event())?;
    let event: Event = serde_json::from_str(payload).map_err(|_| not_an_event())?;
    let mut tx = state.db.begin().await?;
    insert(&mut tx, state, &event, payload).await?;
    Ok(tx.commit().await?)
}

/// Writes an event and queues its job; whether it was new.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(tx: &mut Tx, state: &State, event: &Event, payload: &str) -> Result<bool> {
    let now = state.clock.now();
    let ignored = not_ours(state, event);
    let status = if ignored.is_some() { WebhookEventStatus::Ignored } else { WebhookEventStatus::Received };
    let record = EventRecord {
        id: Uuid::now_v7(),
        stripe_event_id: event.id.clone(),
        kind: event.kind.clone(),
        api_version: event.api_version.clone(),
        payload: payload.to_owned(),
        status: status.as_str().into(),
        note: ignored.map(str::to_owned),
        attempts: 0,
        created_at: DateTime::from_timestamp(event.created, 0).unwrap_or(now),
        received_at: now,
        processed_at: None,
    };
    let new = store::insert_event(tx, &record).await?;
    if new && ignored.is_none() {
        let key = record.id.to_string();
        jobs::enqueue(tx, &state.clock, Kind::WebhookEvent, &key, &EventJob { event: record.id }, now).await?;
    }
    Ok(new)
}

/// Why an event is none of ours, as far as its envelope tells.
fn not_ours(state: &State, event: &Event) -> Option<&'static str> {
    if event.account.is_some() {
        Some("of a connected account")
    } else if state.stripe().is_ok_and(|stripe| stripe.is_live() != event.livemode) {
        Some("of Stripe's other mode (live or test)")
    } else if Subject::of(event).is_none() {
        Some("nothing to do for this kind of event")
    } else {
        None
    }
}

/// What an event asks to look at.
#[derive(Debug, PartialEq, Eq)]
enum Subject {
    /// A Checkout Session.
    Session(String),
    /// The refunds of a payment.
    Refunds(String),
    /// The disputes about a payment.
    Disputes(String),
    /// A subscription.
    Subscription(String),
    /// A customer's subscription.
    Customer(String),
    /// Something that is ours to understand, in a layout we do not know.
    Unreadable,
}

impl Subject {
    fn of(event: &Event) -> Option<Self> {
        let text = |name: &str| id_of(event.data.object.get(name)?);
        match event.kind.as_str() {
            "checkout.session.completed"
            | "checkout.session.async_payment_succeeded"
            | "checkout.session.async_payment_failed"
            | "checkout.session.expired" => text("id").map(Self::Session),
            "charge.refunded" | "charge.refund.updated" | "refund.created" | "refund.updated" | "refund.failed" => {
                text("payment_intent").map(Self::Refunds)
            }
            "charge.dispute.created"
            | "charge.dispute.updated"
            | "charge.dispute.closed"
            | "charge.dispute.funds_withdrawn"
            | "charge.dispute.funds_reinstated" => text("payment_intent").map(Self::Disputes),
            "customer.subscription.created"
            | "customer.subscription.updated"
            | "customer.subscription.deleted"
            | "customer.subscription.paused"
            | "customer.subscription.resumed"
            | "customer.subscription.trial_will_end" => text("id").map(Self::Subscription),
            "invoice.paid"
            | "invoice.payment_failed"
            | "invoice.payment_action_required"
            | "invoice.finalization_failed"
            | "invoice.voided"
            | "invoice.marked_uncollectible" => match subscription_of_invoice(&event.data.object) {
                Ok(found) => found.map(Self::Subscription),
                Err(UnknownLayout) => Some(Self::Unreadable),
            },
            "customer.updated" | "customer.deleted" => text("id").map(Self::Customer),
            "payment_method.attached" | "payment_method.automatically_updated" => text("customer").map(Self::Customer),
            _ => None,
        }
    }
}

/// The id that an event asks to look at.
pub(crate) fn subject_id(event: &Event) -> Option<String> {
    match Subject::of(event)? {
        Subject::Session(id)
        | Subject::Refunds(id)
        | Subject::Disputes(id)
        | Subject::Subscription(id)
        | Subject::Customer(id) => Some(id),
        Subject::Unreadable => None,
    }
}

/// The job: acts on a stored event, and notes how it went.
///
/// # Errors
/// When Stripe or the database does not answer: the job comes back.
pub async fn run(state: &State, job: &Job) -> Result<()> {
    let EventJob { event: id } = job.payload()?;
    let record = store::find_event(&state.db, id).await?.ok_or(Code::NotFound)?;
    let event: Event = serde_json::from_str(&record.payload)?;
    match act(state, &event, id, job).await {
        Ok(()) => Ok(()),
        Err(error) => {
            let status = WebhookEventStatus::Failed.as_str();
            store::update_event(&state.db, id, status, Some(&error.describe()), state.clock.now()).await?;
            Err(error)
        }
    }
}

async fn act(state: &State, event: &Event, id: Uuid, job: &Job) -> Result<()> {
    // Everything is asked before the transaction begins; what it does and "done" are one commit.
    let mut tx;
    let ours = match Subject::of(event) {
        Some(Subject::Session(session)) => {
            let session = settle::fetch(state, &session).await?;
            tx = state.db.begin().await?;
            match session {
                Some(session) => settle::apply(&mut tx, state, &session).await? != settle::Settled::Foreign,
                None => false,
            }
        }
        Some(Subject::Refunds(intent)) => {
            let payment = Payment::of(state, &intent).await?;
            let refunds = refunds::fetch(state.stripe()?, &intent).await?;
            tx = state.db.begin().await?;
            let (order, subscription) = payment.settle(&mut tx, state, &intent).await?;
            if let Some(order) = order {
                refunds::apply(&mut tx, state, order, &intent, &refunds).await?;
            }
            order.is_some() || subscription.is_some()
        }
        Some(Subject::Disputes(intent)) => {
            let payment = Payment::of(state, &intent).await?;
            let disputes = refunds::fetch_disputes(state.stripe()?, &intent).await?;
            tx = state.db.begin().await?;
            let (order, subscription) = payment.settle(&mut tx, state, &intent).await?;
            if let Some(order) = order {
                refunds::apply_disputes(&mut tx, state, order, &disputes).await?;
            }
            if let Some(subscription) = &subscription {
                subscriptions::apply_disputes(&mut tx, state, subscription, &intent, &disputes).await?;
            }
            order.is_some() || subscription.is_some()
        }
        Some(Subject::Subscription(id)) => {
            let billing = subscriptions::look(state, &id).await?;
            tx = state.db.begin().await?;
            match billing {
                Some(billing) => subscriptions::apply(&mut tx, state, &billing).await?.is_some(),
                None => false,
            }
        }
        Some(Subject::Customer(id)) => {
            let ours = subscriptions::follow_customer(state, &id).await?;
            tx = state.db.begin().await?;
            ours
        }
        Some(Subject::Unreadable) => {
            let version = event.api_version.as_deref().unwrap_or("unknown");
            return Err(Error::internal(anyhow::anyhow!("{} in the unknown layout {version}", event.kind)));
        }
        None => {
            tx = state.db.begin().await?;
            false
        }
    };
    let (status, note) = match ours {
        true => (WebhookEventStatus::Processed, None),
        false => (WebhookEventStatus::Ignored, Some("nothing of this shop")),
    };
    store::update_event(&mut tx, id, status.as_str(), note, state.clock.now()).await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// What a payment was made for. A refund or a dispute may be reported before its payment: then that is settled first.
struct Payment {
    session: Option<CheckoutSession>,
    billing: Option<Billing>,
}

impl Payment {
    async fn of(state: &State, intent: &str) -> Result<Self> {
        let stripe = state.stripe()?;
        let first = async |request: ListCheckoutSession| {
            let list: List<CheckoutSession> = stripe.get(&request.limit(1)).await?;
            Ok::<_, Error>(list.data.into_iter().next())
        };
        if let Some(session) = first(ListCheckoutSession::new().payment_intent(intent)).await? {
            return Ok(Self { session: Some(session), billing: None });
        }
        // Payments for a subscription belong to its invoices, the first one too.
        let Some(subscription) = payments::subscription_of_payment(stripe, intent).await? else {
            return Ok(Self { session: None, billing: None });
        };
        let session = match first(ListCheckoutSession::new().subscription(subscription.as_str())).await? {
            Some(session) => settle::fetch(state, &session.id).await?,
            None => None,
        };
        Ok(Self { session, billing: subscriptions::look(state, &subscription).await? })
    }

    /// The order that it paid, and the subscription that it was for.
    async fn settle(
        &self,
        tx: &mut Tx,
        state: &State,
        intent: &str,
    ) -> Result<(Option<Uuid>, Option<SubscriptionRecord>)> {
        let settled = match &self.session {
            Some(session) => settle::apply(tx, state, session).await?,
            None => settle::Settled::Foreign,
        };
        if let Some(billing) = &self.billing {
            subscriptions::apply(tx, state, billing).await?;
        } else if let settle::Settled::Order(order) = settled {
            return Ok((Some(order), None));
        }
        // Of the payments for a subscription, only the first one is an order's.
        let order = orders::find_by_payment_intent(&mut *tx, intent).await?.map(|order| order.id);
        let subscription = match &self.billing {
            Some(billing) => subscriptions::find_by_stripe_id(tx, &billing.subscription.id).await?,
            None => None,
        };
        Ok((order, subscription))
    }
}

/// Handles an event once more, however it ended before.
///
/// # Errors
/// `request.not_found`.
pub async fn replay(tx: &mut Tx, state: &State, id: Uuid) -> Result<EventRecord> {
    store::find_event(&mut *tx, id).await?.ok_or(Code::NotFound)?;
    store::update_event(&mut *tx, id, WebhookEventStatus::Received.as_str(), None, state.clock.now()).await?;
    jobs::requeue(tx, &state.clock, Kind::WebhookEvent, &id.to_string(), &EventJob { event: id }).await?;
    store::find_event(tx, id).await?.ok_or_else(|| Code::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, object: serde_json::Value) -> Event {
        let event = serde_json::json!({
            "id": "evt_1", "type": kind, "created": 0, "livemode": false, "data": { "object": object }
        });
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn an_events_subject_is_found_by_ids_alone() {
        let subject = |kind: &str, object| Subject::of(&event(kind, object));
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(
            subject("checkout.session.completed", json(r#"{"id":"cs_1"}"#)),
            Some(Subject::Session("cs_1".into()))
        );
        for intent in [r#""pi_1""#, r#"{"id":"pi_1","object":"payment_intent"}"#] {
            let object = json(&format!(r#"{{"id":"ch_1","payment_intent":{intent}}}"#));
            assert_eq!(subject("charge.refunded", object.clone()), Some(Subject::Refunds("pi_1".into())));
            assert_eq!(subject("charge.dispute.closed", object), Some(Subject::Disputes("pi_1".into())));
        }
        assert_eq!(subject("charge.refunded", json(r#"{"id":"ch_1","payment_intent":null}"#)), None);
        assert_eq!(subject("customer.updated", json("{}")), None);
        let subscription = Some(Subject::Subscription("sub_1".into()));
        assert_eq!(subject("customer.subscription.deleted", json(r#"{"id":"sub_1"}"#)), subscription);
        for invoice in [
            r#"{"parent":{"subscription_details":{"subscription":"sub_1"}}}"#,
            r#"{"subscription":"sub_1"}"#,
            r#"{"subscription":{"id":"sub_1"}}"#,
        ] {
            assert_eq!(subject("invoice.paid", json(invoice)), subscription, "{invoice}");
        }
        assert_eq!(subject("invoice.paid", json(r#"{"parent":null}"#)), None);
        assert_eq!(subject("invoice.paid", json(r#"{"subscription":null}"#)), None);
        assert_eq!(subject("invoice.paid", json("{}")), Some(Subject::Unreadable));
    }
}
