//! The control page: what customers, banks and people at the Dashboard do, by button.

use super::{page, see_other};
use crate::control::{Command, Control};
use crate::error::{ApiError, ApiResult};
use crate::money::{display, parse};
use crate::shared::Shared;
use crate::webhooks::DeliveryState;
use crate::world::{World, int, text};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

const SESSIONS_SHOWN: usize = 50;
const EVENTS_SHOWN: usize = 80;

/// What the last button did.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    notice: Option<String>,
    problem: Option<String>,
}

/// `GET /`
pub async fn show(told: Query<Told>, shared: Data<Shared>) -> HttpResponse {
    let context = shared.with(|world| {
        let delivered = deliveries_by_event(world);
        let count = |state| world.mailbox.deliveries().iter().filter(|delivery| delivery.state == state).count();
        json!({
            "notice": told.notice,
            "problem": told.problem,
            "webhook_url": world.mailbox.url,
            "delivery": world.mailbox.settings,
            "waiting": count(DeliveryState::Waiting),
            "held": count(DeliveryState::Held),
            "sessions": world.all("checkout.session").take(SESSIONS_SHOWN).map(|row| session(world, row)).collect::<Vec<_>>(),
            "events": world.all("event").take(EVENTS_SHOWN).map(|row| event(row, &delivered)).collect::<Vec<_>>(),
        })
    });
    page(StatusCode::OK, "desk.html", context)
}

/// `POST /_desk`: a button.
pub async fn act(fields: Form<HashMap<String, String>>, shared: Data<Shared>) -> HttpResponse {
    let control = Control::new(shared.into_inner());
    let (name, told) = match command(&fields).and_then(|command| control.run(command)) {
        Ok(_) => ("notice", "Done.".to_owned()),
        Err(error) => ("problem", error.message),
    };
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, &told).finish();
    see_other(&format!("/?{query}"))
}

/// The command a form stands for.
fn command(fields: &HashMap<String, String>) -> ApiResult<Command> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let bad = |error: serde_json::Error| ApiError::invalid(error.to_string());
    let mut arguments = match field("arguments") {
        "" => json!({}),
        text => serde_json::from_str(text).map_err(bad)?,
    };
    match field("command") {
        "delivery" => {
            let shuffle = fields.contains_key("shuffle").then_some(1);
            let duplicates: u32 = field("duplicates").parse().unwrap_or(0);
            arguments = json!({ "hold": fields.contains_key("hold"), "shuffle": shuffle, "duplicates": duplicates });
        }
        "refund" if !field("amount").trim().is_empty() => {
            let amount = parse(field("amount").trim(), field("currency"));
            let amount = amount.ok_or_else(|| ApiError::invalid("That is no amount; write it like 12.50."))?;
            arguments["amount"] = json!(amount);
        }
        _ => {}
    }
    serde_json::from_value(json!({ field("command"): arguments })).map_err(bad)
}

fn session(world: &World, session: &Value) -> Value {
    let (id, currency) = (text(session, "id"), text(session, "currency"));
    let intent = world.follow(session, "payment_intent");
    let charge = world.follow(&intent, "latest_charge");
    let disputes: Vec<&Value> = world.of("dispute", "charge", text(&charge, "id")).collect();
    let disputed = disputes.iter().find(|dispute| text(dispute, "status").contains("needs_response"));
    let (status, tone) = status(session, &charge, disputes.first().copied());
    let button = |label: &str, command: &str, arguments: Value| json!({ "label": label, "command": command, "arguments": arguments });
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

fn event(event: &Value, delivered: &HashMap<String, String>) -> Value {
    json!({
        "id": text(event, "id"),
        "made": clock_time(event),
        "kind": text(event, "type"),
        "object": text(&event["data"]["object"], "id"),
        "delivery": delivered.get(text(event, "id")),
    })
}

/// What the shop answered last, per event.
fn deliveries_by_event(world: &World) -> HashMap<String, String> {
    let mut told = HashMap::new();
    for delivery in world.mailbox.deliveries() {
        let answer = delivery.attempts.last().map(|attempt| match (attempt.status, &attempt.error) {
            (Some(status), _) => format!("{status} after {} ms", attempt.took_ms),
            (None, error) => error.clone().unwrap_or_default(),
        });
        let state = match (delivery.state, answer) {
            (DeliveryState::Held, _) => "held".to_owned(),
            (DeliveryState::Waiting, None) => "waiting".to_owned(),
            (DeliveryState::Waiting, Some(answer)) => format!("{answer}, will retry"),
            (DeliveryState::Abandoned, answer) => format!("{}, given up", answer.unwrap_or_default()),
            (DeliveryState::Delivered, answer) => answer.unwrap_or_default(),
        };
        told.insert(delivery.event.clone(), state);
    }
    told
}

fn clock_time(object: &Value) -> String {
    DateTime::from_timestamp(int(object, "created"), 0)
        .map(|time| time.format("%b %-d %H:%M:%S").to_string())
        .unwrap_or_default()
}
