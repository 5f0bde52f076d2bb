//! Steering the sandbox: what customers, banks and people at the Dashboard do, and how deliveries and calls misbehave.

mod command;
mod http;

pub(crate) use command::Command;
pub(crate) use http::routes;

use crate::cards::{Card, Payer};
use crate::error::{ApiError, ApiResult};
use crate::faults::Fault;
use crate::flows::billing::{self, DunningEnd};
use crate::flows::disputes::{self, DisputeEnd};
use crate::flows::{checkout, delayed, ending, refunds, renewal, wallet};
use crate::objects::subscription;
use crate::params::Params;
use crate::requests::RequestRecord;
use crate::shared::{Shared, locked};
use crate::webhooks::{Delivery, DeliverySettings};
use crate::world::{World, text, visible};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A handle to a running sandbox. Every action answers the object it changed, as the API shows it.
#[derive(Clone)]
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    fn act(&self, action: impl FnOnce(&mut World) -> ApiResult<Value>) -> ApiResult<Value> {
        self.shared.with(action).map(|object| visible(&object))
    }

    /// The customer pays a Checkout Session. A card that is declined leaves the session open.
    ///
    /// # Errors
    /// When the session does not exist or is not open.
    pub fn pay(&self, session: &str, card: Card) -> ApiResult<Value> {
        self.pay_as(session, card, None)
    }

    /// [`Control::pay`] with an e-mail address typed on the page.
    ///
    /// # Errors
    /// As [`Control::pay`].
    pub fn pay_as(&self, session: &str, card: Card, email: Option<&str>) -> ApiResult<Value> {
        self.act(|world| {
            let known = world.find("checkout.session", session, "session")?;
            let payer = Payer::with_email(email.unwrap_or(&known_email(world, &known)));
            checkout::pay(world, session, card, &payer)?;
            world.find("checkout.session", session, "session")
        })
    }

    /// The customer's card is declined; the session stays open.
    ///
    /// # Errors
    /// As [`Control::pay`].
    pub fn decline(&self, session: &str) -> ApiResult<Value> {
        self.pay(session, Card::Declined)
    }

    /// The bank answers about a delayed payment.
    ///
    /// # Errors
    /// When the session waits for no bank.
    pub fn settle_delayed(&self, session: &str, succeeded: bool) -> ApiResult<Value> {
        self.act(|world| delayed::settle(world, session, succeeded))
    }

    /// A session's time is over.
    ///
    /// # Errors
    /// When the session does not exist or is not open.
    pub fn expire(&self, session: &str) -> ApiResult<Value> {
        self.act(|world| checkout::expire(world, session))
    }

    /// Somebody refunds a payment in the Dashboard: `amount` minor units, or all that is left.
    ///
    /// # Errors
    /// As the API's refund call.
    pub fn refund(&self, payment_intent: &str, amount: Option<i64>) -> ApiResult<Value> {
        let mut params = Params::default();
        params.0.insert("payment_intent".to_owned(), json!(payment_intent));
        params.0.extend(amount.map(|amount| ("amount".to_owned(), json!(amount))));
        self.act(|world| refunds::create(world, &params))
    }

    /// A pending refund arrives.
    ///
    /// # Errors
    /// When it is not pending.
    pub fn settle_refund(&self, refund: &str) -> ApiResult<Value> {
        self.act(|world| refunds::settle(world, refund))
    }

    /// A refund fails after all.
    ///
    /// # Errors
    /// When it does not exist or has failed already.
    pub fn fail_refund(&self, refund: &str) -> ApiResult<Value> {
        self.act(|world| refunds::fail(world, refund))
    }

    /// The customer disputes a payment with the bank.
    ///
    /// # Errors
    /// When the payment did not succeed or is disputed already.
    pub fn open_dispute(&self, payment_intent: &str) -> ApiResult<Value> {
        self.act(|world| disputes::open(world, payment_intent, "fraudulent", false))
    }

    /// The bank asks about a payment; no money moves yet.
    ///
    /// # Errors
    /// As [`Control::open_dispute`].
    pub fn open_inquiry(&self, payment_intent: &str) -> ApiResult<Value> {
        self.act(|world| disputes::open(world, payment_intent, "general", true))
    }

    /// The bank decides about a dispute.
    ///
    /// # Errors
    /// When it is closed already.
    pub fn close_dispute(&self, dispute: &str, end: DisputeEnd) -> ApiResult<Value> {
        self.act(|world| disputes::close(world, dispute, end))
    }

    /// Sets where events go from now on; `None` stops them.
    pub fn set_webhook(&self, url: Option<String>, secrets: Vec<String>) {
        self.shared.with(|world| {
            world.mailbox.url = url;
            world.mailbox.secrets = secrets;
        });
    }

    /// The delivery settings.
    pub fn delivery_settings(&self) -> DeliverySettings {
        self.shared.read(|world| world.mailbox.settings.clone())
    }

    /// Changes the delivery settings.
    pub fn set_delivery(&self, change: impl FnOnce(&mut DeliverySettings)) {
        self.shared.with(|world| change(&mut world.mailbox.settings));
    }

    /// Releases the deliveries held back, and answers how many.
    pub fn flush(&self) -> usize {
        self.shared.with(|world| world.mailbox.flush())
    }

    /// Delivers an event again.
    ///
    /// # Errors
    /// When there is no such event.
    pub fn resend(&self, event: &str) -> ApiResult<Value> {
        self.act(|world| {
            let found = world.find("event", event, "event")?;
            world.batch.push(event.to_owned());
            Ok(found)
        })
    }

    /// All deliveries so far with what the shop answered, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.read(|world| world.mailbox.deliveries().to_vec())
    }

    /// Waits until nothing is due, waiting for a retry or under way. Answers whether that came before the timeout.
    pub async fn wait_until_idle(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        while !self.shared.read(|world| world.mailbox.is_idle()) {
            if start.elapsed() > timeout {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    /// Makes the next matching API calls fail.
    pub fn add_fault(&self, fault: Fault) {
        locked(&self.shared.faults).push(fault);
    }

    /// Forgets the faults still to come.
    pub fn clear_faults(&self) {
        locked(&self.shared.faults).clear();
    }

    /// The last API requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        locked(&self.shared.requests).iter().cloned().collect()
    }

    /// An object as the API shows it.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.shared.read(|world| world.any(id).map(visible))
    }

    /// All objects of a kind (`refund`, `checkout.session`, `event` …), oldest first.
    pub fn objects(&self, kind: &str) -> Vec<Value> {
        let mut found: Vec<Value> = self.shared.read(|world| world.all(kind).map(visible).collect());
        found.reverse();
        found
    }

    /// The sandbox's time, seconds since 1970.
    pub fn now(&self) -> i64 {
        self.shared.read(World::now)
    }

    /// Seconds the sandbox's clock is ahead of real time.
    pub fn clock_offset(&self) -> i64 {
        self.shared.read(World::clock_offset)
    }

    /// Moves the clock ahead; what falls due on the way happens, each at its time.
    pub fn advance(&self, seconds: i64) {
        self.shared.with(|world| world.advance(seconds));
    }

    /// Moves the clock to where the next renewal is collected, an hour after its period began: of this subscription, or of
    /// whichever comes first. Answers the subscription.
    ///
    /// # Errors
    /// When there is none to renew.
    pub fn advance_to_renewal(&self, subscription: Option<&str>) -> ApiResult<Value> {
        self.act(|world| {
            let next = world
                .all("subscription")
                .filter(|found| found["status"] != "canceled" && subscription.is_none_or(|id| found["id"] == id))
                .min_by_key(|found| subscription::period(found).1)
                .cloned()
                .ok_or_else(|| ApiError::invalid("There is no subscription to renew."))?;
            let seconds = subscription::period(&next).1 + renewal::DRAFT - world.now();
            world.advance(seconds);
            world.find("subscription", text(&next, "id"), "subscription")
        })
    }

    /// The customer saves another card in the portal; open invoices are tried at once.
    ///
    /// # Errors
    /// When the card is declined.
    pub fn save_card(&self, customer: &str, card: Card) -> ApiResult<Value> {
        self.act(|world| {
            let found = world.find("customer", customer, "customer")?;
            wallet::save_card(world, customer, card, &Payer::with_email(text(&found, "email")))
        })
    }

    /// The bank changes its mind: the customer's saved cards behave like this test card from now on, which tells nobody.
    ///
    /// # Errors
    /// When the customer does not exist.
    pub fn turn_cards(&self, customer: &str, card: Card) -> ApiResult<Value> {
        self.act(|world| wallet::turn_cards(world, customer, card))
    }

    /// The customer cancels in the portal: only `cancel_at` is set.
    ///
    /// # Errors
    /// When the subscription does not exist or has ended.
    pub fn cancel_in_portal(&self, subscription: &str) -> ApiResult<Value> {
        self.act(|world| ending::end_in_portal(world, subscription))
    }

    /// Collects the open invoice of a subscription now, as the next planned attempt would.
    ///
    /// # Errors
    /// When it has no open invoice.
    pub fn retry_payment(&self, subscription: &str) -> ApiResult<Value> {
        self.act(|world| {
            let found = world.find("subscription", subscription, "subscription")?;
            let tried = billing::retry(world, text(&found, "latest_invoice"));
            tried.ok_or_else(|| ApiError::invalid("The latest invoice is not open."))?;
            world.find("subscription", subscription, "subscription")
        })
    }

    /// What follows the last failed attempt to collect a renewal.
    pub fn set_dunning_end(&self, end: DunningEnd) {
        self.shared.with(|world| world.dunning_end = end);
    }

    /// Does what a command says.
    ///
    /// # Errors
    /// As the action's own.
    pub(crate) fn run(&self, command: Command) -> ApiResult<Value> {
        command.run(self)
    }
}

fn known_email(world: &World, session: &Value) -> String {
    let customer = world.follow(session, "customer");
    [text(session, "customer_email"), text(&customer, "email"), "jenny.rosen@example.com"]
        .into_iter()
        .find(|email| !email.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// Refuses settings that do not exist.
fn merged_settings(before: &DeliverySettings, changes: Value) -> ApiResult<DeliverySettings> {
    let bad = |error: serde_json::Error| ApiError::invalid(error.to_string());
    let mut merged = serde_json::to_value(before).map_err(bad)?;
    if let (Some(merged), Value::Object(changes)) = (merged.as_object_mut(), changes) {
        merged.extend(changes);
    }
    serde_json::from_value(merged).map_err(bad)
}
