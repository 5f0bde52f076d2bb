//! `refund`.

use super::metadata;
use crate::params::Params;
use crate::world::World;
use serde_json::{Value, json};

/// A refund of `amount` minor units of a charge.
pub fn create(world: &mut World, charge: &Value, amount: i64, params: &Params) -> Value {
    let method = &charge["payment_method_details"]["type"];
    let by_card = method == "card";
    let destination = if by_card {
        json!({ "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" })
    } else {
        json!({ "type": method })
    };
    let mut fields = json!({
        "amount": amount,
        "balance_transaction": null,
        "charge": charge["id"],
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": null,
        "destination_details": destination,
        "metadata": metadata(params),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.or_null("reason"),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": if by_card { "succeeded" } else { "pending" },
        "transfer_reversal": null,
    });
    if !by_card {
        fields["pending_reason"] = json!("processing");
    }
    world.create("re_", "refund", fields)
}
