//! Delayed payments: the bank answers days after the session was completed.

use super::payments;
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
    let intent = world.follow(&session, "payment_intent");
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
        world.emit("checkout.session.async_payment_failed", session_id);
    }
    world.find("checkout.session", session_id, "session")
}
