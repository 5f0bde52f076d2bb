//! Invoices: paying, voiding, previews.

use super::{lists, referred};
use crate::error::{ApiError, ApiResult};
use crate::flows::billing::Collected;
use crate::flows::{billing, plan_change, renewal};
use crate::ids;
use crate::objects::{invoice, subscription};
use crate::params::{Call, Params};
use crate::world::{World, text};
use serde_json::{Value, json};

/// `GET /v1/invoices/{id}/lines`
pub fn lines(world: &World, call: &Call, id: &str, params: &Params) -> ApiResult<Value> {
    let invoice = world.find("invoice", id, "id")?;
    let rows = invoice["lines"]["data"].as_array().map(|rows| rows.iter().collect()).unwrap_or_default();
    lists::page(rows, params, &call.path.replace("{id}", id), "line_item")
}

/// `POST /v1/invoices/{id}/pay`
pub fn pay(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    let found = world.find("invoice", id, "id")?;
    if found["status"] != "open" {
        let message = if found["status"] == "paid" { "Invoice is already paid" } else { "This invoice is not open." };
        return Err(ApiError::invalid(message));
    }
    if params.flag("paid_out_of_band") == Some(true) {
        billing::mark_paid(world, id);
        billing::settle_status(world, invoice::subscription_id(&found), Collected::Paid);
        return world.find("invoice", id, "id");
    }
    if let Some(method) = params.text("payment_method") {
        referred(world, "payment_method", method, "payment_method")?;
        world.change(invoice::subscription_id(&found), json!({ "default_payment_method": method }));
    }
    match billing::retry(world, id) {
        Some(Collected::Failed(decline)) => {
            Err(ApiError { kind: "card_error", ..ApiError::invalid(decline.message).code(decline.code).status(402) })
        }
        _ => world.find("invoice", id, "id"),
    }
}

/// `POST /v1/invoices/{id}/void`
pub fn void(world: &mut World, id: &str) -> ApiResult<Value> {
    if world.find("invoice", id, "id")?["status"] != "open" {
        return Err(ApiError::invalid("You can only void an open invoice."));
    }
    renewal::close(world, id, "void");
    world.find("invoice", id, "id")
}

/// `POST /v1/invoices/create_preview`: done in a copy of the world, which is then forgotten.
pub fn preview(world: &World, params: &Params) -> ApiResult<Value> {
    let mut copy = world.clone();
    let details = params.group("subscription_details");
    let id = match (params.text("subscription"), params.text("customer")) {
        (Some(id), _) => text(&referred(world, "subscription", id, "subscription")?, "id").to_owned(),
        (None, Some(customer)) => begin(&mut copy, customer, &details)?,
        (None, None) => {
            let message = "You must pass one of: customer, subscription, schedule.";
            return Err(ApiError::invalid(message).param("customer"));
        }
    };
    let found = copy.find("subscription", &id, "subscription")?;
    let ends = details.flag("cancel_at_period_end").unwrap_or(!found["cancel_at"].is_null())
        || details.flag("cancel_now") == Some(true)
        || found["status"] == "canceled";
    if ends && !details.has("items") {
        let error = ApiError::invalid("No upcoming invoices for customer").code("invoice_upcoming_none");
        return Err(error.status(404));
    }
    let is_new = params.text("subscription").is_none();
    let lines = match if is_new { None } else { plan_change::apply(&mut copy, &id, &details)? } {
        Some(lines) => lines,
        None => {
            if !is_new {
                let (_, end) = subscription::period(&copy.find("subscription", &id, "subscription")?);
                copy.set_now(end);
                renewal::begin_next_period(&mut copy, &id);
            }
            let current = copy.find("subscription", &id, "subscription")?;
            billing::cycle_lines(&mut copy, &current)
        }
    };
    let invoice = billing::draft(&mut copy, &id, "upcoming", lines);
    billing::finalize(&mut copy, &invoice);
    let mut shown = copy.find("invoice", &invoice, "id")?;
    let none = json!({
        "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
    });
    for (field, value) in [
        ("effective_at", Value::Null),
        ("hosted_invoice_url", Value::Null),
        ("invoice_pdf", Value::Null),
        ("number", Value::Null),
        ("webhooks_delivered_at", Value::Null),
        ("next_payment_attempt", json!(copy.now())),
        ("status", json!("draft")),
        ("status_transitions", none),
    ] {
        shown[field] = value;
    }
    let preview = ids::random("upcoming_in_", 24);
    if let Some(lines) = shown["lines"]["data"].as_array_mut() {
        lines.iter_mut().for_each(|line| line["invoice"] = json!(preview));
    }
    shown["lines"]["url"] = json!(format!("/v1/invoices/{preview}/lines"));
    shown["id"] = json!(preview);
    Ok(shown)
}

/// A subscription that the customer does not have yet, in the copy.
fn begin(copy: &mut World, customer: &str, details: &Params) -> ApiResult<String> {
    referred(copy, "customer", customer, "customer")?;
    let mut items = Vec::new();
    for (index, item) in details.list("items").iter().enumerate() {
        let item = Params(item.as_object().cloned().unwrap_or_default());
        let path = format!("subscription_details[items][{index}]");
        let id = item.text("price").ok_or_else(|| ApiError::missing(&format!("{path}[price]")))?;
        let price = referred(copy, "price", id, &format!("{path}[price]"))?;
        items.push((price, item.int("quantity").unwrap_or(1)));
    }
    if items.is_empty() {
        return Err(ApiError::missing("subscription_details[items]"));
    }
    let made = subscription::create(copy, &json!(customer), &Value::Null, &items, &Params::default());
    Ok(text(&made, "id").to_owned())
}
