//! What the link in a mail is good for, without signing in: seeing, moving and cancelling its one booking.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::{
    Problem,
    calendar::{Booking, BookingCancellation, BookingMove, SlotQuery, Slots},
};

use crate::{
    calendar::{service, wire},
    error::{Error, Result},
    extract::{Json, JsonOrNothing},
    state::App,
};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(get_linked_booking)
        .service(list_linked_slots)
        .service(cancel_linked_booking)
        .service(reschedule_linked_booking);
}

/// Get the booking of a mailed link
#[utoipa::path(
    tag = "calendar",
    operation_id = "get_linked_booking",
    params(("token" = String, Path, description = "What stands behind the `#` of the link")),
    responses(
        (status = 200, description = "The booking", body = Booking),
        (status = 403, description = "`calendar.link_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/bookings/by-link/{token}")]
async fn get_linked_booking(state: App, token: web::Path<String>) -> Result<web::Json<Booking>> {
    let record = service::followed(&state.db, &state, &token).await?;
    Ok(web::Json(wire::booking(&state, None, record).await?))
}

/// List the times to which the booking of a mailed link can be moved
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_linked_slots",
    params(("token" = String, Path, description = "What stands behind the `#` of the link"), SlotQuery),
    responses(
        (status = 200, description = "Each day asked for with its times", body = Slots),
        (status = 403, description = "`calendar.link_expired`", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/bookings/by-link/{token}/slots")]
async fn list_linked_slots(
    state: App,
    token: web::Path<String>,
    query: web::Query<SlotQuery>,
) -> Result<web::Json<Slots>> {
    if query.booking_id.is_some() {
        return Err(Error::field("booking_id", "unknown_field", "The link says which booking"));
    }
    let zone = query.time_zone.as_deref().map(|name| service::zone(name, "time_zone")).transpose()?;
    let booking = service::followed(&state.db, &state, &token).await?;
    let found = service::find_booked_service(&state.db, booking.product_id).await?;
    let (now, days) = (state.clock.now(), (query.from, query.to));
    let offer = service::list_slots_for_move(&state.db, now, &found, &booking, zone, days).await?;
    Ok(web::Json(wire::slots(offer)))
}

/// Cancel the booking of a mailed link
///
/// As `cancel_booking`.
#[utoipa::path(
    tag = "calendar",
    operation_id = "cancel_linked_booking",
    params(("token" = String, Path, description = "What stands behind the `#` of the link")),
    request_body = BookingCancellation,
    responses(
        (status = 200, description = "Cancelled", body = Booking),
        (status = 403, description = "`calendar.link_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`calendar.not_open`, `calendar.cancel_closed`: it has begun", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/bookings/by-link/{token}/cancel")]
async fn cancel_linked_booking(
    state: App,
    token: web::Path<String>,
    JsonOrNothing(body): JsonOrNothing<BookingCancellation>,
) -> Result<web::Json<Booking>> {
    let mut tx = state.db.begin().await?;
    service::lock(&mut tx).await?;
    let linked = service::followed(&mut tx, &state, &token).await?;
    let record = service::cancel(&mut tx, &state, linked.id, linked.customer_id, body.reason.as_deref()).await?;
    tx.commit().await?;
    Ok(web::Json(wire::booking(&state, None, record).await?))
}

/// Move the booking of a mailed link
///
/// As `reschedule_booking`.
#[utoipa::path(
    tag = "calendar",
    operation_id = "reschedule_linked_booking",
    params(("token" = String, Path, description = "What stands behind the `#` of the link")),
    request_body = BookingMove,
    responses(
        (status = 200, description = "Moved", body = Booking),
        (status = 403, description = "`calendar.link_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`calendar.slot_taken`, `calendar.not_open`, `calendar.cancel_closed`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`calendar.slot_unavailable`, `request.invalid`", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/bookings/by-link/{token}/reschedule")]
async fn reschedule_linked_booking(
    state: App,
    token: web::Path<String>,
    Json(body): Json<BookingMove>,
) -> Result<web::Json<Booking>> {
    let mut tx = state.db.begin().await?;
    service::lock(&mut tx).await?;
    let linked = service::followed(&mut tx, &state, &token).await?;
    let record = service::reschedule(&mut tx, &state, linked.id, linked.customer_id, body.start).await?;
    tx.commit().await?;
    Ok(web::Json(wire::booking(&state, None, record).await?))
}
