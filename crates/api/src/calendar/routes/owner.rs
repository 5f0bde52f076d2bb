//! What the owner does with bookings.

use actix_web::{HttpResponse, get, http::header, patch, post, web};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Page, Problem,
    calendar::{AdminBooking, AdminBookingPatch, AdminBookingQuery, BookingStatus, CalendarFeed, NewAdminBooking},
};

use super::ICS;
use crate::{
    auth::Admin,
    calendar::{
        service,
        store::{self, BookingFilter},
        wire,
    },
    error::Result,
    extract::Json,
    idempotency::{self, IdempotencyKey},
    paging,
    state::App,
};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(list_admin_bookings)
        .service(update_admin_booking)
        .service(create_admin_booking)
        .service(renew_calendar_feed)
        .service(get_calendar_feed);
}

/// List bookings
///
/// By start, with customers and answers.
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_admin_bookings",
    params(AdminBookingQuery),
    responses((status = 200, description = "A page of bookings", body = Page<AdminBooking>)),
    security(("bearer" = []))
)]
#[get("/admin/calendar/bookings")]
async fn list_admin_bookings(
    state: App,
    _: Admin,
    query: web::Query<AdminBookingQuery>,
) -> Result<web::Json<Page<AdminBooking>>> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(DateTime<Utc>, Uuid)> = paging::cursor(query.cursor.as_deref())?;
    let calendar = store::find_calendar(&state.db).await?;
    let (from, until) = service::owners_days(&calendar, query.from, query.to);
    let status = query.status.map(|status: BookingStatus| status.as_str().to_owned());
    let filter = BookingFilter { from, until, status, customer_id: query.customer_id, after };
    let rows = store::list_bookings(&state.db, &filter, limit + 1).await?;
    let page = paging::page(rows, limit, |row| (row.starts_at, row.id));
    Ok(web::Json(wire::admin_bookings(&state, page).await?))
}

/// Change a booking
///
/// Cancel it (what paid always comes back), move it, mark it as completed or no-show, note something. The customer is told
/// of the first two.
#[utoipa::path(
    tag = "calendar",
    operation_id = "update_admin_booking",
    params(("id" = Uuid, Path, description = "Which booking")),
    request_body(content = AdminBookingPatch, examples(
        ("cancel" = (value = json!({"status": "cancelled", "message": "I am ill, sorry."}))),
        ("move" = (value = json!({"start": "2026-11-23T15:00:00Z"}))),
        ("note" = (value = json!({"note": "Prefers tea."}))),
    )),
    responses(
        (status = 200, description = "As it is now", body = AdminBooking),
        (status = 409, description = "`calendar.slot_taken`, `calendar.not_open`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`calendar.slot_unavailable`, `request.invalid`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[patch("/admin/calendar/bookings/{id}")]
async fn update_admin_booking(
    state: App,
    _: Admin,
    id: web::Path<Uuid>,
    Json(patch): Json<AdminBookingPatch>,
) -> Result<web::Json<AdminBooking>> {
    let mut tx = state.db.begin().await?;
    let record = service::change(&mut tx, &state, *id, &patch).await?;
    tx.commit().await?;
    Ok(web::Json(wire::admin_booking(&state, record).await?))
}

/// Book for a customer
///
/// Nothing is charged. With `outside_hours` any time will do at which no appointment is.
#[utoipa::path(
    tag = "calendar",
    operation_id = "create_admin_booking",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer with the same booking")),
    request_body = NewAdminBooking,
    responses(
        (status = 201, description = "Booked", body = AdminBooking),
        (status = 409, description = "`calendar.slot_taken`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`calendar.slot_unavailable`, `request.invalid`, `idempotency.mismatch`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/admin/bookings")]
async fn create_admin_booking(
    state: App,
    Admin(caller): Admin,
    key: IdempotencyKey,
    Json(new): Json<NewAdminBooking>,
) -> Result<HttpResponse> {
    let (now, id) = (state.clock.now(), Uuid::now_v7());
    let mut tx = state.db.begin().await?;
    service::lock(&mut tx).await?;
    let record = match idempotency::remember(&mut tx, now, &key, caller.id, "create_admin_booking", &new, id).await? {
        Some(made) => service::find_booking(&mut tx, made).await?,
        None => service::book_for(&mut tx, &state, id, &new).await?,
    };
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire::admin_booking(&state, record).await?))
}

/// Make a new address for the feed of bookings
///
/// For other calendars to subscribe to. The old address stops working at once; the new one is shown this once.
#[utoipa::path(
    tag = "calendar",
    operation_id = "renew_calendar_feed",
    responses((status = 200, description = "The address", body = CalendarFeed)),
    security(("bearer" = []))
)]
#[post("/admin/calendar/feed")]
async fn renew_calendar_feed(state: App, _: Admin) -> Result<web::Json<CalendarFeed>> {
    let mut tx = state.db.begin().await?;
    let url = service::renew_feed(&mut tx, &state).await?;
    tx.commit().await?;
    Ok(web::Json(CalendarFeed { url }))
}

/// Get the feed of bookings
///
/// An iCalendar file, for whoever knows its secret address.
#[utoipa::path(
    tag = "calendar",
    operation_id = "get_calendar_feed",
    params(("secret" = String, Path, description = "Made by `renew_calendar_feed`")),
    responses((status = 200, description = "The bookings", body = String, content_type = "text/calendar"))
)]
#[get("/calendar/{secret}.ics")]
async fn get_calendar_feed(state: App, secret: web::Path<String>) -> Result<HttpResponse> {
    let feed = service::feed(&state.db, &state, &secret).await?;
    Ok(HttpResponse::Ok().content_type(ICS).insert_header((header::CACHE_CONTROL, "private, max-age=300")).body(feed))
}
