//! What customers ask for: times, and their bookings.

use actix_web::{HttpResponse, get, http::header, post, web};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, Page, PageQuery, Problem,
    accounts::Role,
    calendar::{Booking, BookingCancellation, BookingMove, NewBooking, SlotQuery, Slots},
};

use super::ICS;
use crate::{
    auth::{SignedIn, Visitor},
    calendar::{
        service::{self, Asker},
        store, wire,
    },
    error::Result,
    extract::{Json, JsonOrNothing},
    idempotency::{self, IdempotencyKey},
    paging,
    state::App,
};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(list_slots)
        .service(create_booking)
        .service(list_bookings)
        .service(get_booking)
        .service(cancel_booking)
        .service(reschedule_booking)
        .service(get_booking_invite);
}

/// List the times that can be booked
///
/// What is listed can be booked at once, nothing else can. Limits per customer are known only when signed in. With
/// `booking_id`, whatever became of the service since; the owner may ask about anybody's booking.
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_slots",
    params(("slug" = String, Path, description = "The service's address"), SlotQuery),
    responses(
        (status = 200, description = "Each day asked for with its times", body = Slots),
        (status = 404, description = "`request.not_found`: no such service, or no such booking of yours for it", body = Problem, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
#[get("/services/{slug}/slots")]
async fn list_slots(
    state: App,
    caller: Visitor,
    slug: web::Path<String>,
    query: web::Query<SlotQuery>,
) -> Result<web::Json<Slots>> {
    let zone = query.time_zone.as_deref().map(|name| service::zone(name, "time_zone")).transpose()?;
    let (now, days) = (state.clock.now(), (query.from, query.to));
    let offer = match (query.booking_id, &caller.0) {
        (Some(id), Some(caller)) => {
            let booking = match caller.role {
                Role::Admin if !caller.needs_totp => service::find_booking(&state.db, id).await?,
                _ => service::find_own_booking(&state.db, id, caller.id).await?,
            };
            let found = service::find_booked_service(&state.db, booking.product_id).await?;
            if found.product.slug != *slug {
                return Err(Code::NotFound.into());
            }
            service::list_slots_for_move(&state.db, now, &found, &booking, zone, days).await?
        }
        (Some(_), None) => return Err(Code::NotSignedIn.into()),
        (None, _) => {
            let found = service::find_service_at(&state.db, caller.id(), &slug).await?;
            let asker = Asker { customer: caller.id(), except: None };
            service::list_slots(&state.db, now, found.terms(), asker, zone, days).await?
        }
    };
    Ok(web::Json(wire::slots(offer)))
}

/// Book a time
///
/// The time and what pays for it change hands as one: when somebody else was quicker, nothing is spent.
#[utoipa::path(
    tag = "calendar",
    operation_id = "create_booking",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer with the same booking")),
    request_body = NewBooking,
    responses(
        (status = 201, description = "Booked", body = Booking),
        (status = 403, description = "`entitlements.inactive`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`request.not_found`: no such service, or not yours to pay with", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`calendar.slot_taken`, `calendar.no_booking_left`, `tokens.insufficient`, `tokens.frozen`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`calendar.slot_unavailable`, `request.invalid`, `idempotency.mismatch`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/bookings")]
async fn create_booking(
    state: App,
    caller: SignedIn,
    key: IdempotencyKey,
    Json(new): Json<NewBooking>,
) -> Result<HttpResponse> {
    let (now, id) = (state.clock.now(), Uuid::now_v7());
    let mut tx = state.db.begin().await?;
    service::lock(&mut tx).await?;
    let booking = match idempotency::remember(&mut tx, now, &key, caller.id, "create_booking", &new, id).await? {
        Some(made) => {
            let made = service::find_own_booking(&mut tx, made, caller.id).await?;
            tx.commit().await?;
            wire::booking(&state, Some(caller.id), made).await?
        }
        None => {
            let (booking, service) = service::book(&mut tx, &state, id, caller.id, &new).await?;
            tx.commit().await?;
            wire::booking_of(booking, service.product)
        }
    };
    Ok(HttpResponse::Created().json(booking))
}

/// List my bookings
///
/// The latest start first.
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_bookings",
    params(PageQuery),
    responses((status = 200, description = "A page of bookings", body = Page<Booking>)),
    security(("bearer" = []))
)]
#[get("/bookings")]
async fn list_bookings(state: App, caller: SignedIn, query: web::Query<PageQuery>) -> Result<web::Json<Page<Booking>>> {
    let limit = paging::limit(query.limit)?;
    let before: Option<(DateTime<Utc>, Uuid)> = paging::cursor(query.cursor.as_deref())?;
    let rows = store::list_bookings_of_customer(&state.db, caller.id, before, limit + 1).await?;
    let page = paging::page(rows, limit, |row| (row.starts_at, row.id));
    let data = wire::bookings(&state, Some(caller.id), page.data).await?;
    Ok(web::Json(Page { data, next_cursor: page.next_cursor }))
}

/// Get one of my bookings
#[utoipa::path(
    tag = "calendar",
    operation_id = "get_booking",
    params(("id" = Uuid, Path, description = "Which booking")),
    responses((status = 200, description = "The booking", body = Booking)),
    security(("bearer" = []))
)]
#[get("/bookings/{id}")]
async fn get_booking(state: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<web::Json<Booking>> {
    let record = service::find_own_booking(&state.db, *id, caller.id).await?;
    Ok(web::Json(wire::booking(&state, Some(caller.id), record).await?))
}

/// Cancel a booking
///
/// Until `cancel_until` what paid for it comes back; later it does not.
#[utoipa::path(
    tag = "calendar",
    operation_id = "cancel_booking",
    params(("id" = Uuid, Path, description = "Which booking")),
    request_body = BookingCancellation,
    responses(
        (status = 200, description = "Cancelled", body = Booking),
        (status = 409, description = "`calendar.not_open`, `calendar.cancel_closed`: it has begun", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/bookings/{id}/cancel")]
async fn cancel_booking(
    state: App,
    caller: SignedIn,
    id: web::Path<Uuid>,
    JsonOrNothing(body): JsonOrNothing<BookingCancellation>,
) -> Result<web::Json<Booking>> {
    let mut tx = state.db.begin().await?;
    let record = service::cancel(&mut tx, &state, *id, caller.id, body.reason.as_deref()).await?;
    tx.commit().await?;
    Ok(web::Json(wire::booking(&state, Some(caller.id), record).await?))
}

/// Move a booking
///
/// To one of the times listed with its `booking_id`; what paid for it stays what it was. Until `cancel_until`.
#[utoipa::path(
    tag = "calendar",
    operation_id = "reschedule_booking",
    params(("id" = Uuid, Path, description = "Which booking")),
    request_body = BookingMove,
    responses(
        (status = 200, description = "Moved", body = Booking),
        (status = 409, description = "`calendar.slot_taken`, `calendar.not_open`, `calendar.cancel_closed`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`calendar.slot_unavailable`, `request.invalid`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/bookings/{id}/reschedule")]
async fn reschedule_booking(
    state: App,
    caller: SignedIn,
    id: web::Path<Uuid>,
    Json(body): Json<BookingMove>,
) -> Result<web::Json<Booking>> {
    let mut tx = state.db.begin().await?;
    let record = service::reschedule(&mut tx, &state, *id, caller.id, body.start).await?;
    tx.commit().await?;
    Ok(web::Json(wire::booking(&state, Some(caller.id), record).await?))
}

/// Get the invite of a booking
///
/// An iCalendar file. Its `UID` stays, its `SEQUENCE` rises with each change.
#[utoipa::path(
    tag = "calendar",
    operation_id = "get_booking_invite",
    params(("id" = Uuid, Path, description = "Which booking")),
    responses((status = 200, description = "The invite", body = String, content_type = "text/calendar")),
    security(("bearer" = []))
)]
#[get("/bookings/{id}/invite.ics")]
async fn get_booking_invite(state: App, caller: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let record = service::find_own_booking(&state.db, *id, caller.id).await?;
    let invite = service::invite_of(&state.db, &state, &record).await?;
    let disposition = (header::CONTENT_DISPOSITION, "attachment; filename=\"invite.ics\"");
    Ok(HttpResponse::Ok().content_type(ICS).insert_header(disposition).body(invite))
}
