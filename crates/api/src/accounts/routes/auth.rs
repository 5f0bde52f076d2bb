//! Registering, signing in and out.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::header, post};
use vitrine_types::{
    Problem,
    accounts::{Credentials, NewCustomer, Role, Session},
};

use super::{
    super::service::{self, Device, OpenedSession},
    cookie,
};
use crate::{
    auth::ACCESS_TOKEN_LIFE,
    error::Result,
    extract::{ClientAddress, Json},
    state::{App, State},
};

/// Register
///
/// Makes an account and signs in. A mail asks to confirm the address.
#[utoipa::path(
    tag = "accounts",
    operation_id = "register",
    request_body = NewCustomer,
    responses(
        (status = 201, description = "Signed in; the refresh token comes as a cookie", body = Session,
         headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = 409, description = "`accounts.email_taken`", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/auth/register")]
pub async fn register(
    state: App,
    request: HttpRequest,
    from: ClientAddress,
    Json(new): Json<NewCustomer>,
) -> Result<HttpResponse> {
    state.limits.count_registration(from.0)?;
    let new = service::prepare_customer(&state, &new, Role::Customer).await?;
    let mut tx = state.db.begin().await?;
    let customer = service::register(&mut tx, &state, new).await?;
    let session = service::open_session(&mut tx, &state, customer, &device(&request, from)).await?;
    tx.commit().await?;
    Ok(signed_in(&state, HttpResponse::Created(), session))
}

/// Sign in
///
/// An unknown address and a wrong password give the same answer. After ten failures in a row an account takes one try
/// a minute.
#[utoipa::path(
    tag = "accounts",
    operation_id = "login",
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in; the refresh token comes as a cookie", body = Session,
         headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = 401, description = "`auth.invalid_credentials`", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[post("/auth/login")]
pub async fn login(
    state: App,
    request: HttpRequest,
    from: ClientAddress,
    Json(credentials): Json<Credentials>,
) -> Result<HttpResponse> {
    let customer = service::sign_in(&state, &credentials, from.0).await?;
    let mut tx = state.db.begin().await?;
    let session = service::open_session(&mut tx, &state, customer, &device(&request, from)).await?;
    tx.commit().await?;
    Ok(signed_in(&state, HttpResponse::Ok(), session))
}

/// What the request says about the device it comes from.
fn device(request: &HttpRequest, from: ClientAddress) -> Device {
    let described = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Device { address: from.0, user_agent: described.map(|agent| agent.chars().take(255).collect()) }
}

fn signed_in(state: &State, mut answer: HttpResponseBuilder, session: OpenedSession) -> HttpResponse {
    answer.cookie(cookie::keep(&state.config, session.refresh_token, session.refresh_life)).json(Session {
        access_token: session.access_token,
        token_type: "Bearer".into(),
        expires_in: ACCESS_TOKEN_LIFE.num_seconds(),
        customer: super::customer(&state.config, &session.customer),
    })
}
