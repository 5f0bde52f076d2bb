//! Subscriptions.

use super::referred;
use crate::error::{ApiError, ApiResult};
use crate::flows::{billing, ending, plan_change, renewal};
use crate::objects::{merged_metadata, subscription};
use crate::params::Params;
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// `POST /v1/subscriptions/{id}`
pub fn update(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    let before = world.find("subscription", id, "id")?;
    if matches!(text(&before, "status"), "canceled" | "incomplete_expired") {
        let allowed = ["metadata", "cancellation_details"];
        if params.0.keys().any(|name| !allowed.contains(&name.as_str())) {
            let message = "A canceled subscription can only update its cancellation_details and metadata.";
            return Err(ApiError::invalid(message));
        }
    }
    if let Some(method) = params.text("default_payment_method") {
        referred(world, "payment_method", method, "default_payment_method")?;
    }
    refuse_unplayed(params)?;
    check_end(world.now(), params)?;
    let billed = ["items", "billing_cycle_anchor", "trial_end"].iter().any(|name| params.has(name));
    if billed && params.text("payment_behavior") == Some("error_if_incomplete") {
        refuse_unpayable(world, &before, params)?;
    }
    let lines = if billed { plan_change::apply(world, id, params)? } else { None };
    set_fields(world, id, &before, params);
    plan_end(world, id, params);
    world.emit_since("customer.subscription.updated", &before);
    if let Some(lines) = lines {
        billing::bill(world, id, "subscription_update", lines);
    }
    world.find("subscription", id, "id")
}

/// Loud about what is known to Stripe and not played here.
fn refuse_unplayed(params: &Params) -> ApiResult<()> {
    let unplayed = ["add_invoice_items", "discounts", "collection_method", "pending_invoice_item_interval"];
    match unplayed.iter().find(|name| params.has(name)) {
        Some(name) => {
            let message = format!("The sandbox does not play `{name}` of subscriptions.");
            Err(ApiError::invalid(message).param(*name).status(501))
        }
        None => Ok(()),
    }
}

/// Tries the change in a copy of the world: with `error_if_incomplete` nothing changes unless it can be paid.
fn refuse_unpayable(world: &World, before: &Value, params: &Params) -> ApiResult<()> {
    let mut copy = world.clone();
    let lines = plan_change::apply(&mut copy, text(before, "id"), params)?.unwrap_or_default();
    let due: i64 = lines.iter().map(|line| int(line, "amount")).sum();
    let decline = billing::later_decline(world, &world.follow(before, "default_payment_method"));
    match decline {
        Some(decline) if due > 0 => {
            Err(ApiError { kind: "card_error", ..ApiError::invalid(decline.message).code(decline.code).status(402) })
        }
        _ => Ok(()),
    }
}

fn set_fields(world: &mut World, id: &str, before: &Value, params: &Params) {
    for name in ["description", "default_payment_method"] {
        if params.has(name) {
            world.change(id, json!({ name: params.or_null(name) }));
        }
    }
    if params.has("metadata") {
        world.change(id, json!({ "metadata": merged_metadata(&before["metadata"], params) }));
    }
    if params.has("pause_collection") {
        let pause = params
            .get("pause_collection")
            .filter(|sent| sent.is_object())
            .map(|sent| json!({ "behavior": sent["behavior"], "resumes_at": sent.get("resumes_at") }));
        if let Some(at) = params.group("pause_collection").int("resumes_at") {
            world.plan(at, Timer::ResumeCollection(id.to_owned()));
        }
        world.change(id, json!({ "pause_collection": pause }));
    }
}

/// Refuses an end that cannot be planned, before anything is changed.
fn check_end(now: i64, params: &Params) -> ApiResult<()> {
    if params.has("cancel_at") && params.has("cancel_at_period_end") {
        let message = "You may only specify one of these parameters: cancel_at, cancel_at_period_end.";
        return Err(ApiError::invalid(message).param("cancel_at"));
    }
    match params.int("cancel_at") {
        Some(at) if at <= now => {
            Err(ApiError::invalid("`cancel_at` must be a timestamp in the future.").param("cancel_at"))
        }
        _ => Ok(()),
    }
}

fn plan_end(world: &mut World, id: &str, params: &Params) {
    let (_, period_end) = world.any(id).map(subscription::period).unwrap_or_default();
    match (params.flag("cancel_at_period_end"), params.get("cancel_at")) {
        (Some(false), _) | (None, Some(Value::Null)) => ending::resume(world, id),
        (Some(true), _) => ending::end_at(world, id, period_end, false),
        (None, Some(at)) => ending::end_at(world, id, at.as_i64().unwrap_or(period_end), false),
        (None, None) => {}
    }
    // Reasons given together with the end stay.
    if params.has("cancellation_details") {
        ending::note_reasons(world, id, &params.group("cancellation_details"));
    }
}

/// `DELETE /v1/subscriptions/{id}`
pub fn cancel(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    let before = world.find("subscription", id, "id")?;
    if before["status"] == "canceled" {
        return Err(ApiError::no_such("subscription", id, "id"));
    }
    if params.has("cancellation_details") {
        ending::note_reasons(world, id, &params.group("cancellation_details"));
    }
    let mut lines = before["_pending_lines"].as_array().cloned().unwrap_or_default();
    if params.flag("prorate") == Some(true) {
        lines.extend(plan_change::unused(world, &before));
    }
    ending::end(world, id, "cancellation_requested");
    if params.flag("invoice_now") == Some(true) && !lines.is_empty() {
        let invoice = billing::draft(world, id, "subscription_update", lines);
        billing::finalize(world, &invoice);
        billing::collect(world, &invoice, None);
    }
    world.find("subscription", id, "id")
}

/// `POST /v1/subscriptions/{id}/pause`
pub fn pause(world: &mut World, id: &str) -> ApiResult<Value> {
    let before = world.find("subscription", id, "id")?;
    if !matches!(text(&before, "status"), "active" | "trialing" | "past_due") {
        return Err(ApiError::invalid("Only a running subscription can be paused."));
    }
    let paused = json!({
        "subscription": { "type": "pause_requested" },
        "transitioned_at": world.now(),
        "type": "subscription",
    });
    world.change(id, json!({ "status": "paused", "status_details": { "paused": paused } }));
    world.emit_since("customer.subscription.updated", &before);
    world.emit("customer.subscription.paused", id);
    world.find("subscription", id, "id")
}

/// `POST /v1/subscriptions/{id}/resume`: a new period begins now, unless the anchor stays.
pub fn resume(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    let before = world.find("subscription", id, "id")?;
    if before["status"] != "paused" {
        return Err(ApiError::invalid("Only a paused subscription can be resumed."));
    }
    world.change(id, json!({ "status": "active" }));
    world.drop_field(id, "status_details");
    let unchanged = params.group("billing_cycle_anchor").text("type") == Some("unchanged");
    let (_, end) = subscription::period(&before);
    if unchanged && end > world.now() {
        world.emit_since("customer.subscription.updated", &before);
    } else {
        let mut restart = Params::default();
        restart.0.insert("billing_cycle_anchor".to_owned(), json!({ "type": "now" }));
        restart.0.insert("proration_behavior".to_owned(), json!("none"));
        let lines = plan_change::apply(world, id, &restart)?.unwrap_or_default();
        world.emit_since("customer.subscription.updated", &before);
        billing::bill(world, id, "subscription_update", lines);
    }
    world.emit("customer.subscription.resumed", id);
    let current = world.find("subscription", id, "id")?;
    renewal::plan(world, &current);
    Ok(current)
}
