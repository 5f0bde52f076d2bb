//! Delayed payments: the bank answers days after the session was completed.

use super::{billing, payments};
use crate::cards::Decline;
use crate::error::{ApiError, ApiResult};
use crate::objects::charge;
use crate::world::{World, text};
use serde_json::{Value, json};

const RETURNED: Decline = Decline {
    code: "payment_intent_payment_attempt_failed",
    decline_code: "insufficient_funds",
    message: "The customer's account has insufficient funds to cover this payment.",
};

/// The bank's answer about a completed session that is not paid yet.
///
/// # Errors
/// When the session does not exist or waits for no bank.
pub fn settle(world: &mut World, session_id: &str, succeeds: bool) -> ApiResult<Value> {
    let session = world.find("checkout.session", session_id, "session")?;
    let intent = intent_of(world, &session);
    let charge = world.follow(&intent, "latest_charge");
    if session["status"] != "complete" || charge["status"] != "pending" {
        return Err(ApiError::invalid("This Checkout Session does not wait for a delayed payment."));
    }
    let method = world.any(text(&charge, "payment_method")).cloned().unwrap_or_default();
    if succeeds {
        let paid =
            json!({ "status": "succeeded", "paid": true, "captured": true, "amount_captured": charge["amount"] });
        world.change(text(&charge, "id"), paid);
        payments::succeed(world, &charge, &method);
        bill_settled(world, &session, billing::Collected::Paid);
        world.change(session_id, json!({ "payment_status": "paid" }));
        world.emit("checkout.session.async_payment_succeeded", session_id);
        payments::book(world, &charge);
    } else {
        let failed = json!({
            "status": "failed",
            "failure_code": RETURNED.decline_code,
            "failure_message": RETURNED.message,
            "outcome": charge::outcome(Some(RETURNED)),
        });
        world.change(text(&charge, "id"), failed);
        payments::fail(world, &charge, &method, RETURNED);
        bill_settled(world, &session, billing::Collected::Failed(RETURNED));
        world.emit("checkout.session.async_payment_failed", session_id);
    }
    world.find("checkout.session", session_id, "session")
}

/// The payment intent of a session: its own, or its invoice's in subscription mode.
pub fn intent_of(world: &World, session: &Value) -> Value {
    match (session["payment_intent"].as_str(), session["invoice"].as_str()) {
        (Some(intent), _) => world.any(intent).cloned().unwrap_or_default(),
        (None, Some(invoice)) => {
            let payment = world.of("invoice_payment", "invoice", invoice).next().cloned().unwrap_or_default();
            world.follow(&payment["payment"], "payment_intent")
        }
        (None, None) => Value::Null,
    }
}

/// What the bank's answer does to the invoice and the subscription of a session in subscription mode.
fn bill_settled(world: &mut World, session: &Value, collected: billing::Collected) {
    let Some(invoice) = session["invoice"].as_str() else { return };
    if collected == billing::Collected::Paid {
        billing::mark_paid(world, invoice);
    } else {
        billing::note_failure(world, invoice);
    }
    billing::settle_status(world, text(session, "subscription"), collected);
}
