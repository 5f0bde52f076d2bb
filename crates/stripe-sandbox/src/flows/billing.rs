//! Invoices of subscriptions: drafted, finalised, collected, retried.

use super::{ending, payments};
use crate::cards::{Card, Decline};
use crate::objects::charge::Attempt;
use crate::objects::{invoice, payment_intent, subscription};
use crate::params::Params;
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const DAY: i64 = 86_400;
/// Days between the attempts to collect a renewal: one at once, three more.
const RETRY_AFTER_DAYS: [i64; 3] = [3, 5, 7];

/// What becomes of a subscription when every attempt has failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DunningEnd {
    /// It is canceled.
    #[default]
    Cancel,
    /// It stays, `unpaid`; further invoices stay drafts.
    Unpaid,
    /// It stays `past_due`.
    PastDue,
}

/// How an attempt to collect came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Collected {
    /// Paid, or nothing to pay.
    Paid,
    /// The bank answers later.
    Pending,
    /// Refused.
    Failed(Decline),
}

const NO_METHOD: Decline = Decline {
    code: "resource_missing",
    decline_code: "",
    message: "This customer has no attached payment source or default payment method.",
};

/// Bills lines of a subscription now: draft, finalise, collect, and what that does to the subscription.
pub fn bill(world: &mut World, subscription_id: &str, reason: &str, lines: Vec<Value>) -> Collected {
    let invoice = draft(world, subscription_id, reason, lines);
    finalize(world, &invoice);
    let collected = collect(world, &invoice, None);
    settle_status(world, subscription_id, collected);
    collected
}

/// Drafts an invoice and makes it the subscription's latest. Answers its id.
pub fn draft(world: &mut World, subscription_id: &str, reason: &str, lines: Vec<Value>) -> String {
    let subscription = world.any(subscription_id).cloned().unwrap_or_default();
    // The usage period before, not the period billed: that is on the lines.
    let last = world.follow(&subscription, "latest_invoice");
    let start = if reason == "subscription_cycle" { int(&last, "period_end") } else { world.now() };
    let invoice = invoice::create(world, &subscription, reason, lines, (start, world.now()));
    let id = text(&invoice, "id").to_owned();
    world.change(subscription_id, json!({ "latest_invoice": id }));
    world.emit("invoice.created", &id);
    id
}

/// Gives a draft its number and its amount due, after the customer's balance.
pub fn finalize(world: &mut World, id: &str) {
    let invoice = world.any(id).cloned().unwrap_or_default();
    let customer = world.follow(&invoice, "customer");
    let balance = int(&customer, "balance");
    let after = int(&invoice, "total") + balance;
    let number = format!("{}-{:04}", text(&customer, "invoice_prefix"), int(&customer, "next_invoice_sequence"));
    let url = format!("{}/i/{id}", world.public_url);
    let mut transitions = invoice["status_transitions"].clone();
    transitions["finalized_at"] = json!(world.now());
    let fields = json!({
        "amount_due": after.max(0),
        "amount_remaining": after.max(0),
        "effective_at": world.now(),
        "ending_balance": after.min(0),
        "hosted_invoice_url": url,
        "invoice_pdf": format!("{url}/pdf"),
        "number": number,
        "starting_balance": balance,
        "status": "open",
        "status_transitions": transitions,
    });
    world.change(id, fields);
    let sequence = int(&customer, "next_invoice_sequence") + 1;
    let counted = json!({ "balance": after.min(0), "next_invoice_sequence": sequence });
    let mut previous = world.change(text(&customer, "id"), counted);
    world.emit("invoice.finalized", id);
    if let Some(previous) = previous.as_object_mut() {
        previous.remove("next_invoice_sequence");
    }
    world.emit_change("customer.updated", text(&customer, "id"), previous);
}

/// Charges an open invoice to the subscription's payment method; `first` is the card just typed in a checkout, which
/// may succeed now and fail later.
pub fn collect(world: &mut World, id: &str, first: Option<(Card, &str)>) -> Collected {
    let invoice = world.any(id).cloned().unwrap_or_default();
    if int(&invoice, "amount_due") == 0 {
        mark_paid(world, id);
        return Collected::Paid;
    }
    let intent = intent_of(world, &invoice, first.map(|(_, intent)| intent));
    let method = default_method(world, &invoice);
    let Some(card) = card_of(&method) else {
        note_failure(world, id);
        return Collected::Failed(NO_METHOD);
    };
    let decline = first.map_or_else(|| later_decline(world, &method), |(card, _)| card.decline());
    let attempt = match decline {
        Some(decline) => Attempt::Failed(decline),
        None if card.is_bank_debit() && first.is_some() => Attempt::Pending,
        None => Attempt::Succeeded,
    };
    let charge = payments::attempt(world, &intent, &method, card, attempt);
    match attempt {
        Attempt::Succeeded => {
            mark_paid(world, id);
            payments::book(world, &charge);
            Collected::Paid
        }
        Attempt::Pending => Collected::Pending,
        Attempt::Failed(decline) => {
            note_failure(world, id);
            Collected::Failed(decline)
        }
    }
}

/// The payment intent of an invoice, made at its first attempt.
fn intent_of(world: &mut World, invoice: &Value, begun: Option<&str>) -> String {
    let id = text(invoice, "id");
    let known = world.of("invoice_payment", "invoice", id).next();
    if let Some(known) = known.and_then(|payment| payment["payment"]["payment_intent"].as_str()) {
        return known.to_owned();
    }
    let intent = begun.filter(|id| !id.is_empty()).map(str::to_owned).unwrap_or_else(|| {
        let what = if invoice["billing_reason"] == "subscription_create" { "creation" } else { "update" };
        let mut data = Params::default();
        data.0.insert("description".to_owned(), json!(format!("Subscription {what}")));
        let (amount, currency) = (int(invoice, "amount_due"), text(invoice, "currency"));
        let intent = payment_intent::create(world, amount, currency, &invoice["customer"], &data);
        world.emit("payment_intent.created", text(&intent, "id"));
        text(&intent, "id").to_owned()
    });
    invoice::payment(world, invoice, &intent);
    intent
}

/// The payment method of an invoice's subscription, or else its customer's.
fn default_method(world: &World, invoice: &Value) -> Value {
    let subscription = world.any(invoice::subscription_id(invoice)).cloned().unwrap_or_default();
    match world.follow(&subscription, "default_payment_method") {
        Value::Null => {
            let customer = world.follow(invoice, "customer");
            world.follow(&customer["invoice_settings"], "default_payment_method")
        }
        method => method,
    }
}

fn card_of(method: &Value) -> Option<Card> {
    serde_json::from_value(method["_card"].clone()).ok()
}

/// Why a payment method would be refused when charged without the customer.
pub fn later_decline(world: &World, method: &Value) -> Option<Decline> {
    let card = card_of(method)?;
    if !card.is_bank_debit() && crate::calendar::is_expired(&method["card"], world.now()) {
        return Card::Expired.decline();
    }
    card.later_decline()
}

/// An invoice is paid, by a charge or because nothing is due.
pub fn mark_paid(world: &mut World, id: &str) {
    let before = world.any(id).cloned().unwrap_or_default();
    let mut transitions = before["status_transitions"].clone();
    transitions["paid_at"] = json!(world.now());
    let due = int(&before, "amount_due");
    let fields = json!({
        "amount_paid": due,
        "amount_remaining": 0,
        "attempt_count": int(&before, "attempt_count") + i64::from(due > 0),
        "attempted": true,
        "auto_advance": false,
        "next_payment_attempt": null,
        "status": "paid",
        "status_transitions": transitions,
    });
    world.change(id, fields);
    world.emit_since("invoice.updated", &before);
    world.emit("invoice.paid", id);
    world.emit("invoice.payment_succeeded", id);
    let payment = world.of("invoice_payment", "invoice", id).next().map(|payment| text(payment, "id").to_owned());
    if let Some(payment) = payment {
        let paid = json!({
            "amount_paid": due,
            "status": "paid",
            "status_transitions": { "canceled_at": null, "paid_at": world.now() },
        });
        world.change(&payment, paid);
        world.emit("invoice_payment.paid", &payment);
    }
    let previous = world.change(text(&before, "customer"), json!({ "delinquent": false }));
    world.emit_change("customer.updated", text(&before, "customer"), previous);
}

/// An attempt failed: counts it and plans the next one.
pub fn note_failure(world: &mut World, id: &str) {
    let before = world.any(id).cloned().unwrap_or_default();
    let attempts = int(&before, "attempt_count") + 1;
    let wait = usize::try_from(attempts - 1).ok().and_then(|made| RETRY_AFTER_DAYS.get(made));
    let next = wait.map(|days| world.now() + days * DAY);
    let fields = json!({ "attempt_count": attempts, "attempted": true, "next_payment_attempt": next });
    world.change(id, fields);
    world.emit("invoice.payment_failed", id);
    world.emit_since("invoice.updated", &before);
    let previous = world.change(text(&before, "customer"), json!({ "delinquent": true }));
    world.emit_change("customer.updated", text(&before, "customer"), previous);
    if let Some(next) = next {
        world.plan(next, Timer::RetryInvoice(id.to_owned()));
    }
}

/// One more attempt to collect an open invoice.
pub fn retry(world: &mut World, id: &str) -> Option<Collected> {
    let invoice = world.get("invoice", id).filter(|invoice| invoice["status"] == "open").cloned()?;
    let collected = collect(world, id, None);
    settle_status(world, invoice::subscription_id(&invoice), collected);
    Some(collected)
}

/// The planned attempt to collect an invoice. Stale when one was made by hand meanwhile, or its subscription has ended.
pub fn retry_if_due(world: &mut World, id: &str) {
    let next = |world: &World| world.any(id).and_then(|invoice| invoice["next_payment_attempt"].as_i64());
    if next(world).is_none_or(|at| at > world.now()) {
        return;
    }
    if let Some(Collected::Failed(_)) = retry(world, id)
        && next(world).is_none()
    {
        let subscription = world.any(id).map(|invoice| invoice::subscription_id(invoice).to_owned());
        end_dunning(world, &subscription.unwrap_or_default());
    }
}

/// Plans no further attempts for a subscription that has ended.
pub fn stop_collecting(world: &mut World, subscription: &str) {
    let planned: Vec<String> = world
        .all("invoice")
        .filter(|invoice| {
            let goes_on = invoice["status"] == "draft" && invoice["auto_advance"] == true;
            invoice::subscription_id(invoice) == subscription && (goes_on || !invoice["next_payment_attempt"].is_null())
        })
        .map(|invoice| text(invoice, "id").to_owned())
        .collect();
    for id in planned {
        let previous = world.change(&id, json!({ "next_payment_attempt": null, "auto_advance": false }));
        world.emit_change("invoice.updated", &id, previous);
    }
}

fn end_dunning(world: &mut World, subscription: &str) {
    match world.dunning_end {
        DunningEnd::Cancel => ending::end(world, subscription, "payment_failed"),
        DunningEnd::Unpaid => set_status(world, subscription, "unpaid"),
        DunningEnd::PastDue => {}
    }
}

/// What a payment, or a failure, does to the subscription's status: its latest invoice decides, whatever older ones are.
pub fn settle_status(world: &mut World, subscription: &str, collected: Collected) {
    let current = world.any(subscription).cloned().unwrap_or_default();
    let is_due = world.follow(&current, "latest_invoice")["status"] == "open";
    match (collected, text(&current, "status")) {
        (Collected::Paid, "past_due" | "unpaid") if is_due => {}
        // Stripe makes a subscription active while a bank debit is under way.
        (Collected::Paid | Collected::Pending, "incomplete" | "past_due" | "unpaid") => {
            set_status(world, subscription, "active");
        }
        (Collected::Failed(_), "active") if is_due => set_status(world, subscription, "past_due"),
        _ => {}
    }
}

/// Sets a subscription's status and tells it.
pub fn set_status(world: &mut World, subscription: &str, status: &str) {
    let previous = world.change(subscription, json!({ "status": status }));
    world.emit_change("customer.subscription.updated", subscription, previous);
}

/// The lines of a subscription's current period, with what was left over from changes before it.
pub fn cycle_lines(world: &mut World, subscription: &Value) -> Vec<Value> {
    let mut lines = subscription["_pending_lines"].as_array().cloned().unwrap_or_default();
    let period = subscription::period(subscription);
    for item in subscription::items(subscription) {
        lines.push(item_line(world, subscription, &item, period));
    }
    lines
}

/// The line of an item for a whole period.
pub fn item_line(world: &World, subscription: &Value, item: &Value, period: (i64, i64)) -> Value {
    let (price, quantity) = (&item["price"], int(item, "quantity"));
    let name = product_name(world, price);
    let line = invoice::Line {
        item: Some(item),
        price,
        quantity,
        amount: int(price, "unit_amount") * quantity,
        description: format!("{quantity} × {name} (at {})", crate::calendar::rate(price)),
        period,
        proration: false,
    };
    invoice::line(subscription, &line)
}

/// The name of a price's product.
pub fn product_name(world: &World, price: &Value) -> String {
    text(&world.follow(price, "product"), "name").to_owned()
}

/// Tries every open invoice of a customer, after a card was saved.
pub fn retry_open(world: &mut World, customer: &str) {
    let open: Vec<String> = world
        .of("invoice", "customer", customer)
        .filter(|invoice| invoice["status"] == "open")
        .map(|invoice| text(invoice, "id").to_owned())
        .collect();
    for invoice in open {
        retry(world, &invoice);
    }
}
