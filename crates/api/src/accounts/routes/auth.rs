//! Registering, signing in and out.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, post};
use vitrine_types::{
    Code, Problem,
    accounts::{Credentials, NewCustomer, Role, Session},
};

use super::{
    super::service::{self, OpenedSession, Refreshed},
    cookie, device,
};
use crate::{
    auth::{ACCESS_TOKEN_LIFE, SignedIn},
    error::{Error, Result},
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
        (status = 409, description = "`accounts.email_taken`", body = Problem,
         content_type = "application/problem+json"),
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
    let session = service::open_session(&mut tx, &state, customer, &device(&state, &request, from)).await?;
    tx.commit().await?;
    signed_in(&state, &request, HttpResponse::Created(), &session)
}

/// Sign in
///
/// An unknown address and a wrong password give the same answer. Where the second factor is on, the right password alone
/// is answered by `auth.totp_required`: send it again together with `totp` or `recovery_code`, each good once. After ten
/// failures in a row an account takes one try a minute.
#[utoipa::path(
    tag = "accounts",
    operation_id = "login",
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in; the refresh token comes as a cookie", body = Session,
         headers(("Set-Cookie" = String, description = "The refresh token"))),
        (status = 401, description = "`auth.invalid_credentials`, `auth.totp_required`, `auth.invalid_totp`", body = Problem,
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
    let device = device(&state, &request, from);
    let customer = service::sign_in(&state, &credentials, &device).await?;
    let mut tx = state.db.begin().await?;
    service::prove_second_factor(&mut tx, &state, &customer, &credentials, &device).await?;
    let session = service::open_session(&mut tx, &state, customer, &device).await?;
    tx.commit().await?;
    signed_in(&state, &request, HttpResponse::Ok(), &session)
}

/// Renew the session
///
/// Exchanges the refresh cookie for a new access token and a new cookie. A cookie is good for one use: using an old one
/// again ends the session, for then two hold it.
#[utoipa::path(
    tag = "accounts",
    operation_id = "refresh_session",
    responses(
        (status = 200, description = "Renewed; the next refresh token comes as a cookie", body = Session,
         headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = 401, description = "`auth.invalid_refresh_token`", body = Problem,
         content_type = "application/problem+json"),
        (status = 403, description = "`auth.forbidden`: sent by another site's page", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[post("/auth/refresh")]
pub async fn refresh_session(state: App, request: HttpRequest) -> Result<HttpResponse> {
    let token = cookie::refresh_token(&state.config, &request)?.ok_or(Code::InvalidRefreshToken)?;
    let mut tx = state.db.begin().await?;
    let refreshed = service::refresh(&mut tx, &state, &token).await?;
    tx.commit().await?;
    match refreshed {
        Refreshed::Renewed(session) => signed_in(&state, &request, HttpResponse::Ok(), &session),
        Refreshed::Refused => {
            let mut answer = HttpResponse::from_error(Error::new(Code::InvalidRefreshToken));
            answer.add_cookie(&cookie::forget(&state.config)).map_err(Error::internal)?;
            Ok(answer)
        }
    }
}

/// Sign out
///
/// Ends the session of the cookie, and that of the access token if one is sent. Both stop working at once.
#[utoipa::path(
    tag = "accounts",
    operation_id = "logout",
    responses(
        (status = 204, description = "Signed out, also when nobody was signed in"),
        (status = 403, description = "`auth.forbidden`: sent by another site's page", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[post("/auth/logout")]
pub async fn logout(state: App, request: HttpRequest, me: Result<SignedIn>) -> Result<HttpResponse> {
    let token = cookie::refresh_token(&state.config, &request)?;
    let mut tx = state.db.begin().await?;
    if let Some(token) = token {
        service::sign_out(&mut tx, &token).await?;
    }
    if let Ok(me) = me {
        // It may have been the cookie's session, which has just ended.
        service::end_session(&mut tx, me.id, me.session_id).await.or_else(|error| match error.code() {
            Code::NotFound => Ok(()),
            _ => Err(error),
        })?;
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().cookie(cookie::forget(&state.config)).finish())
}

pub(super) fn signed_in(
    state: &State,
    request: &HttpRequest,
    mut answer: HttpResponseBuilder,
    session: &OpenedSession,
) -> Result<HttpResponse> {
    let answer = answer.cookie(cookie::keep(&state.config, session)).cookie(cookie::remember_device(
        state,
        request,
        session.customer.id,
    )?);
    Ok(answer.json(Session {
        access_token: session.access_token.clone(),
        token_type: "Bearer".into(),
        expires_in: ACCESS_TOKEN_LIFE.num_seconds(),
        customer: super::customer(&session.customer),
    }))
}
