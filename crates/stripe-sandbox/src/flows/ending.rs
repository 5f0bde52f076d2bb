//! Subscriptions end: now, at the period's end, or not after all.

use super::{billing, schedules};
use crate::error::{ApiError, ApiResult};
use crate::objects::subscription;
use crate::params::Params;
use crate::timers::Timer;
use crate::world::World;
use serde_json::{Value, json};

/// Ends a subscription now.
pub fn end(world: &mut World, id: &str, reason: &str) {
    let Some(before) = world.get("subscription", id).filter(|found| found["status"] != "canceled").cloned() else {
        return;
    };
    let mut details = before["cancellation_details"].clone();
    if details["reason"].is_null() {
        details["reason"] = json!(reason);
    }
    let canceled_at = before["canceled_at"].as_i64().unwrap_or(world.now());
    let fields = json!({
        "status": "canceled",
        "ended_at": world.now(),
        "canceled_at": canceled_at,
        "cancellation_details": details,
    });
    world.change(id, fields);
    billing::stop_collecting(world, id);
    schedules::abandon(world, &before);
    world.emit("customer.subscription.deleted", id);
}

/// The time a subscription was to end has come.
pub fn end_if_due(world: &mut World, id: &str) {
    let due = world.get("subscription", id).and_then(|found| found["cancel_at"].as_i64());
    if due.is_some_and(|at| at <= world.now()) {
        end(world, id, "cancellation_requested");
    }
}

/// Plans the end. Over the API both fields are set for the period's end; in the portal only `cancel_at`, and
/// `cancel_at_period_end` stays false: flexible billing does that.
pub fn end_at(world: &mut World, id: &str, at: i64, in_portal: bool) {
    let Some(before) = world.get("subscription", id).cloned() else { return };
    let (_, period_end) = subscription::period(&before);
    let mut details = before["cancellation_details"].clone();
    details["reason"] = json!("cancellation_requested");
    let fields = json!({
        "cancel_at": at,
        "cancel_at_period_end": at == period_end && !in_portal,
        "canceled_at": world.now(),
        "cancellation_details": details,
    });
    world.change(id, fields);
    world.plan(at, Timer::CancelSubscription(id.to_owned()));
}

/// The customer cancels in the portal, for the end of the period.
///
/// # Errors
/// When the subscription does not exist or has ended.
pub fn end_in_portal(world: &mut World, id: &str) -> ApiResult<Value> {
    let before = world.find("subscription", id, "subscription")?;
    if before["status"] == "canceled" {
        return Err(ApiError::invalid("This subscription has ended."));
    }
    let (_, at) = subscription::period(&before);
    end_at(world, id, at, true);
    world.emit_since("customer.subscription.updated", &before);
    world.find("subscription", id, "subscription")
}

/// Takes a planned end back.
pub fn resume(world: &mut World, id: &str) {
    let none = json!({ "comment": null, "feedback": null, "feedback_option": null, "reason": null });
    let fields = json!({
        "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null, "cancellation_details": none,
    });
    world.change(id, fields);
}

/// Notes why the customer leaves, as sent in `cancellation_details`.
pub fn note_reasons(world: &mut World, id: &str, sent: &Params) {
    let Some(mut details) = world.any(id).map(|found| found["cancellation_details"].clone()) else { return };
    for (name, value) in &sent.0 {
        details[name] = value.clone();
    }
    world.change(id, json!({ "cancellation_details": details }));
}
