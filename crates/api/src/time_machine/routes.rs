//! HTTP of the time machine.

use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use vitrine_types::{
    Code, Problem,
    accounts::Session,
    time_machine::{ShopTime, TimeTravel},
};

use super::service;
use crate::{
    accounts,
    auth::Admin,
    error::Result,
    extract::{ClientAddress, Json},
    state::{App, State},
};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config.service(get_shop_time).service(travel_in_time);
}

/// Get the shop's time
///
/// Exists only in demo mode; see `demo` of `GET /shop`.
#[utoipa::path(
    tag = "time_machine",
    operation_id = "get_shop_time",
    responses(
        (status = 200, description = "What time it is in the shop", body = ShopTime),
        (status = 404, description = "`request.not_found`: this is no demo", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[get("/admin/time-machine")]
async fn get_shop_time(app: App, _: Admin) -> Result<HttpResponse> {
    only_in_demo(&app)?;
    let ahead_seconds = app.clock.ahead().num_seconds();
    Ok(HttpResponse::Ok().json(ShopTime { now: app.clock.now(), ahead_seconds }))
}

/// Travel in time
///
/// Moves the clocks of a demo shop and its local Stripe ahead, and lets what falls due on the way happen: renewals, failed
/// payments, reminders. Sessions age with it, so the caller gets a new one. Exists only in demo mode.
#[utoipa::path(
    tag = "time_machine",
    operation_id = "travel_in_time",
    request_body = TimeTravel,
    responses(
        (status = 200, description = "Arrived; the refresh token comes as a cookie", body = Session,
         headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = 404, description = "`request.not_found`: this is no demo", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`request.conflict`: there is nothing to renew", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
#[post("/admin/time-machine")]
async fn travel_in_time(
    app: App,
    request: HttpRequest,
    from: ClientAddress,
    Admin(caller): Admin,
    Json(travel): Json<TimeTravel>,
) -> Result<HttpResponse> {
    only_in_demo(&app)?;
    service::travel(&app, &travel).await?;
    accounts::routes::open_session_of(&app, &request, from, caller.id).await
}

fn only_in_demo(state: &State) -> Result<()> {
    if state.config.demo { Ok(()) } else { Err(Code::NotFound.into()) }
}
