//! The control handle over HTTP: `POST /_sandbox/<action>` and a few `GET`s.

use super::{Command, Control, command};
use crate::error::ApiError;
use crate::shared::Shared;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use serde_json::{Value, json};
use std::time::Duration;

/// `/_sandbox/…`
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/_sandbox")
            .route("/wait_until_idle", web::post().to(wait_until_idle))
            .route("/{what}", web::get().to(show))
            .route("/objects/{id}", web::get().to(show_object))
            .route("/{action}", web::post().to(act)),
    );
}

async fn act(action: Path<String>, body: Bytes, shared: Data<Shared>) -> impl Responder {
    let body: Value = if body.is_empty() {
        json!({})
    } else {
        match serde_json::from_slice(&body) {
            Ok(body) => body,
            Err(error) => return answer(Err(ApiError::invalid(error.to_string()))),
        }
    };
    let command: Result<Command, _> = serde_json::from_value(json!({ action.into_inner(): body }));
    answer(match command {
        Ok(command) => Control::new(shared.into_inner()).run(command),
        Err(error) => Err(ApiError::invalid(error.to_string())),
    })
}

async fn show(what: Path<String>, shared: Data<Shared>) -> impl Responder {
    let control = Control::new(shared.into_inner());
    answer(Ok(match what.as_str() {
        "clock" => command::clock(&control),
        "delivery" => json!(control.delivery_settings()),
        "deliveries" => json!(control.deliveries()),
        "requests" => json!(control.requests()),
        "events" => json!(control.objects("event")),
        "sessions" => json!(control.objects("checkout.session")),
        "refunds" => json!(control.objects("refund")),
        "disputes" => json!(control.objects("dispute")),
        "subscriptions" => json!(control.objects("subscription")),
        "invoices" => json!(control.objects("invoice")),
        other => return answer(Err(ApiError::no_such("view", other, "path"))),
    }))
}

async fn show_object(id: Path<String>, shared: Data<Shared>) -> impl Responder {
    let found = Control::new(shared.into_inner()).object(&id);
    answer(found.ok_or_else(|| ApiError::no_such("object", &id, "id")))
}

async fn wait_until_idle(shared: Data<Shared>) -> impl Responder {
    let idle = Control::new(shared.into_inner()).wait_until_idle(Duration::from_secs(30)).await;
    answer(Ok(json!({ "idle": idle })))
}

fn answer(outcome: Result<Value, ApiError>) -> HttpResponse {
    match outcome {
        Ok(body) => HttpResponse::Ok().json(body),
        Err(error) => {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
            HttpResponse::build(status).json(error.body("req_sandbox"))
        }
    }
}
