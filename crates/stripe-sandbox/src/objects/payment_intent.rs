//! `payment_intent`.

use super::{metadata, whole_address};
use crate::cards::Decline;
use crate::ids;
use crate::params::Params;
use crate::world::World;
use serde_json::{Value, json};

/// A payment intent that waits for a payment method. `data` are the `payment_intent_data` of the session.
pub fn create(world: &mut World, amount: i64, currency: &str, customer: &Value, data: &Params) -> Value {
    let id = ids::object_id("pi_");
    let shipping = data.get("shipping").map(|sent| {
        json!({
            "address": whole_address(&sent["address"]),
            "carrier": sent.get("carrier"),
            "name": sent["name"],
            "phone": sent.get("phone"),
            "tracking_number": sent.get("tracking_number"),
        })
    });
    let fields = json!({
        "id": id,
        "allowed_payment_method_types": null,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": 0,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": data.text("capture_method").unwrap_or("automatic_async"),
        "client_secret": format!("{id}_secret_{}", ids::random("", 25)),
        "confirmation_method": "automatic",
        "currency": currency,
        "customer": customer,
        "customer_account": null,
        "description": data.or_null("description"),
        "excluded_payment_method_types": null,
        "last_payment_error": null,
        "latest_charge": null,
        "managed_payments": null,
        "metadata": metadata(data),
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {
            "card": {
                "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
            },
        },
        "payment_method_types": ["card", "us_bank_account"],
        "payment_record": null,
        "processing": null,
        "receipt_email": data.or_null("receipt_email"),
        "review": null,
        "setup_future_usage": data.or_null("setup_future_usage"),
        "shipping": shipping,
        "source": null,
        "statement_descriptor": data.or_null("statement_descriptor"),
        "statement_descriptor_suffix": data.or_null("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": null,
        "transfer_group": data.or_null("transfer_group"),
    });
    world.create("", "payment_intent", fields)
}

/// `last_payment_error` after a refused charge.
pub fn payment_error(decline: Decline, charge_id: &str, method: &Value) -> Value {
    json!({
        "charge": charge_id,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": format!("https://docs.stripe.com/error-codes/{}", decline.code.replace('_', "-")),
        "message": decline.message,
        "payment_method": crate::world::visible(method),
        "type": "card_error",
    })
}
