//! The rows of the control page's tables, with the buttons that fit their state.

use super::portal::tone;
use crate::calendar::{day, rate};
use crate::flows::{billing, delayed};
use crate::money::display;
use crate::objects::subscription as subscriptions;
use crate::world::{World, int, text};
use chrono::DateTime;
use serde_json::{Value, json};

/// A button: what it says and the command it stands for.
fn button(label: &str, command: &str, arguments: Value) -> Value {
    json!({ "label": label, "command": command, "arguments": arguments })
}

/// A Checkout Session.
pub fn session(world: &World, session: &Value) -> Value {
    let (id, currency) = (text(session, "id"), text(session, "currency"));
    let intent = delayed::intent_of(world, session);
    let charge = world.follow(&intent, "latest_charge");
    let disputes: Vec<&Value> = world.of("dispute", "charge", text(&charge, "id")).collect();
    let disputed = disputes.iter().find(|dispute| text(dispute, "status").contains("needs_response"));
    let (status, tone) = status(session, &charge, disputes.first().copied());
    let mut actions = Vec::new();
    if session["status"] == "open" {
        actions.push(button("Pay", "pay", json!({ "session": id })));
        actions.push(button("Decline", "decline", json!({ "session": id })));
        actions.push(button("Expire", "expire", json!({ "session": id })));
    }
    if charge["status"] == "pending" {
        for (label, outcome) in [("Money arrives", "succeeded"), ("Debit fails", "failed")] {
            actions.push(button(label, "settle_delayed", json!({ "session": id, "outcome": outcome })));
        }
    }
    let left = int(&charge, "amount_captured") - int(&charge, "amount_refunded");
    if charge["disputed"] == false && left > 0 {
        actions.push(button("Dispute", "open_dispute", json!({ "payment_intent": intent["id"] })));
    }
    if let Some(dispute) = disputed {
        for (label, outcome) in [("Shop wins", "won"), ("Shop loses", "lost")] {
            actions.push(button(label, "close_dispute", json!({ "dispute": dispute["id"], "outcome": outcome })));
        }
    }
    for refund in world.of("refund", "charge", text(&charge, "id")) {
        let amount = display(int(refund, "amount"), currency);
        if refund["status"] == "pending" {
            actions.push(button(
                &format!("Refund of {amount} arrives"),
                "settle_refund",
                json!({ "refund": refund["id"] }),
            ));
        }
        if refund["status"] != "failed" {
            actions.push(button(
                &format!("Refund of {amount} fails"),
                "fail_refund",
                json!({ "refund": refund["id"] }),
            ));
        }
    }
    let names: Vec<&str> =
        session["_line_items"].as_array().into_iter().flatten().map(|line| text(line, "description")).collect();
    let refunded = int(&charge, "amount_refunded");
    json!({
        "id": id,
        "url": session["url"],
        "currency": currency,
        "made": clock_time(session),
        "what": if names.is_empty() { text(session, "mode").to_owned() } else { names.join(", ") },
        "email": session["customer_details"]["email"].as_str().or(session["customer_email"].as_str()),
        "payment_intent": intent["id"].as_str(),
        "amount": display(int(session, "amount_total"), currency),
        "refunded": (refunded > 0).then(|| display(refunded, currency)),
        "left": (left > 0 && disputed.is_none()).then(|| display(left, currency)),
        "status": status,
        "tone": tone,
        "actions": actions,
    })
}

fn status(session: &Value, charge: &Value, dispute: Option<&Value>) -> (String, &'static str) {
    if let Some(dispute) = dispute {
        let tone = if dispute["status"] == "won" || dispute["status"] == "warning_closed" { "good" } else { "bad" };
        return (format!("dispute {}", text(dispute, "status").replace('_', " ")), tone);
    }
    let (status, tone) = match (text(session, "status"), text(session, "payment_status"), text(charge, "status")) {
        ("open", ..) => ("open", "plain"),
        ("expired", ..) => ("expired", "plain"),
        (_, "unpaid", "failed") => ("failed", "bad"),
        (_, "unpaid", _) => ("waiting for the bank", ""),
        _ if charge["refunded"] == true => ("refunded", "plain"),
        _ if int(charge, "amount_refunded") > 0 => ("partly refunded", "good"),
        _ => ("paid", "good"),
    };
    (status.to_owned(), tone)
}

/// A subscription.
pub fn subscription(world: &World, found: &Value) -> Value {
    let (id, customer) = (text(found, "id"), world.follow(found, "customer"));
    let item = &found["items"]["data"][0];
    let status = text(found, "status");
    let (_, end) = subscriptions::period(found);
    let next = match (status, found["cancel_at"].as_i64()) {
        ("canceled", _) => format!("ended {}", day(int(found, "ended_at"))),
        (_, Some(at)) => format!("ends {}", day(at)),
        (_, None) => format!("renews {}", day(end)),
    };
    let invoice = world.follow(found, "latest_invoice");
    let mut actions = Vec::new();
    if status != "canceled" {
        actions.push(button("To its renewal", "advance_to_renewal", json!({ "subscription": id })));
        let (works, fails) = (
            json!({ "customer": customer["id"], "card": "visa" }),
            json!({ "customer": customer["id"], "card": "declined" }),
        );
        actions.push(button("Card fails from now on", "turn_cards", fails));
        actions.push(button("Card works again", "turn_cards", works));
        if found["cancel_at"].is_null() {
            actions.push(button("Customer cancels", "cancel_in_portal", json!({ "subscription": id })));
        }
    }
    if invoice["status"] == "open" {
        actions.push(button("Retry payment", "retry_payment", json!({ "subscription": id })));
    }
    json!({
        "id": id,
        "made": clock_time(found),
        "what": billing::product_name(world, &item["price"]),
        "email": customer["email"],
        "rate": rate(&item["price"]),
        "next": next,
        "status": status.replace('_', " "),
        "tone": tone(status),
        "invoice_url": invoice["hosted_invoice_url"],
        "actions": actions,
    })
}

/// When an object was made.
pub fn clock_time(object: &Value) -> String {
    time(int(object, "created"))
}

/// A time, to the second.
pub fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(|time| time.format("%b %-d %H:%M:%S").to_string()).unwrap_or_default()
}
