//! A Checkout Session's life on the hosted page: paid, declined, expired.

use super::{open_session, payments, subscribing};
use crate::cards::{Card, Decline, Payer};
use crate::error::ApiResult;
use crate::objects::charge::Attempt;
use crate::objects::{address, customer, payment_intent, payment_method};
use crate::params::Params;
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// What came of pressing *Pay*.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The session is complete, and paid unless the bank answers later.
    Complete,
    /// The card was refused; the session stays open.
    Declined(Decline),
}

/// The customer pays an open session.
///
/// # Errors
/// When the session does not exist or is no longer open.
pub fn pay(world: &mut World, session_id: &str, card: Card, payer: &Payer) -> ApiResult<Outcome> {
    let session = open_session(world, session_id, "paid")?;
    match text(&session, "mode") {
        "subscription" => Ok(subscribing::subscribe(world, &session, card, payer)),
        "setup" => Ok(subscribing::save_card(world, &session, card, payer)),
        _ => Ok(pay_once(world, &session, card, payer)),
    }
}

fn pay_once(world: &mut World, session: &Value, card: Card, payer: &Payer) -> Outcome {
    let session_id = text(session, "id");
    if int(session, "amount_total") == 0 {
        complete(world, session, payer, json!({ "payment_status": "no_payment_required" }));
        return Outcome::Complete;
    }
    let customer = customer_of(world, session, payer);
    let intent = intent_of(world, session, &customer);
    let intent_id = text(&intent, "id");
    let method = payment_method::create(world, card, payer, &customer);
    if let Some(decline) = card.decline() {
        payments::attempt(world, intent_id, &method, card, Attempt::Failed(decline));
        return Outcome::Declined(decline);
    }
    let attempt = if card.is_bank_debit() { Attempt::Pending } else { Attempt::Succeeded };
    let charge = payments::attempt(world, intent_id, &method, card, attempt);
    let status = if card.is_bank_debit() { "unpaid" } else { "paid" };
    let fields = json!({ "payment_status": status, "payment_intent": intent_id, "customer": customer });
    complete(world, session, payer, fields);
    if attempt == Attempt::Succeeded {
        payments::book(world, &charge);
    } else if let Some(after) = world.settle_after {
        let succeeds = card == Card::BankDebit;
        world.plan(world.now() + after, Timer::SettleDelayed(session_id.to_owned(), succeeds));
    }
    Outcome::Complete
}

/// The session is complete, with these fields besides.
pub(super) fn complete(world: &mut World, session: &Value, payer: &Payer, fields: Value) {
    let id = text(session, "id");
    let details = json!({
        "address": address(Some(&payer.country)),
        "business_name": null,
        "email": payer.email,
        "individual_name": null,
        "name": payer.name,
        "phone": null,
        "tax_exempt": "none",
        "tax_ids": [],
    });
    world.change(id, fields);
    world.change(
        id,
        json!({
            "status": "complete",
            "url": null,
            "customer_details": details,
            "collected_information": { "business_name": null, "individual_name": null, "shipping_details": null },
        }),
    );
    world.emit("checkout.session.completed", id);
}

/// The session's customer, made now when the session asks for one.
pub(super) fn customer_of(world: &mut World, session: &Value, payer: &Payer) -> Value {
    let known = if session["customer"].is_null() { &session["_customer"] } else { &session["customer"] };
    if !known.is_null() || session["customer_creation"] != "always" {
        return known.clone();
    }
    let mut params = Params::default();
    params.0.insert("email".to_owned(), json!(payer.email));
    params.0.insert("name".to_owned(), json!(payer.name));
    let customer = customer::create(world, &params);
    world.emit("customer.created", text(&customer, "id"));
    world.change(text(session, "id"), json!({ "_customer": customer["id"] }));
    customer["id"].clone()
}

/// The session's payment intent: made at the first attempt, kept over declines, shown on the session once it is paid.
pub(super) fn intent_of(world: &mut World, session: &Value, customer: &Value) -> Value {
    let kept = world.follow(session, "_payment_intent");
    if !kept.is_null() {
        return kept;
    }
    let data = session["_params"]["payment_intent_data"].as_object().cloned().unwrap_or_default();
    let (amount, currency) = (int(session, "amount_total"), text(session, "currency"));
    let intent = payment_intent::create(world, amount, currency, customer, &Params(data));
    world.emit("payment_intent.created", text(&intent, "id"));
    world.change(text(session, "id"), json!({ "_payment_intent": intent["id"] }));
    intent
}

/// A session ends unpaid: by the shop's wish, or because its time has come.
///
/// # Errors
/// When the session does not exist or is no longer open.
pub fn expire(world: &mut World, session_id: &str) -> ApiResult<Value> {
    let session = open_session(world, session_id, "expired")?;
    let expires_at = int(&session, "expires_at").min(world.now());
    world.change(session_id, json!({ "status": "expired", "url": null, "expires_at": expires_at }));
    world.emit("checkout.session.expired", session_id);
    if let Some(intent) = session["_payment_intent"].as_str() {
        let canceled = json!({ "status": "canceled", "canceled_at": world.now(), "cancellation_reason": "expired" });
        world.change(intent, canceled);
        world.emit("payment_intent.canceled", intent);
    }
    world.find("checkout.session", session_id, "session")
}
