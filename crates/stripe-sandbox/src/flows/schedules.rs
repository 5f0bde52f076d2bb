//! Subscription schedules: other items from a later day on.

use super::{billing, ending, plan_change};
use crate::calendar::Rhythm;
use crate::objects::subscription;
use crate::params::Params;
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// Plans a timer at the end of each phase.
pub fn plan(world: &mut World, schedule: &Value) {
    let id = text(schedule, "id");
    for phase in schedule["phases"].as_array().into_iter().flatten() {
        world.plan(int(phase, "end_date"), Timer::SchedulePhase(id.to_owned()));
    }
}

/// A phase has ended: the next one begins, or the schedule is over.
pub fn advance(world: &mut World, id: &str) {
    let Some(schedule) = world.get("subscription_schedule", id).filter(|found| found["status"] == "active").cloned()
    else {
        return;
    };
    let now = world.now();
    let phases = schedule["phases"].as_array().cloned().unwrap_or_default();
    let current = phases.iter().find(|phase| int(phase, "start_date") <= now && now < int(phase, "end_date"));
    match current {
        Some(phase) if schedule["current_phase"]["start_date"] != phase["start_date"] => {
            let times = json!({ "start_date": phase["start_date"], "end_date": phase["end_date"] });
            let previous = world.change(id, json!({ "current_phase": times }));
            enter(world, text(&schedule, "subscription"), phase);
            world.emit_change("subscription_schedule.updated", id, previous);
        }
        Some(_) => {}
        None if phases.iter().any(|phase| int(phase, "start_date") > now) => {}
        None => {
            let subscription = text(&schedule, "subscription").to_owned();
            if schedule["end_behavior"] == "cancel" {
                world.change(id, json!({ "status": "completed", "completed_at": now, "current_phase": null }));
                world.emit("subscription_schedule.completed", id);
                world.change(&subscription, json!({ "schedule": null }));
                ending::end(world, &subscription, "cancellation_requested");
            } else {
                release(world, id);
            }
        }
    }
}

/// The subscription takes a phase's items. At the end of a period that costs nothing: the renewal right after bills them.
fn enter(world: &mut World, subscription_id: &str, phase: &Value) {
    let Some(before) = world.get("subscription", subscription_id).cloned() else { return };
    let now = world.now();
    let (start, end) = subscription::period(&before);
    let wanted: Vec<(Value, i64)> = phase["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| Some((world.any(text(item, "price"))?.clone(), int(item, "quantity"))))
        .collect();
    if now < end {
        let old = subscription::items(&before);
        let mut changes: Vec<Value> =
            wanted.iter().map(|(price, quantity)| json!({ "price": price["id"], "quantity": quantity })).collect();
        for (change, item) in changes.iter_mut().zip(&old) {
            change["id"] = item["id"].clone();
        }
        changes.extend(old.iter().skip(wanted.len()).map(|item| json!({ "id": item["id"], "deleted": true })));
        let mut params = Params::default();
        params.0.insert("items".to_owned(), json!(changes));
        params.0.insert("proration_behavior".to_owned(), phase["proration_behavior"].clone());
        let lines = plan_change::apply(world, subscription_id, &params).unwrap_or_default();
        world.emit_since("customer.subscription.updated", &before);
        if let Some(lines) = lines {
            billing::bill(world, subscription_id, "subscription_update", lines);
        }
        return;
    }
    let rhythm = |price: Option<&Value>| price.and_then(Rhythm::of);
    let same = rhythm(before["items"]["data"].get(0).map(|item| &item["price"]))
        == rhythm(wanted.first().map(|(price, _)| price));
    let items = wanted
        .iter()
        .map(|(price, quantity)| subscription::item(world, subscription_id, price, *quantity, start, end, json!({})))
        .collect();
    world.change(subscription_id, json!({ "items": subscription::with_items(&before, items) }));
    if !same {
        world.change(subscription_id, json!({ "billing_cycle_anchor": now }));
    }
    world.emit_since("customer.subscription.updated", &before);
}

/// The schedule lets go; the subscription goes on as it is.
pub fn release(world: &mut World, id: &str) {
    let Some(schedule) = world.get("subscription_schedule", id).cloned() else { return };
    let subscription = text(&schedule, "subscription").to_owned();
    let fields = json!({
        "status": "released",
        "released_at": world.now(),
        "released_subscription": subscription,
        "subscription": null,
        "current_phase": null,
    });
    world.change(id, fields);
    world.emit("subscription_schedule.released", id);
    let previous = world.change(&subscription, json!({ "schedule": null }));
    world.emit_change("customer.subscription.updated", &subscription, previous);
}

/// The schedule of a subscription that ends is canceled with it.
pub fn abandon(world: &mut World, subscription: &Value) {
    if let Some(id) = subscription["schedule"].as_str() {
        world.change(id, json!({ "status": "canceled", "canceled_at": world.now(), "current_phase": null }));
        world.emit("subscription_schedule.canceled", id);
    }
}
