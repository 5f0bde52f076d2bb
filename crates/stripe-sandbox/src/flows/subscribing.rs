//! A Checkout Session in subscription or setup mode: the customer subscribes, or leaves a card.

use super::checkout::{Outcome, complete, customer_of, intent_of};
use super::{billing, payments, renewal};
use crate::cards::{Card, Decline, Payer};
use crate::objects::charge::Attempt;
use crate::objects::{invoice, payment_method, setup_intent, subscription};
use crate::params::Params;
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// Trials shorter than this announce their end at once.
const NOTICE: i64 = 3 * 86_400;

/// The customer subscribes with a card. The subscription exists only once its first invoice is paid or its trial begun.
pub fn subscribe(world: &mut World, session: &Value, card: Card, payer: &Payer) -> Outcome {
    let data = Params(session["_params"]["subscription_data"].as_object().cloned().unwrap_or_default());
    let customer = customer_of(world, session, payer);
    let method = payment_method::create(world, card, payer, &customer);
    let due = int(session, "amount_total") > 0;
    if let Some(decline) = card.decline() {
        if due {
            let intent = intent_of(world, session, &customer);
            payments::attempt(world, text(&intent, "id"), &method, card, Attempt::Failed(decline));
        } else {
            set_up(world, &customer, &method, Some(decline), json!({}));
        }
        return Outcome::Declined(decline);
    }
    world.emit("payment_method.attached", text(&method, "id"));
    let id = begin(world, session, &customer, &method, &data);
    let subscribed = world.any(&id).cloned().unwrap_or_default();
    let lines = first_lines(world, session, &subscribed);
    let bill = billing::draft(world, &id, "subscription_create", lines);
    billing::finalize(world, &bill);
    let begun = text(session, "_payment_intent").to_owned();
    let collected = billing::collect(world, &bill, Some((card, &begun)));
    billing::settle_status(world, &id, collected);
    let previous = world.change(text(&method, "customer"), json!({ "currency": session["currency"] }));
    world.emit_change("customer.updated", text(&method, "customer"), previous);
    let status = match collected {
        billing::Collected::Pending => "unpaid",
        _ if due => "paid",
        _ => "no_payment_required",
    };
    let fields = json!({ "payment_status": status, "customer": customer, "subscription": id, "invoice": bill });
    complete(world, session, payer, fields);
    Outcome::Complete
}

/// The new subscription, with its timers.
fn begin(world: &mut World, session: &Value, customer: &Value, method: &Value, data: &Params) -> String {
    let items: Vec<(Value, i64)> = lines_of(session)
        .filter(|line| !line["price"]["recurring"].is_null())
        .map(|line| (line["price"].clone(), int(line, "quantity")))
        .collect();
    let made = subscription::create(world, customer, &method["id"], &items, data);
    let id = text(&made, "id");
    world.emit("customer.subscription.created", id);
    renewal::plan(world, &made);
    if let Some(end) = made["trial_end"].as_i64() {
        world.plan((end - NOTICE).max(world.now()), Timer::TrialWillEnd(id.to_owned()));
    }
    id.to_owned()
}

fn lines_of(session: &Value) -> impl Iterator<Item = &Value> {
    session["_line_items"].as_array().into_iter().flatten()
}

/// The lines of the first invoice: a trial costs nothing, what is bought once is billed at once.
fn first_lines(world: &mut World, session: &Value, subscription: &Value) -> Vec<Value> {
    let period = subscription::period(subscription);
    let trial = subscription["status"] == "trialing";
    let mut lines: Vec<Value> = subscription::items(subscription)
        .iter()
        .map(|item| {
            let mut line = billing::item_line(world, subscription, item, period);
            if trial {
                line["description"] =
                    json!(format!("Trial period for {}", billing::product_name(world, &item["price"])));
                line["amount"] = json!(0);
                line["subtotal"] = json!(0);
            }
            line
        })
        .collect();
    for line in lines_of(session).filter(|line| line["price"]["recurring"].is_null()) {
        let once = invoice::Line {
            item: None,
            price: &line["price"],
            quantity: int(line, "quantity"),
            amount: int(line, "amount_total"),
            description: text(line, "description").to_owned(),
            period: (world.now(), world.now()),
            proration: false,
        };
        lines.push(invoice::line(subscription, &once));
    }
    lines
}

/// The customer leaves a card for later, in a session in setup mode.
pub fn save_card(world: &mut World, session: &Value, card: Card, payer: &Payer) -> Outcome {
    let customer = customer_of(world, session, payer);
    let method = payment_method::create(world, card, payer, &customer);
    let metadata = session["_params"]["setup_intent_data"].get("metadata").cloned().unwrap_or_else(|| json!({}));
    let intent = set_up(world, &customer, &method, card.decline(), metadata);
    if let Some(decline) = card.decline() {
        return Outcome::Declined(decline);
    }
    if !customer.is_null() {
        world.emit("payment_method.attached", text(&method, "id"));
    }
    complete(world, session, payer, json!({ "setup_intent": intent, "customer": customer }));
    Outcome::Complete
}

fn set_up(world: &mut World, customer: &Value, method: &Value, decline: Option<Decline>, metadata: Value) -> Value {
    let intent = setup_intent::create(world, customer, metadata);
    let id = text(&intent, "id");
    world.emit("setup_intent.created", id);
    match decline {
        Some(decline) => {
            let error = json!({
                "code": decline.code,
                "decline_code": decline.decline_code,
                "message": decline.message,
                "type": "card_error",
            });
            world.change(id, json!({ "last_setup_error": error }));
            world.emit("setup_intent.setup_failed", id);
        }
        None => {
            world.change(id, json!({ "status": "succeeded", "payment_method": method["id"] }));
            world.emit("setup_intent.succeeded", id);
        }
    }
    intent["id"].clone()
}
