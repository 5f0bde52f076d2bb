//! `setup_intent`: a card saved for later.

use crate::ids;
use crate::world::World;
use serde_json::{Value, json};

/// A setup intent that waits for a payment method.
pub fn create(world: &mut World, customer: &Value, metadata: Value) -> Value {
    let id = ids::object_id("seti_");
    let fields = json!({
        "id": id,
        "allowed_payment_method_types": null,
        "application": null,
        "automatic_payment_methods": null,
        "cancellation_reason": null,
        "client_secret": format!("{id}_secret_{}", ids::random("", 25)),
        "customer": customer,
        "customer_account": null,
        "description": null,
        "excluded_payment_method_types": null,
        "flow_directions": null,
        "last_setup_error": null,
        "latest_attempt": null,
        "managed_payments": null,
        "mandate": null,
        "metadata": metadata,
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {
            "card": { "mandate_options": null, "network": null, "request_three_d_secure": "automatic" },
        },
        "payment_method_types": ["card"],
        "single_use_mandate": null,
        "status": "requires_payment_method",
        "usage": "off_session",
    });
    world.create("", "setup_intent", fields)
}
