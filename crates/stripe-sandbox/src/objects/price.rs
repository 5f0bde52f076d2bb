//! `price`.

use super::metadata;
use crate::params::Params;
use crate::world::{World, text};
use serde_json::{Value, json};

/// A price of a product from the parameters of `prices.create` or a `price_data`.
pub fn create(world: &mut World, params: &Params, product: &Value, active: bool) -> Value {
    let decimal = params.text("unit_amount_decimal").map(str::to_owned);
    let amount = params.int("unit_amount").or_else(|| decimal.as_ref()?.parse().ok());
    let recurring = params.get("recurring").map(|sent| {
        json!({
            "interval": sent["interval"],
            "interval_count": sent.get("interval_count").cloned().unwrap_or(json!(1)),
            "meter": sent.get("meter"),
            "trial_period_days": sent.get("trial_period_days"),
            "usage_type": sent.get("usage_type").cloned().unwrap_or(json!("licensed")),
        })
    });
    let fields = json!({
        "active": active,
        "billing_scheme": params.text("billing_scheme").unwrap_or("per_unit"),
        "currency": params.text("currency").unwrap_or_default().to_lowercase(),
        "custom_unit_amount": params.or_null("custom_unit_amount"),
        "lookup_key": params.or_null("lookup_key"),
        "metadata": metadata(params),
        "nickname": params.or_null("nickname"),
        "product": text(product, "id"),
        "recurring": recurring,
        "tax_behavior": params.text("tax_behavior").unwrap_or("unspecified"),
        "tiers_mode": params.or_null("tiers_mode"),
        "transform_quantity": params.or_null("transform_quantity"),
        "type": if recurring.is_some() { "recurring" } else { "one_time" },
        "unit_amount": amount,
        "unit_amount_decimal": decimal.or_else(|| amount.map(|amount| amount.to_string())),
    });
    world.create("price_", "price", fields)
}
