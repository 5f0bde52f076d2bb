//! `item`: a line of a Checkout Session.

use crate::ids;
use crate::params::Params;
use crate::world::{int, text};
use serde_json::{Value, json};

/// A line for `quantity` of `price`, called `name`.
pub fn new(line: &Params, price: &Value, name: &str, quantity: i64) -> Value {
    let amount = int(price, "unit_amount") * quantity;
    json!({
        "id": ids::object_id("li_"),
        "object": "item",
        "adjustable_quantity": line.get("adjustable_quantity").map(|sent| json!({
            "enabled": sent["enabled"], "maximum": sent.get("maximum"), "minimum": sent.get("minimum"),
        })),
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": text(price, "currency"),
        "description": name,
        "discounts": [],
        "metadata": line.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "price": price,
        "quantity": quantity,
        "taxes": [],
    })
}
