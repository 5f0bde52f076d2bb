//! `subscription_schedule`.

use crate::world::World;
use serde_json::{Value, json};

/// A phase of a schedule.
pub struct Phase {
    /// Prices and quantities.
    pub items: Vec<(Value, i64)>,
    /// Seconds since 1970.
    pub start: i64,
    /// Seconds since 1970.
    pub end: i64,
    /// `none`, `create_prorations` or `always_invoice`.
    pub proration: String,
    /// Set on the subscription when the phase begins.
    pub metadata: Value,
}

/// A phase as the API shows it.
pub fn phase(phase: &Phase, currency: &Value) -> Value {
    let items: Vec<Value> = phase
        .items
        .iter()
        .map(|(price, quantity)| {
            json!({
                "billing_thresholds": null,
                "discounts": [],
                "metadata": {},
                "plan": price["id"],
                "price": price["id"],
                "quantity": quantity,
                "tax_rates": [],
            })
        })
        .collect();
    json!({
        "add_invoice_items": [],
        "application_fee_percent": null,
        "billing_cycle_anchor": null,
        "billing_thresholds": null,
        "collection_method": null,
        "currency": currency,
        "default_payment_method": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "end_date": phase.end,
        "invoice_settings": null,
        "items": items,
        "metadata": phase.metadata,
        "on_behalf_of": null,
        "proration_behavior": phase.proration,
        "start_date": phase.start,
        "transfer_data": null,
        "trial_end": null,
    })
}

/// A schedule around a subscription.
pub fn create(
    world: &mut World,
    subscription: &Value,
    phases: Vec<Value>,
    end_behavior: &str,
    metadata: Value,
) -> Value {
    let settings = json!({
        "application_fee_percent": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": null,
        "collection_method": "charge_automatically",
        "default_payment_method": null,
        "description": null,
        "invoice_settings": {
            "account_tax_ids": null, "custom_fields": null, "days_until_due": null, "description": null, "footer": null,
            "issuer": { "type": "self" },
        },
        "on_behalf_of": null,
        "transfer_data": null,
    });
    let current = json!({ "start_date": phases[0]["start_date"], "end_date": phases[0]["end_date"] });
    let fields = json!({
        "application": null,
        "billing_mode": subscription["billing_mode"],
        "canceled_at": null,
        "completed_at": null,
        "current_phase": current,
        "customer": subscription["customer"],
        "customer_account": null,
        "default_settings": settings,
        "end_behavior": end_behavior,
        "metadata": metadata,
        "pause_schedules": [],
        "phases": phases,
        "released_at": null,
        "released_subscription": null,
        "status": "active",
        "subscription": subscription["id"],
        "test_clock": null,
    });
    world.create("sub_sched_", "subscription_schedule", fields)
}
