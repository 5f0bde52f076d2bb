//! `customer`.

use super::{metadata, whole_address, whole_shipping};
use crate::ids;
use crate::params::Params;
use crate::world::World;
use serde_json::{Value, json};

/// A customer from the parameters of `customers.create`.
pub fn create(world: &mut World, params: &Params) -> Value {
    let settings = params.group("invoice_settings");
    let fields = json!({
        "address": whole_address(&params.or_null("address")),
        "balance": params.int("balance").unwrap_or(0),
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": params.or_null("description"),
        "discount": null,
        "email": params.or_null("email"),
        "invoice_prefix": params.text("invoice_prefix").map_or_else(|| ids::random("", 8).to_uppercase(), str::to_owned),
        "invoice_settings": {
            "custom_fields": settings.or_null("custom_fields"),
            "default_payment_method": settings.or_null("default_payment_method"),
            "footer": settings.or_null("footer"),
            "rendering_options": settings.or_null("rendering_options"),
        },
        "metadata": metadata(params),
        "name": params.or_null("name"),
        "next_invoice_sequence": params.int("next_invoice_sequence").unwrap_or(1),
        "phone": params.or_null("phone"),
        "preferred_locales": params.list("preferred_locales"),
        "shipping": whole_shipping(&params.or_null("shipping")),
        "tax_exempt": params.text("tax_exempt").unwrap_or("none"),
        "test_clock": null,
    });
    world.create("cus_", "customer", fields)
}
