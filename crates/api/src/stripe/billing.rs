//! What we read of Stripe's subscriptions and invoices, in the layouts of all API versions that we know.
//!
//! What moved between versions is read from its new place, else from its old one; what is in neither is an error.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use stripe_billing::{
    invoice::ListInvoice, subscription::RetrieveSubscription, subscription_schedule::RetrieveSubscriptionSchedule,
};

use super::{
    Stripe, StripeError,
    objects::{List, Reference},
};

/// A subscription and all that belongs to it, as Stripe tells it now.
#[derive(Clone, Debug)]
pub struct Billing {
    /// The subscription.
    pub subscription: Subscription,
    /// Its invoices.
    pub invoices: Vec<Invoice>,
    /// The price of the phase after this one, when a schedule plans one.
    pub next_price: Option<String>,
    /// How often ours had been brought in line when this was asked for.
    pub looks: i64,
}

/// Asks Stripe how a subscription stands: never is an event's body believed.
///
/// # Errors
/// [`StripeError`]
pub async fn fetch(stripe: &Stripe, id: &str, looks: i64) -> Result<Billing, StripeError> {
    let expand = vec!["default_payment_method".to_owned()];
    let subscription: Subscription = stripe.get(&RetrieveSubscription::new(id).expand(expand)).await?;
    let expand = vec!["data.payments".to_owned()];
    let invoices: List<Invoice> = stripe.get(&ListInvoice::new().subscription(id).limit(100).expand(expand)).await?;
    let next_price = match &subscription.schedule {
        Some(schedule) => {
            let schedule: Schedule = stripe.get(&RetrieveSubscriptionSchedule::new(schedule.id.as_str())).await?;
            schedule.next_price()
        }
        None => None,
    };
    Ok(Billing { subscription, invoices: invoices.data, next_price, looks })
}

/// A subscription.
#[derive(Clone, Debug, Deserialize)]
pub struct Subscription {
    /// `sub_…`
    pub id: String,
    /// Stripe's word.
    pub status: String,
    /// `cus_…`
    pub customer: Reference,
    /// What we attached.
    #[serde(default)]
    pub metadata: HashMap<String, String>,
    /// What is subscribed to.
    pub items: List<Item>,
    /// Before 2025-03-31 the period stood here.
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    cancel_at: Option<i64>,
    #[serde(default)]
    cancel_at_period_end: bool,
    trial_end: Option<i64>,
    ended_at: Option<i64>,
    /// Seconds since 1970.
    pub start_date: Option<i64>,
    /// Whether real money is meant.
    #[serde(default)]
    pub livemode: bool,
    /// `sub_sched_…`, while one plans what comes.
    pub schedule: Option<Reference>,
    /// Whose card is charged; only when expanded.
    pub default_payment_method: Option<PaymentMethod>,
}

/// Something subscribed to.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// `si_…`
    pub id: String,
    /// What it costs.
    pub price: Price,
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
}

/// A price.
#[derive(Clone, Debug, Deserialize)]
pub struct Price {
    /// `price_…`
    pub id: String,
    /// Minor units.
    pub unit_amount: Option<i64>,
    /// Lower case.
    pub currency: Option<String>,
    /// How often.
    pub recurring: Option<Recurring>,
}

/// How often a price is paid.
#[derive(Clone, Debug, Deserialize)]
pub struct Recurring {
    /// `month`, `year` …
    pub interval: String,
}

/// A way to pay.
#[derive(Clone, Debug)]
pub struct PaymentMethod {
    /// `pm_…`
    pub id: String,
    /// The card, if it is one, and it was asked for.
    pub card: Option<Card>,
}

/// A card.
#[derive(Clone, Debug, Deserialize)]
pub struct Card {
    /// The last four digits.
    pub last4: Option<String>,
    /// 1–12.
    pub exp_month: u32,
    /// Four digits.
    pub exp_year: i32,
}

impl<'de> Deserialize<'de> for PaymentMethod {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Id(String),
            Object { id: String, card: Option<Card> },
        }
        Either::deserialize(deserializer).map(|either| match either {
            Either::Id(id) => Self { id, card: None },
            Either::Object { id, card } => Self { id, card },
        })
    }
}

fn time(seconds: Option<i64>) -> Option<DateTime<Utc>> {
    seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

impl Subscription {
    /// The current period, wherever this layout keeps it.
    pub fn period(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let item = self.items.data.first();
        let start = item.and_then(|item| item.current_period_start).or(self.current_period_start);
        let end = item.and_then(|item| item.current_period_end).or(self.current_period_end);
        Some((time(start)?, time(end)?))
    }

    /// When it is planned to end: old versions say so by a flag, flexible billing by a date.
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        let at_period_end = || self.cancel_at_period_end.then(|| self.period()).flatten().map(|(_, end)| end);
        time(self.cancel_at).or_else(at_period_end)
    }

    /// Whether the end is planned by the flag alone.
    pub fn ends_with_period(&self) -> bool {
        self.cancel_at_period_end
    }

    /// When its trial ends.
    pub fn trial_end(&self) -> Option<DateTime<Utc>> {
        time(self.trial_end)
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<DateTime<Utc>> {
        time(self.ended_at)
    }
}

/// An invoice.
#[derive(Clone, Debug, Deserialize)]
pub struct Invoice {
    /// `in_…`
    pub id: String,
    /// `draft`, `open`, `paid`, `void` or `uncollectible`.
    pub status: Option<String>,
    /// Why it was made: `subscription_create`, `subscription_cycle`, `subscription_update` …
    pub billing_reason: Option<String>,
    /// Minor units.
    #[serde(default)]
    pub amount_due: i64,
    /// Minor units.
    #[serde(default)]
    pub amount_paid: i64,
    /// Lower case.
    pub currency: Option<String>,
    /// How often it was tried.
    #[serde(default)]
    pub attempt_count: i64,
    /// When it was made, seconds since 1970.
    #[serde(default)]
    pub created: i64,
    /// When it will be tried again.
    next_payment_attempt: Option<i64>,
    /// What it bills.
    pub lines: List<Line>,
    payments: Option<List<InvoicePayment>>,
    /// Before 2025-03-31 the payment stood here.
    payment_intent: Option<Reference>,
}

impl Invoice {
    /// Whether it was paid, be it with nothing.
    pub fn is_paid(&self) -> bool {
        self.status.as_deref() == Some("paid")
    }

    /// Whether a payment of it failed, and it is still to be paid.
    pub fn is_failing(&self) -> bool {
        self.status.as_deref() == Some("open") && self.attempt_count > 0
    }

    /// When it was made.
    pub fn created_at(&self) -> Option<DateTime<Utc>> {
        time(Some(self.created))
    }

    /// When it will be tried again.
    pub fn next_attempt(&self) -> Option<DateTime<Utc>> {
        time(self.next_payment_attempt)
    }

    /// The payment that paid it, `pi_…`.
    pub fn payment_intent(&self) -> Option<&str> {
        let payments = self.payments.iter().flat_map(|list| &list.data);
        let paid = payments.filter(|payment| payment.status.as_deref() == Some("paid"));
        let intent = paid.filter_map(|payment| payment.payment.payment_intent.as_ref()).next();
        intent.or(self.payment_intent.as_ref()).map(|intent| intent.id.as_str())
    }
}

#[derive(Clone, Debug, Deserialize)]
struct InvoicePayment {
    status: Option<String>,
    payment: PaidBy,
}

#[derive(Clone, Debug, Deserialize)]
struct PaidBy {
    payment_intent: Option<Reference>,
}

/// A line of an invoice.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// Minor units; below zero for what was not used.
    pub amount: i64,
    period: Period,
    pricing: Option<Pricing>,
    price: Option<Reference>,
    parent: Option<LineParent>,
    proration: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
struct Period {
    start: i64,
    end: i64,
}

#[derive(Clone, Debug, Deserialize)]
struct Pricing {
    price_details: Option<PriceDetails>,
}

#[derive(Clone, Debug, Deserialize)]
struct PriceDetails {
    price: Option<Reference>,
}

#[derive(Clone, Debug, Deserialize)]
struct LineParent {
    subscription_item_details: Option<ItemDetails>,
    invoice_item_details: Option<ItemDetails>,
}

#[derive(Clone, Debug, Deserialize)]
struct ItemDetails {
    #[serde(default)]
    proration: bool,
}

impl Line {
    /// The time it bills.
    pub fn period(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((time(Some(self.period.start))?, time(Some(self.period.end))?))
    }

    /// The price it bills, `price_…`.
    pub fn price(&self) -> Option<&str> {
        let new = self.pricing.as_ref().and_then(|pricing| pricing.price_details.as_ref()?.price.as_ref());
        new.or(self.price.as_ref()).map(|price| price.id.as_str())
    }

    /// Whether a change in the middle of a period caused it.
    pub fn is_proration(&self) -> bool {
        let details = self
            .parent
            .as_ref()
            .and_then(|parent| parent.subscription_item_details.as_ref().or(parent.invoice_item_details.as_ref()));
        details.map(|details| details.proration).or(self.proration).unwrap_or(false)
    }
}

/// A schedule of what a subscription becomes.
#[derive(Clone, Debug, Deserialize)]
pub struct Schedule {
    /// `sub_sched_…`
    pub id: String,
    /// `active` while it plans anything.
    pub status: String,
    /// In the order of time.
    pub phases: Vec<Phase>,
    current_phase: Option<CurrentPhase>,
}

/// A time with the same items.
#[derive(Clone, Debug, Deserialize)]
pub struct Phase {
    /// Seconds since 1970.
    pub start_date: i64,
    /// Seconds since 1970.
    pub end_date: i64,
    items: Vec<PhaseItem>,
}

#[derive(Clone, Debug, Deserialize)]
struct PhaseItem {
    price: Reference,
}

#[derive(Clone, Debug, Deserialize)]
struct CurrentPhase {
    start_date: i64,
}

impl Schedule {
    /// The price of the phase after the current one.
    fn next_price(&self) -> Option<String> {
        let now = self.current_phase.as_ref().filter(|_| self.status == "active")?.start_date;
        let next = self.phases.iter().find(|phase| phase.start_date > now)?;
        next.items.first().map(|item| item.price.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(more: serde_json::Value, item: serde_json::Value) -> Subscription {
        let mut object = serde_json::json!({
            "id": "sub_1", "status": "active", "customer": "cus_1",
            "items": { "data": [{ "id": "si_1", "price": { "id": "price_1" } }] },
        });
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        object["items"]["data"][0].as_object_mut().unwrap().extend(item.as_object().unwrap().clone());
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn the_period_is_found_in_old_and_new_layouts_and_never_guessed() {
        let period = serde_json::json!({ "current_period_start": 100, "current_period_end": 200 });
        let none = serde_json::json!({});
        let expected = Some((DateTime::from_timestamp(100, 0).unwrap(), DateTime::from_timestamp(200, 0).unwrap()));
        assert_eq!(subscription(period.clone(), none.clone()).period(), expected);
        assert_eq!(subscription(none.clone(), period.clone()).period(), expected);
        assert_eq!(subscription(none.clone(), none).period(), None);
        let flagged = subscription(serde_json::json!({ "cancel_at_period_end": true }), period.clone());
        let dated = subscription(serde_json::json!({ "cancel_at": 200 }), period);
        assert_eq!(flagged.ends_at(), dated.ends_at());
    }

    #[test]
    fn a_line_is_read_in_old_and_new_layouts() {
        let line = |object| serde_json::from_value::<Line>(object).unwrap();
        let old = line(serde_json::json!({
            "amount": 1, "period": { "start": 1, "end": 2 }, "price": { "id": "price_1" }, "proration": true
        }));
        let new = line(serde_json::json!({
            "amount": 1, "period": { "start": 1, "end": 2 }, "pricing": { "price_details": { "price": "price_1" } },
            "parent": { "subscription_item_details": { "proration": true }, "invoice_item_details": null }
        }));
        assert!(old.is_proration() && new.is_proration());
        assert_eq!((old.price(), new.price()), (Some("price_1"), Some("price_1")));
    }
}
