//! The owner's hours, days off, and calendars elsewhere.

use actix_web::{HttpResponse, delete, get, post, put, web};
use chrono::NaiveDate;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Page,
    calendar::{
        BlockedPeriod, ExternalCalendar, NewBlockedPeriod, NewExternalCalendar, NewOverride, Override, Schedule,
    },
};

use crate::{
    auth::Admin,
    calendar::{service, store, wire},
    error::Result,
    extract::Json,
    state::App,
};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(get_schedule)
        .service(set_schedule)
        .service(list_overrides)
        .service(create_override)
        .service(delete_override)
        .service(list_blocked_periods)
        .service(create_blocked_period)
        .service(delete_blocked_period)
        .service(list_external_calendars)
        .service(create_external_calendar)
        .service(delete_external_calendar);
}

/// Get the weekly hours
#[utoipa::path(
    tag = "calendar",
    operation_id = "get_schedule",
    responses((status = 200, description = "The hours", body = Schedule)),
    security(("bearer" = []))
)]
#[get("/admin/calendar/schedule")]
async fn get_schedule(state: App, _: Admin) -> Result<web::Json<Schedule>> {
    Ok(web::Json(wire::schedule(store::find_calendar(&state.db).await?)))
}

/// Set the weekly hours
///
/// Local wall time in `time_zone`. What is booked stays booked.
#[utoipa::path(
    tag = "calendar",
    operation_id = "set_schedule",
    request_body(content = Schedule, example = json!({"time_zone": "America/New_York", "rules": [
        {"weekday": "mon", "start": "09:00", "end": "12:00"}, {"weekday": "mon", "start": "13:00", "end": "17:00"}
    ]})),
    responses((status = 200, description = "The hours as they are now", body = Schedule)),
    security(("bearer" = []))
)]
#[put("/admin/calendar/schedule")]
async fn set_schedule(state: App, _: Admin, Json(schedule): Json<Schedule>) -> Result<web::Json<Schedule>> {
    let mut tx = state.db.begin().await?;
    service::set_schedule(&mut tx, &schedule).await?;
    tx.commit().await?;
    Ok(web::Json(schedule))
}

/// List the days with hours of their own
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_overrides",
    responses((status = 200, description = "All of them, by date", body = Page<Override>)),
    security(("bearer" = []))
)]
#[get("/admin/calendar/overrides")]
async fn list_overrides(state: App, _: Admin) -> Result<web::Json<Page<Override>>> {
    let year = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let rows = store::list_overrides(&state.db, year(0), year(9999)).await?;
    Ok(web::Json(Page::whole(rows.into_iter().map(wire::one_override).collect())))
}

/// Give a day hours of its own
///
/// Instead of the weekly ones; without ranges it is closed. An earlier override of that day is replaced.
#[utoipa::path(
    tag = "calendar",
    operation_id = "create_override",
    request_body = NewOverride,
    responses((status = 201, description = "Set", body = Override)),
    security(("bearer" = []))
)]
#[post("/admin/calendar/overrides")]
async fn create_override(state: App, _: Admin, Json(new): Json<NewOverride>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    let record = service::set_override(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire::one_override(record)))
}

/// Give a day its weekly hours again
#[utoipa::path(
    tag = "calendar",
    operation_id = "delete_override",
    params(("id" = Uuid, Path, description = "Which override")),
    responses((status = 204, description = "Done")),
    security(("bearer" = []))
)]
#[delete("/admin/calendar/overrides/{id}")]
async fn delete_override(state: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::delete_override(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List the blocked periods
///
/// Those that are not over, by start.
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_blocked_periods",
    responses((status = 200, description = "All of them", body = Page<BlockedPeriod>)),
    security(("bearer" = []))
)]
#[get("/admin/calendar/blocked-periods")]
async fn list_blocked_periods(state: App, _: Admin) -> Result<web::Json<Page<BlockedPeriod>>> {
    let rows = store::list_blocked_periods(&state.db, state.clock.now()).await?;
    Ok(web::Json(Page::whole(rows.into_iter().map(wire::blocked_period).collect())))
}

/// Block a period
///
/// Nothing can be booked in it. What is booked stays booked.
#[utoipa::path(
    tag = "calendar",
    operation_id = "create_blocked_period",
    request_body = NewBlockedPeriod,
    responses((status = 201, description = "Blocked", body = BlockedPeriod)),
    security(("bearer" = []))
)]
#[post("/admin/calendar/blocked-periods")]
async fn create_blocked_period(state: App, _: Admin, Json(new): Json<NewBlockedPeriod>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    let record = service::block_period(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire::blocked_period(record)))
}

/// Open a blocked period again
#[utoipa::path(
    tag = "calendar",
    operation_id = "delete_blocked_period",
    params(("id" = Uuid, Path, description = "Which period")),
    responses((status = 204, description = "Done")),
    security(("bearer" = []))
)]
#[delete("/admin/calendar/blocked-periods/{id}")]
async fn delete_blocked_period(state: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::unblock_period(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List the outside calendars
///
/// With when each was last read, and what went wrong.
#[utoipa::path(
    tag = "calendar",
    operation_id = "list_external_calendars",
    responses((status = 200, description = "All of them", body = Page<ExternalCalendar>)),
    security(("bearer" = []))
)]
#[get("/admin/calendar/external")]
async fn list_external_calendars(state: App, _: Admin) -> Result<web::Json<Page<ExternalCalendar>>> {
    let rows = store::list_external_calendars(&state.db, state.clock.now()).await?;
    Ok(web::Json(Page::whole(rows.into_iter().map(|row| wire::external_calendar(&state, row)).collect())))
}

/// Add an outside calendar
///
/// By the address of its ICS file, on a public host. It is read at once and then every quarter of an hour; its busy times
/// cannot be booked.
#[utoipa::path(
    tag = "calendar",
    operation_id = "create_external_calendar",
    request_body(content = NewExternalCalendar, example = json!({"url": "https://calendar.example.com/private-1234/basic.ics"})),
    responses((status = 201, description = "Added", body = ExternalCalendar)),
    security(("bearer" = []))
)]
#[post("/admin/calendar/external")]
async fn create_external_calendar(state: App, _: Admin, Json(new): Json<NewExternalCalendar>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    let record = service::add_calendar(&mut tx, &state, &new.url).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire::external_calendar(&state, record)))
}

/// Take an outside calendar away
#[utoipa::path(
    tag = "calendar",
    operation_id = "delete_external_calendar",
    params(("id" = Uuid, Path, description = "Which calendar")),
    responses((status = 204, description = "Done")),
    security(("bearer" = []))
)]
#[delete("/admin/calendar/external/{id}")]
async fn delete_external_calendar(state: App, _: Admin, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::remove_calendar(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
