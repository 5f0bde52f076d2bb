//! Subscription schedules.

use super::referred;
use crate::calendar::Rhythm;
use crate::error::{ApiError, ApiResult};
use crate::flows::plan_change::price_of;
use crate::flows::{ending, schedules};
use crate::objects::schedule::{self, Phase};
use crate::objects::{merged_metadata, metadata, subscription};
use crate::params::Params;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// `POST /v1/subscription_schedules`
pub fn create(world: &mut World, params: &Params) -> ApiResult<Value> {
    let Some(id) = params.text("from_subscription") else {
        let message = "The sandbox plays schedules made with `from_subscription` only.";
        return Err(ApiError::invalid(message).param("from_subscription").status(501));
    };
    if params.has("phases") || params.has("end_behavior") {
        let message = "`from_subscription` can't be used together with `phases` or `end_behavior`; update them after.";
        return Err(ApiError::invalid(message).param("from_subscription"));
    }
    let found = referred(world, "subscription", id, "from_subscription")?;
    if !found["schedule"].is_null() {
        let message = "You cannot migrate a subscription that is already attached to a schedule.";
        return Err(ApiError::invalid(message).param("from_subscription"));
    }
    let (start, end) = subscription::period(&found);
    let items = subscription::items(&found).iter().map(|item| (item["price"].clone(), int(item, "quantity"))).collect();
    let proration = "create_prorations".to_owned();
    let phase = schedule::phase(&Phase { items, start, end, proration, metadata: json!({}) }, &found["currency"]);
    let made = schedule::create(world, &found, vec![phase], "release", metadata(params));
    let schedule_id = text(&made, "id");
    world.emit("subscription_schedule.created", schedule_id);
    let previous = world.change(id, json!({ "schedule": schedule_id }));
    world.emit_change("customer.subscription.updated", id, previous);
    schedules::plan(world, &made);
    Ok(made)
}

/// `POST /v1/subscription_schedules/{id}`
pub fn update(world: &mut World, id: &str, params: &Params) -> ApiResult<Value> {
    let before = active(world, id)?;
    if params.has("phases") {
        let phases = phases(world, &before, params)?;
        world.change(id, json!({ "phases": phases }));
        let current = world.find("subscription_schedule", id, "id")?;
        schedules::plan(world, &current);
    }
    if let Some(end) = params.text("end_behavior") {
        world.change(id, json!({ "end_behavior": end }));
    }
    if params.has("metadata") {
        world.change(id, json!({ "metadata": merged_metadata(&before["metadata"], params) }));
    }
    world.emit_since("subscription_schedule.updated", &before);
    // A phase that begins now takes effect now.
    schedules::advance(world, id);
    world.find("subscription_schedule", id, "id")
}

/// `POST /v1/subscription_schedules/{id}/release`
pub fn release(world: &mut World, id: &str) -> ApiResult<Value> {
    active(world, id)?;
    schedules::release(world, id);
    world.find("subscription_schedule", id, "id")
}

/// `POST /v1/subscription_schedules/{id}/cancel`: the subscription ends with it.
pub fn cancel(world: &mut World, id: &str) -> ApiResult<Value> {
    let before = active(world, id)?;
    ending::end(world, text(&before, "subscription"), "cancellation_requested");
    world.find("subscription_schedule", id, "id")
}

fn active(world: &World, id: &str) -> ApiResult<Value> {
    let found = world.find("subscription_schedule", id, "id")?;
    if found["status"] == "active" {
        return Ok(found);
    }
    let message =
        format!("This subscription schedule has the status `{}` and cannot be changed.", text(&found, "status"));
    Err(ApiError::invalid(message))
}

fn phases(world: &mut World, schedule: &Value, params: &Params) -> ApiResult<Vec<Value>> {
    let subscription = world.follow(schedule, "subscription");
    let mut start = int(&schedule["current_phase"], "start_date");
    let mut phases = Vec::new();
    for (index, sent) in params.list("phases").iter().enumerate() {
        let sent = Params(sent.as_object().cloned().unwrap_or_default());
        let path = format!("phases[{index}]");
        if sent.int("start_date").is_some_and(|given| given != start) {
            let message = if index == 0 {
                "You can not modify the start date of the current phase."
            } else {
                "Phases must follow one another without a gap."
            };
            return Err(ApiError::invalid(message).param(format!("{path}[start_date]")));
        }
        let mut items = Vec::new();
        for (number, item) in sent.list("items").iter().enumerate() {
            let item = Params(item.as_object().cloned().unwrap_or_default());
            let path = format!("{path}[items][{number}]");
            let price = price_of(world, &item, &path, &subscription["currency"])?;
            let price = price.ok_or_else(|| ApiError::missing(&format!("{path}[price]")))?;
            items.push((price, item.int("quantity").unwrap_or(1)));
        }
        let end = phase_end(world.now(), &sent, &items, start, &path)?;
        let proration = sent.text("proration_behavior").unwrap_or("create_prorations").to_owned();
        let phase = Phase { items, start, end, proration, metadata: metadata(&sent) };
        phases.push(schedule::phase(&phase, &subscription["currency"]));
        start = end;
    }
    Ok(phases)
}

/// A phase ends on a date, after a time, or after one period of its price.
fn phase_end(now: i64, sent: &Params, items: &[(Value, i64)], start: i64, path: &str) -> ApiResult<i64> {
    let end = match (sent.get("end_date"), sent.get("duration")) {
        (Some(Value::String(_)), None) => Some(now),
        (Some(at), None) => at.as_i64(),
        (None, Some(duration)) => {
            Rhythm::of(&json!({ "recurring": duration })).map(|rhythm| rhythm.next_end(start, start))
        }
        (None, None) => items.first().and_then(|(price, _)| Some(Rhythm::of(price)?.next_end(start, start))),
        (Some(_), Some(_)) => None,
    };
    let error = ApiError::invalid("A phase needs an `end_date` after its start, or a `duration`.");
    end.filter(|end| *end > start).ok_or_else(|| error.param(format!("{path}[end_date]")))
}
