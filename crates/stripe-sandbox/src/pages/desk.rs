//! The control page: what customers, banks and people at the Dashboard do, by button.

use super::desk_rows as rows;
use super::{page, see_other};
use crate::control::{Command, Control};
use crate::error::{ApiError, ApiResult};
use crate::money::parse;
use crate::shared::Shared;
use crate::webhooks::DeliveryState;
use crate::world::{World, text};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
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
            "sessions": world.all("checkout.session").take(SESSIONS_SHOWN).map(|row| rows::session(world, row)).collect::<Vec<_>>(),
            "subscriptions": world.all("subscription").take(SESSIONS_SHOWN).map(|row| rows::subscription(world, row)).collect::<Vec<_>>(),
            "dunning_end": world.dunning_end,
            "clock": clock(world),
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
        "dunning_end" => arguments = json!({ "outcome": field("outcome") }),
        "refund" if !field("amount").trim().is_empty() => {
            let amount = parse(field("amount").trim(), field("currency"));
            let amount = amount.ok_or_else(|| ApiError::invalid("That is no amount; write it like 12.50."))?;
            arguments["amount"] = json!(amount);
        }
        _ => {}
    }
    serde_json::from_value(json!({ field("command"): arguments })).map_err(bad)
}

fn event(event: &Value, delivered: &HashMap<String, String>) -> Value {
    json!({
        "id": text(event, "id"),
        "made": rows::clock_time(event),
        "kind": text(event, "type"),
        "object": text(&event["data"]["object"], "id"),
        "delivery": delivered.get(text(event, "id")),
    })
}

fn clock(world: &World) -> Value {
    let ahead = world.clock_offset();
    let (days, hours) = (ahead / 86_400, ahead % 86_400 / 3600);
    let told = if ahead == 0 { "not at all".to_owned() } else { format!("{days} days {hours} hours") };
    json!({ "now": rows::time(world.now()), "ahead": told })
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
