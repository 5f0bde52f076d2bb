//! A period ends and the next one begins.

use super::billing;
use crate::calendar::Rhythm;
use crate::objects::subscription;
use crate::timers::Timer;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// Plans the renewal at the end of a subscription's current period.
pub fn plan(world: &mut World, subscription: &Value) {
    let (_, end) = subscription::period(subscription);
    world.plan(end, Timer::RenewSubscription(text(subscription, "id").to_owned()));
}

/// Seconds for which the invoice of a renewal stays a draft, before it is collected.
pub const DRAFT: i64 = 3600;

/// Renews a subscription whose period has ended. Its invoice is a draft for an hour: until then nothing is paid.
pub fn renew(world: &mut World, id: &str) {
    let Some(before) = world.get("subscription", id).cloned() else { return };
    let (_, end) = subscription::period(&before);
    let ended = matches!(text(&before, "status"), "canceled" | "incomplete" | "incomplete_expired" | "paused");
    if ended || end > world.now() {
        return;
    }
    begin_next_period(world, id);
    let current = world.any(id).cloned().unwrap_or_default();
    let lines = billing::cycle_lines(world, &current);
    world.change(id, json!({ "_pending_lines": [] }));
    let invoice = billing::draft(world, id, "subscription_cycle", lines);
    world.emit_since("customer.subscription.updated", &before);
    match (text(&current, "status"), text(&current["pause_collection"], "behavior")) {
        ("unpaid", _) | (_, "keep_as_draft") => {
            world.change(&invoice, json!({ "auto_advance": false }));
        }
        (_, "") => world.plan(world.now() + DRAFT, Timer::CollectInvoice(invoice)),
        (_, behavior) => {
            billing::finalize(world, &invoice);
            let voided = behavior == "void";
            close(world, &invoice, if voided { "void" } else { "uncollectible" });
        }
    }
}

/// The hour in which a renewal's invoice was a draft is over.
pub fn collect_if_due(world: &mut World, id: &str) {
    let Some(invoice) = world.get("invoice", id).cloned() else { return };
    if invoice["status"] != "draft" || invoice["auto_advance"] != true {
        return;
    }
    billing::finalize(world, id);
    billing::retry(world, id);
}

/// Ends an open invoice without payment: `void` or `uncollectible`.
pub fn close(world: &mut World, invoice: &str, status: &str) {
    let before = world.any(invoice).cloned().unwrap_or_default();
    let (field, event) = if status == "void" {
        ("voided_at", "invoice.voided")
    } else {
        ("marked_uncollectible_at", "invoice.marked_uncollectible")
    };
    let mut transitions = before["status_transitions"].clone();
    transitions[field] = json!(world.now());
    let fields = json!({
        "status": status, "status_transitions": transitions, "auto_advance": false, "next_payment_attempt": null,
    });
    world.change(invoice, fields);
    world.emit_since("invoice.updated", &before);
    world.emit(event, invoice);
}

/// Moves the items to the next period; a trial is over.
pub fn begin_next_period(world: &mut World, id: &str) {
    let current = world.any(id).cloned().unwrap_or_default();
    let (_, start) = subscription::period(&current);
    let items = subscription::items(&current);
    let anchor = int(&current, "billing_cycle_anchor");
    let end = items
        .first()
        .and_then(|item| Rhythm::of(&item["price"]))
        .map_or(start, |rhythm| rhythm.next_end(anchor, start));
    let moved = subscription::with_items(&current, subscription::with_period(items, start, end));
    world.change(id, json!({ "items": moved }));
    if current["status"] == "trialing" {
        world.change(id, json!({ "status": "active" }));
    }
    let renewed = world.any(id).cloned().unwrap_or_default();
    plan(world, &renewed);
}

/// A trial ends soon.
pub fn announce_trial_end(world: &mut World, id: &str) {
    if world.get("subscription", id).is_some_and(|found| found["status"] == "trialing") {
        world.emit("customer.subscription.trial_will_end", id);
    }
}

/// Collection goes on after a pause until now.
pub fn resume_collection(world: &mut World, id: &str) {
    let due = world.get("subscription", id).and_then(|found| found["pause_collection"]["resumes_at"].as_i64());
    if due.is_some_and(|at| at <= world.now()) {
        let previous = world.change(id, json!({ "pause_collection": null }));
        world.emit_change("customer.subscription.updated", id, previous);
    }
}
