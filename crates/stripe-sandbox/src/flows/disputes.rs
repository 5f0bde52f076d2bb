//! Disputes: a customer's bank takes the money back, and may return it.

use crate::error::{ApiError, ApiResult};
use crate::objects::balance_transaction::{self, Movement};
use crate::objects::dispute;
use crate::world::{World, int, text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a dispute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeEnd {
    /// The shop keeps the money.
    Won,
    /// The customer keeps it.
    Lost,
}

/// A dispute about what is left of a payment intent's charge. An inquiry takes no money yet.
///
/// # Errors
/// When the payment does not exist or did not succeed, or is disputed already.
pub fn open(world: &mut World, intent_id: &str, reason: &str, inquiry: bool) -> ApiResult<Value> {
    let intent = world.find("payment_intent", intent_id, "payment_intent")?;
    let charge = world.follow(&intent, "latest_charge");
    if charge["status"] != "succeeded" || charge["disputed"] == true {
        return Err(ApiError::invalid("Only a payment that succeeded can be disputed, and only once."));
    }
    let amount = int(&charge, "amount") - int(&charge, "amount_refunded");
    let dispute = dispute::create(world, &charge, amount, reason, inquiry);
    let (id, charge_id) = (text(&dispute, "id"), text(&charge, "id"));
    let previous = world.change(charge_id, json!({ "disputed": true }));
    world.emit("charge.dispute.created", id);
    world.emit_change("charge.updated", charge_id, previous);
    if !inquiry {
        book(world, &dispute, Movement::Dispute, -amount);
        world.emit("charge.dispute.funds_withdrawn", id);
    }
    world.find("dispute", id, "dispute")
}

/// The bank decides. An inquiry is closed as `warning_closed` whatever the end.
///
/// # Errors
/// When the dispute does not exist or is closed already.
pub fn close(world: &mut World, id: &str, end: DisputeEnd) -> ApiResult<Value> {
    let dispute = world.find("dispute", id, "dispute")?;
    let was = text(&dispute, "status");
    if matches!(was, "won" | "lost" | "warning_closed") {
        return Err(ApiError::invalid(format!("This dispute is closed: {was}.")));
    }
    let inquiry = was.starts_with("warning");
    let status = match end {
        _ if inquiry => "warning_closed",
        DisputeEnd::Won => "won",
        DisputeEnd::Lost => "lost",
    };
    let previous = world.change(id, json!({ "status": status }));
    world.emit_change("charge.dispute.updated", id, previous);
    world.emit("charge.dispute.closed", id);
    if status == "won" {
        book(world, &dispute, Movement::DisputeReversal, int(&dispute, "amount"));
        world.emit("charge.dispute.funds_reinstated", id);
    }
    world.find("dispute", id, "dispute")
}

fn book(world: &mut World, dispute: &Value, movement: Movement, amount: i64) {
    let transaction = balance_transaction::create(world, movement, dispute, amount, &dispute["currency"]);
    let id = text(dispute, "id");
    let mut transactions =
        world.any(id).and_then(|found| found["balance_transactions"].as_array().cloned()).unwrap_or_default();
    transactions.push(transaction);
    world.change(id, json!({ "balance_transactions": transactions }));
}
