//! `billing_portal.session`.

use crate::ids;
use crate::params::Params;
use crate::world::World;
use serde_json::{Value, json};

/// A portal session of a customer.
pub fn create(world: &mut World, params: &Params) -> Value {
    let secret = ids::random("test_", 40);
    let flow = params.get("flow_data").map(|sent| {
        let completion = sent.get("after_completion").cloned().unwrap_or_else(|| json!({ "type": "portal_homepage" }));
        let part = |name: &str, field: &str| {
            sent.get(name).map(|part| json!({ "subscription": part["subscription"], field: part.get(field) }))
        };
        let only = |name: &str| sent.get(name).map(|part| json!({ "subscription": part["subscription"] }));
        json!({
            "after_completion": {
                "hosted_confirmation": completion.get("hosted_confirmation").map(|sent| json!({
                    "custom_message": sent.get("custom_message"),
                })),
                "redirect": completion.get("redirect"),
                "type": completion["type"],
            },
            "customer_update": null,
            "subscription_cancel": part("subscription_cancel", "retention"),
            "subscription_pause": only("subscription_pause"),
            "subscription_update": only("subscription_update"),
            "subscription_update_confirm": sent.get("subscription_update_confirm").map(|part| json!({
                "discounts": part.get("discounts"), "items": part["items"], "subscription": part["subscription"],
            })),
            "type": sent["type"],
        })
    });
    let fields = json!({
        "configuration": params.text("configuration").unwrap_or("bpc_sandbox"),
        "customer": params.or_null("customer"),
        "customer_account": null,
        "flow": flow,
        "locale": params.or_null("locale"),
        "on_behalf_of": params.or_null("on_behalf_of"),
        "return_url": params.or_null("return_url"),
        "url": format!("{}/p/session/{secret}", world.public_url),
        "_secret": secret,
    });
    world.create("bps_", "billing_portal.session", fields)
}
