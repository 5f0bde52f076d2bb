//! Customers.

use super::{check_email, referred};
use crate::error::{ApiError, ApiResult};
use crate::flows::{ending, wallet};
use crate::objects::{customer, sent, whole_address, whole_shipping};
use crate::params::Params;
use crate::world::{World, text};
use serde_json::{Value, json};

const FIELDS: [&str; 9] =
    ["address", "balance", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt"];

/// `POST /v1/customers`
pub fn create(world: &mut World, params: &Params) -> ApiResult<Value> {
    check(world, params)?;
    let customer = customer::create(world, params);
    world.emit("customer.created", text(&customer, "id"));
    Ok(customer)
}

/// `POST /v1/customers/{id}`
pub fn update(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    check(world, params)?;
    let before = find(world, id)?;
    let mut fields = sent(params, &FIELDS, &before);
    for (name, whole) in [("address", whole_address as fn(&Value) -> Value), ("shipping", whole_shipping)] {
        if params.has(name) {
            fields[name] = whole(&params.or_null(name));
        }
    }
    if params.has("invoice_settings") {
        let mut settings = before["invoice_settings"].as_object().cloned().unwrap_or_default();
        settings.extend(params.group("invoice_settings").0);
        fields["invoice_settings"] = Value::Object(settings);
    }
    let previous = world.change(id, fields);
    world.emit_change("customer.updated", id, previous);
    find(world, id)
}

/// `DELETE /v1/customers/{id}`
pub fn delete(world: &mut World, id: &str) -> ApiResult<Value> {
    find(world, id)?;
    for subscription in wallet::live_subscriptions(world, id) {
        ending::end(world, &subscription, "cancellation_requested");
    }
    world.emit("customer.deleted", id);
    Ok(world.put(json!({ "id": id, "object": "customer", "deleted": true })))
}

fn find(world: &World, id: &str) -> ApiResult<Value> {
    match world.find("customer", id, "id")? {
        customer if customer["deleted"] == true => Err(ApiError::no_such("customer", id, "id")),
        customer => Ok(customer),
    }
}

fn check(world: &World, params: &Params) -> ApiResult<()> {
    if let Some(method) = params.group("invoice_settings").text("default_payment_method") {
        referred(world, "payment_method", method, "invoice_settings[default_payment_method]")?;
    }
    params.text("email").map_or(Ok(()), |email| check_email(email, "email"))
}
