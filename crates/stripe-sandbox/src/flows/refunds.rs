//! Refunds: by the shop over the API, or by hand on the control page.

use crate::error::{ApiError, ApiResult};
use crate::ids;
use crate::objects::balance_transaction::{self, Movement};
use crate::objects::refund;
use crate::params::Params;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// Refunds a charge in whole or in part (`amount` in the parameters, minor units).
///
/// # Errors
/// As Stripe's: nothing to refund, already refunded, disputed, more than is left.
pub fn create(world: &mut World, params: &Params) -> ApiResult<Value> {
    let charge = refundable_charge(world, params)?;
    let left = int(&charge, "amount_captured") - int(&charge, "amount_refunded");
    let amount = params.int("amount").unwrap_or(left);
    if amount < 1 {
        let error = ApiError::invalid("Invalid positive integer").code("parameter_invalid_integer").param("amount");
        return Err(error);
    }
    if amount > left {
        let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
        return Err(ApiError::invalid(message).param("amount"));
    }
    let refund = refund::create(world, &charge, amount, params);
    let (id, charge_id) = (text(&refund, "id"), text(&charge, "id"));
    let movement = balance_transaction::create(world, Movement::Refund, &refund, -amount, &charge["currency"]);
    world.change(id, json!({ "balance_transaction": movement["id"] }));
    world.emit("refund.created", id);
    let refunded = int(&charge, "amount_refunded") + amount;
    let totals = json!({ "amount_refunded": refunded, "refunded": refunded >= int(&charge, "amount_captured") });
    let previous = world.change(charge_id, totals);
    world.emit_change("charge.refunded", charge_id, previous);
    if refund["status"] == "succeeded" {
        acknowledge(world, id);
    }
    world.find("refund", id, "id")
}

/// The card network's reference number arrives.
fn acknowledge(world: &mut World, id: &str) {
    let reference = ids::random("", 12).to_uppercase();
    let details = json!({
        "card": {
            "reference": reference, "reference_status": "available",
            "reference_type": "acquirer_reference_number", "type": "refund",
        },
        "type": "card",
    });
    updated(world, id, json!({ "destination_details": details }));
}

/// Changes a refund and tells it twice, as Stripe does: `refund.updated` and, for cards, `charge.refund.updated`.
fn updated(world: &mut World, id: &str, fields: Value) {
    let previous = world.change(id, fields);
    world.emit_change("refund.updated", id, previous.clone());
    world.emit_change("charge.refund.updated", id, previous);
}

fn refundable_charge(world: &World, params: &Params) -> ApiResult<Value> {
    let charge = match (params.text("charge"), params.text("payment_intent")) {
        (None, None) => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(ApiError::invalid(message));
        }
        (Some(charge), intent) => {
            let charge = world.find("charge", charge, "charge")?;
            if intent.is_some_and(|intent| charge["payment_intent"] != intent) {
                let message = "The charge does not belong to the payment intent.";
                return Err(ApiError::invalid(message).param("charge"));
            }
            charge
        }
        (None, Some(intent)) => {
            let intent = world.find("payment_intent", intent, "payment_intent")?;
            if intent["status"] != "succeeded" {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    text(&intent, "id")
                );
                return Err(ApiError::invalid(message).param("payment_intent"));
            }
            world.follow(&intent, "latest_charge")
        }
    };
    let id = text(&charge, "id");
    if charge["status"] != "succeeded" {
        return Err(ApiError::invalid(format!("Charge {id} has not succeeded and cannot be refunded.")));
    }
    if charge["refunded"] == true {
        let message = format!("Charge {id} has already been refunded.");
        return Err(ApiError::invalid(message).code("charge_already_refunded"));
    }
    if world.of("dispute", "charge", id).any(|dispute| !matches!(text(dispute, "status"), "won" | "warning_closed")) {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(ApiError::invalid(message).code("charge_disputed"));
    }
    Ok(charge)
}

/// A pending refund (of a bank debit) has arrived.
///
/// # Errors
/// When it does not exist or is not pending.
pub fn settle(world: &mut World, id: &str) -> ApiResult<Value> {
    let refund = world.find("refund", id, "refund")?;
    if refund["status"] != "pending" {
        return Err(ApiError::invalid("This refund is not pending."));
    }
    updated(world, id, json!({ "status": "succeeded", "pending_reason": null }));
    world.find("refund", id, "refund")
}

/// A refund did not arrive: the money is back on the shop's balance, and the charge counts it no longer.
///
/// # Errors
/// When it does not exist or has failed already.
pub fn fail(world: &mut World, id: &str) -> ApiResult<Value> {
    let refund = world.find("refund", id, "refund")?;
    if !matches!(text(&refund, "status"), "succeeded" | "pending") {
        return Err(ApiError::invalid("This refund has failed already."));
    }
    let amount = int(&refund, "amount");
    let movement = balance_transaction::create(world, Movement::RefundFailure, &refund, amount, &refund["currency"]);
    let charge = world.follow(&refund, "charge");
    let refunded = int(&charge, "amount_refunded") - amount;
    world.change(text(&charge, "id"), json!({ "amount_refunded": refunded, "refunded": false }));
    let failed = json!({
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": movement["id"],
    });
    updated(world, id, failed);
    world.emit("refund.failed", id);
    world.find("refund", id, "refund")
}
