//! Objects in the newest API version's shape, every field the real ones have.

pub mod balance_transaction;
pub mod charge;
pub mod customer;
pub mod dispute;
pub mod invoice;
pub mod line_item;
pub mod payment_intent;
pub mod payment_method;
pub mod portal;
pub mod price;
pub mod product;
pub mod refund;
pub mod schedule;
pub mod session;
pub mod setup_intent;
pub mod subscription;

use crate::params::Params;
use serde_json::{Map, Value, json};

/// An address with nothing known but the country.
pub fn address(country: Option<&str>) -> Value {
    json!({ "city": null, "country": country, "line1": null, "line2": null, "postal_code": null, "state": null })
}

/// An address as sent, with the rest of its fields; `null` stays.
pub fn whole_address(sent: &Value) -> Value {
    let Value::Object(sent) = sent else { return Value::Null };
    let mut whole = address(None);
    if let Some(fields) = whole.as_object_mut() {
        fields.extend(sent.clone());
    }
    whole
}

/// Where goods go, as sent, with the rest of its fields; `null` stays.
pub fn whole_shipping(sent: &Value) -> Value {
    if sent.is_null() {
        return Value::Null;
    }
    json!({ "address": whole_address(&sent["address"]), "name": sent["name"], "phone": sent["phone"] })
}

/// Metadata of a new object: entries sent empty are left out.
pub fn metadata(params: &Params) -> Value {
    merged_metadata(&Value::Null, params)
}

/// Metadata after an update: entries sent are set, entries sent empty go, an empty `metadata` clears all.
pub fn merged_metadata(before: &Value, params: &Params) -> Value {
    let sent = params.or_null("metadata");
    if params.has("metadata") && sent.is_null() {
        return json!({});
    }
    let mut merged = before.as_object().cloned().unwrap_or_default();
    for (key, value) in sent.as_object().cloned().unwrap_or_default() {
        if value == "" {
            merged.remove(&key);
        } else {
            merged.insert(key, value);
        }
    }
    Value::Object(merged)
}

/// A list object.
pub fn list(data: Vec<Value>, url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": false, "url": url })
}

/// The parameters that were sent among `names`, `metadata` merged into what stands.
pub fn sent(params: &Params, names: &[&str], before: &Value) -> Value {
    let mut fields: Map<String, Value> =
        names.iter().filter_map(|name| Some(((*name).to_owned(), params.get(name)?.clone()))).collect();
    if params.has("metadata") {
        fields.insert("metadata".to_owned(), merged_metadata(&before["metadata"], params));
    }
    Value::Object(fields)
}
