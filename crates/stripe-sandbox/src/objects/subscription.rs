//! `subscription` and its `subscription_item`s.

use super::{list, metadata};
use crate::calendar::Rhythm;
use crate::ids;
use crate::params::Params;
use crate::world::{World, int, text};
use serde_json::{Value, json};

const DAY: i64 = 86_400;

/// A subscription that is not paid yet (`incomplete`), or in its trial. `data` are the `subscription_data` of the session.
pub fn create(world: &mut World, customer: &Value, method: &Value, items: &[(Value, i64)], data: &Params) -> Value {
    let now = world.now();
    let trial_end = data.int("trial_end").or_else(|| data.int("trial_period_days").map(|days| now + days * DAY));
    let first = &items[0].0;
    let end = trial_end.or_else(|| Some(Rhythm::of(first)?.next_end(now, now))).unwrap_or(now);
    let id = ids::object_id("sub_");
    let missing_method = data.group("trial_settings").group("end_behavior").or_null("missing_payment_method");
    let issuer = json!({ "type": "self" });
    let items = items.iter().map(|(price, quantity)| item(world, &id, price, *quantity, now, end, json!({}))).collect();
    let fields = json!({
        "id": id,
        "application": null,
        "application_fee_percent": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": trial_end.unwrap_or(now),
        "billing_cycle_anchor_config": null,
        "billing_mode": { "flexible": { "proration_discounts": "included" }, "type": "flexible", "updated_at": now },
        "billing_schedules": [],
        "billing_thresholds": null,
        "cancel_at": null,
        "cancel_at_period_end": false,
        "canceled_at": null,
        "cancellation_details": { "comment": null, "feedback": null, "feedback_option": null, "reason": null },
        "collection_method": "charge_automatically",
        "currency": first["currency"],
        "customer": customer,
        "customer_account": null,
        "days_until_due": null,
        "default_payment_method": method,
        "default_source": null,
        "default_tax_rates": [],
        "description": data.or_null("description"),
        "discounts": [],
        "ended_at": null,
        "invoice_settings": {
            "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": issuer,
        },
        "items": list(items, &format!("/v1/subscription_items?subscription={id}")),
        "latest_invoice": null,
        "managed_payments": null,
        "metadata": metadata(data),
        "next_pending_invoice_item_invoice": null,
        "on_behalf_of": null,
        "pause_collection": null,
        "payment_settings": {
            "payment_method_options": null, "payment_method_types": null, "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": null,
        "pending_setup_intent": null,
        "pending_update": null,
        "schedule": null,
        "start_date": now,
        "status": if trial_end.is_some() { "trialing" } else { "incomplete" },
        "test_clock": null,
        "transfer_data": null,
        "trial_end": trial_end,
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": null,
                "missing_payment_method": missing_method.as_str().unwrap_or("create_invoice"),
            },
        },
        "trial_start": trial_end.map(|_| now),
        "_pending_lines": [],
    });
    world.create("", "subscription", fields)
}

/// An item of a subscription.
pub fn item(
    world: &World,
    subscription: &str,
    price: &Value,
    quantity: i64,
    start: i64,
    end: i64,
    metadata: Value,
) -> Value {
    json!({
        "id": ids::random("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": null,
        "created": world.now(),
        "current_period_end": end,
        "current_period_start": start,
        "current_trial": null,
        "discounts": [],
        "metadata": metadata,
        "plan": plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription,
        "tax_rates": [],
    })
}

/// The legacy `plan` of a recurring price.
pub fn plan(price: &Value) -> Value {
    let recurring = &price["recurring"];
    json!({
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": false,
        "metadata": price["metadata"],
        "meter": null,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": null,
        "transform_usage": null,
        "trial_period_days": null,
        "usage_type": recurring["usage_type"],
    })
}

/// The items.
pub fn items(subscription: &Value) -> Vec<Value> {
    subscription["items"]["data"].as_array().cloned().unwrap_or_default()
}

/// The `items` list with other data.
pub fn with_items(subscription: &Value, items: Vec<Value>) -> Value {
    list(items, text(&subscription["items"], "url"))
}

/// Start and end of the current period.
pub fn period(subscription: &Value) -> (i64, i64) {
    let first = &subscription["items"]["data"][0];
    (int(first, "current_period_start"), int(first, "current_period_end"))
}

/// The items with another period.
pub fn with_period(items: Vec<Value>, start: i64, end: i64) -> Vec<Value> {
    items
        .into_iter()
        .map(|mut item| {
            item["current_period_start"] = json!(start);
            item["current_period_end"] = json!(end);
            item
        })
        .collect()
}
