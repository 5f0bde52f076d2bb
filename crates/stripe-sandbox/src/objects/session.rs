//! `checkout.session`.

use super::metadata;
use crate::ids;
use crate::params::Params;
use crate::world::World;
use serde_json::{Map, Value, json};

const TEXTS: [&str; 4] = ["after_submit", "shipping_address", "submit", "terms_of_service_acceptance"];

/// What a session costs.
pub struct Totals {
    /// ISO currency; `None` in setup mode without one.
    pub currency: Option<String>,
    /// Minor units; `None` in setup mode.
    pub amount: Option<i64>,
    /// The line items.
    pub lines: Vec<Value>,
}

/// A new, open session. `_line_items` and `_params` are kept out of sight.
pub fn create(world: &mut World, params: &Params, totals: Totals) -> Value {
    let id = ids::random("cs_test_a1", 58);
    let mode = params.text("mode").unwrap_or_default();
    let ui_mode = params.text("ui_mode").unwrap_or("hosted_page");
    let hosted = ui_mode == "hosted_page";
    let (payment, subscription) = (mode == "payment", mode == "subscription");
    let customer_creation = match params.text("customer") {
        Some(_) => None,
        None => Some(params.text("customer_creation").unwrap_or(if subscription { "always" } else { "if_required" })),
    };
    let tax_enabled = params.group("automatic_tax").flag("enabled").unwrap_or(false);
    let enabled = |group: &str| params.group(group).flag("enabled").unwrap_or(false);
    let collection = if subscription { "always" } else { "if_required" };
    let invoice_data = json!({
        "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
        "metadata": {}, "rendering_options": null,
    });
    let consents = params.get("consent_collection").map(|sent| {
        json!({
            "payment_method_reuse_agreement": sent.get("payment_method_reuse_agreement"),
            "promotions": sent.get("promotions"),
            "terms_of_service": sent.get("terms_of_service"),
        })
    });
    let texts = TEXTS.map(|name| (name.to_owned(), params.group("custom_text").or_null(name)));
    let mut session = json!({
        "id": id,
        "adaptive_pricing": { "enabled": false },
        "after_expiration": null,
        "allow_promotion_codes": params.or_null("allow_promotion_codes"),
        "allowed_payment_method_types": params.or_null("allowed_payment_method_types"),
        "amount_subtotal": totals.amount,
        "amount_total": totals.amount,
        "automatic_tax": {
            "enabled": tax_enabled,
            "liability": tax_enabled.then(|| json!({ "type": "self" })),
            "provider": null,
            "status": tax_enabled.then_some("requires_location_inputs"),
        },
        "billing_address_collection": params.or_null("billing_address_collection"),
        "cancel_url": params.or_null("cancel_url"),
        "client_reference_id": params.or_null("client_reference_id"),
        "client_secret": (!hosted).then(|| format!("{id}_secret_{}", ids::random("", 20))),
        "collected_information": null,
        "consent": null,
        "consent_collection": consents,
        "currency": totals.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": Map::from_iter(texts),
        "customer": params.or_null("customer"),
        "customer_account": null,
        "customer_creation": customer_creation,
        "customer_details": null,
        "customer_email": params.or_null("customer_email"),
        "discounts": [],
        "expires_at": params.int("expires_at").unwrap_or(world.now() + 86_400),
        "integration_identifier": params.or_null("integration_identifier"),
        "invoice": null,
        "invoice_creation": payment.then(|| json!({ "enabled": false, "invoice_data": invoice_data })),
        "locale": params.or_null("locale"),
        "managed_payments": null,
        "metadata": metadata(params),
        "mode": mode,
        "origin_context": params.or_null("origin_context"),
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": params.text("payment_method_collection").unwrap_or(collection),
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
        "payment_method_types": ["card", "us_bank_account"],
        "payment_status": if mode == "setup" { "no_payment_required" } else { "unpaid" },
        "permissions": null,
        "phone_number_collection": { "enabled": enabled("phone_number_collection") },
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": params.or_null("shipping_address_collection"),
        "shipping_cost": null,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.or_null("submit_type"),
        "subscription": null,
        "success_url": params.or_null("success_url"),
        "total_details": totals.amount.map(|_| json!({ "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 })),
        "ui_mode": ui_mode,
        "url": hosted.then(|| format!("{}/c/pay/{id}", world.public_url)),
        "wallet_options": null,
        "_line_items": totals.lines,
        "_params": params.0,
    });
    if let Some(url) = params.get("return_url") {
        session["return_url"] = url.clone();
    }
    world.create("", "checkout.session", session)
}
