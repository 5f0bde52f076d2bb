//! HTTP of the webhook.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::TimeDelta;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Page, Problem,
    webhook::{Finding, Received, Reconciliation, WebhookEvent, WebhookEventQuery, WebhookEventStatus},
};

use super::{
    handle, reconcile,
    store::{self, EventRecord},
};
use crate::{auth::Admin, error::Result, extract::Raw, paging, state::App};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(receive_webhook)
        .service(list_webhook_events)
        .service(replay_webhook_event)
        .service(get_reconciliation)
        .service(run_reconciliation);
}

/// Where Stripe delivers events. The signature is checked on the raw body; answered 200 once the event is on disk.
#[utoipa::path(
    tag = "webhook",
    operation_id = "receive_webhook",
    params(("Stripe-Signature" = String, Header, description = "`t=…,v1=…`, at most 300 s old")),
    request_body(content = String, description = "The event, as Stripe signed it", content_type = "application/json"),
    responses(
        (status = 200, description = "On disk; also for events that are known or not ours", body = Received),
        (status = 400, description = "`webhook.bad_signature`, `request.malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`webhook.not_configured`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/webhooks/stripe")]
async fn receive_webhook(app: App, request: HttpRequest, Raw(body): Raw) -> Result<HttpResponse> {
    let header = request.headers().get("Stripe-Signature").and_then(|header| header.to_str().ok());
    handle::check_signature(&body, header, &app.config.stripe_webhook_secrets, &app)?;
    handle::store_event(&app, &body).await?;
    Ok(HttpResponse::Ok().json(Received { received: true }))
}

/// Events that Stripe delivered, newest first.
#[utoipa::path(
    tag = "webhook",
    operation_id = "list_webhook_events",
    params(WebhookEventQuery),
    responses((status = 200, description = "A page of events", body = Page<WebhookEvent>)),
    security(("bearer" = [])),
)]
#[get("/admin/webhook-events")]
async fn list_webhook_events(app: App, _: Admin, query: web::Query<WebhookEventQuery>) -> Result<HttpResponse> {
    let limit = paging::limit(query.limit)?;
    let before = paging::cursor(query.cursor.as_deref())?;
    let status = query.status.map(|status| status.as_str());
    let rows = store::list_events(&app.db, status, before, limit + 1).await?;
    Ok(HttpResponse::Ok().json(paging::page(rows, limit, |row| row.id).map(event)))
}

/// Handle an event once more.
#[utoipa::path(
    tag = "webhook",
    operation_id = "replay_webhook_event",
    params(("id" = Uuid, Path, description = "The event, by our id")),
    responses((status = 200, description = "Queued again", body = WebhookEvent)),
    security(("bearer" = [])),
)]
#[post("/admin/webhook-events/{id}/replay")]
async fn replay_webhook_event(app: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = app.db.begin().await?;
    let record = handle::replay(&mut tx, &app, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(event(record)))
}

/// What the last comparison with Stripe found.
#[utoipa::path(
    tag = "webhook",
    operation_id = "get_reconciliation",
    responses((status = 200, description = "The last comparison", body = Reconciliation)),
    security(("bearer" = [])),
)]
#[get("/admin/reconciliation")]
async fn get_reconciliation(app: App, _: Admin) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(reconciliation(&app).await?))
}

/// Compare our books with Stripe's now.
#[utoipa::path(
    tag = "webhook",
    operation_id = "run_reconciliation",
    responses(
        (status = 200, description = "What it found", body = Reconciliation),
        (status = 503, description = "`payments.not_configured`, `payments.unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/reconciliation")]
async fn run_reconciliation(app: App, _: Admin) -> Result<HttpResponse> {
    reconcile::run(&app, TimeDelta::days(30)).await?;
    Ok(HttpResponse::Ok().json(reconciliation(&app).await?))
}

async fn reconciliation(app: &App) -> Result<Reconciliation> {
    let last = store::find_reconciliation(&app.db).await?;
    let findings = store::list_findings(&app.db).await?.into_iter().map(|(order_id, number, detail, found_at)| {
        Finding { order_id, order_number: number.map(|number| number.to_string()), detail, found_at }
    });
    Ok(Reconciliation {
        finished_at: last.map(|(at, ..)| at),
        compared: last.map_or(0, |(_, compared, _)| compared),
        repaired: last.map_or(0, |(.., repaired)| repaired),
        findings: findings.collect(),
    })
}

fn event(record: EventRecord) -> WebhookEvent {
    use WebhookEventStatus::*;
    let status = [Received, Processed, Ignored, Failed].into_iter().find(|status| status.as_str() == record.status);
    WebhookEvent {
        id: record.id,
        stripe_event_id: record.stripe_event_id,
        kind: record.kind,
        api_version: record.api_version,
        status: status.unwrap_or(Failed),
        note: record.note,
        attempts: record.attempts,
        created_at: record.created_at,
        received_at: record.received_at,
        processed_at: record.processed_at,
    }
}
