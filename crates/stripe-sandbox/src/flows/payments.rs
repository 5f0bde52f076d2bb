//! Attempts to charge a payment intent.

use crate::cards::{Card, Decline};
use crate::objects::balance_transaction::{self, Movement};
use crate::objects::charge::{self, Attempt};
use crate::objects::payment_intent::payment_error;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// Charges an intent with a payment method and answers the charge.
pub fn attempt(world: &mut World, intent_id: &str, method: &Value, card: Card, attempt: Attempt) -> Value {
    let intent = world.any(intent_id).cloned().unwrap_or_default();
    let charge = charge::create(world, &intent, method, card, attempt);
    match attempt {
        Attempt::Succeeded => succeed(world, &charge, method),
        Attempt::Pending => {
            let fields = json!({ "status": "processing", "payment_method": method["id"], "last_payment_error": null });
            world.change(intent_id, fields);
            world.emit("charge.pending", text(&charge, "id"));
            world.emit("payment_intent.processing", intent_id);
        }
        Attempt::Failed(decline) => fail(world, &charge, method, decline),
    }
    charge
}

/// The money of a charge has come.
pub fn succeed(world: &mut World, charge: &Value, method: &Value) {
    let (charge_id, intent_id) = (text(charge, "id"), text(charge, "payment_intent"));
    let fields = json!({
        "status": "succeeded",
        "amount_received": charge["amount"],
        "payment_method": method["id"],
        "last_payment_error": null,
    });
    world.change(intent_id, fields);
    world.emit("charge.succeeded", charge_id);
    world.emit("payment_intent.succeeded", intent_id);
}

/// Books a charge on the balance. With asynchronous capture that follows the payment, as a `charge.updated`.
pub fn book(world: &mut World, charge: &Value) {
    let amount = int(charge, "amount");
    let movement = balance_transaction::create(world, Movement::Charge, charge, amount, &charge["currency"]);
    let previous = world.change(text(charge, "id"), json!({ "balance_transaction": movement["id"] }));
    world.emit_change("charge.updated", text(charge, "id"), previous);
}

/// A charge was refused: the intent waits for another payment method.
pub fn fail(world: &mut World, charge: &Value, method: &Value, decline: Decline) {
    let (charge_id, intent_id) = (text(charge, "id"), text(charge, "payment_intent"));
    let error = payment_error(decline, charge_id, method);
    let fields = json!({ "status": "requires_payment_method", "payment_method": null, "last_payment_error": error });
    world.change(intent_id, fields);
    world.emit("charge.failed", charge_id);
    world.emit("payment_intent.payment_failed", intent_id);
}
