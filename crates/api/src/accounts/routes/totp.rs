//! The second factor.

use actix_web::{HttpResponse, delete, get, post, web::Json as Answer};
use vitrine_types::{
    Problem,
    accounts::{OwnerConfirmation, PasswordConfirmation, RecoveryCodes, TotpCode, TotpSetup, TotpStatus},
};

use super::super::service;
use crate::{
    auth::SignedIn,
    error::Result,
    extract::{ClientAddress, Json, JsonOrNothing},
    state::App,
};

/// Where the second factor stands
#[utoipa::path(
    tag = "accounts",
    operation_id = "get_totp",
    responses((status = 200, description = "Whether it is on, and whether it has to be", body = TotpStatus)),
    security(("bearer" = []))
)]
#[get("/account/totp")]
pub async fn get_totp(state: App, me: SignedIn) -> Result<Answer<TotpStatus>> {
    Ok(Answer(service::totp_status(&state.db, &state, me.id).await?))
}

/// Set up a second factor
///
/// Gives a key for an authenticator app. Nothing changes before it is confirmed, within half an hour. A session that was
/// opened more than ten minutes ago has to give the password.
#[utoipa::path(
    tag = "accounts",
    operation_id = "start_totp",
    request_body = Option<OwnerConfirmation>,
    responses(
        (status = 200, description = "To be confirmed by a first code", body = TotpSetup),
        (status = 403, description = "`accounts.password_required`, `accounts.wrong_password`", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`accounts.totp_enabled`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/account/totp")]
pub async fn start_totp(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    JsonOrNothing(body): JsonOrNothing<OwnerConfirmation>,
) -> Result<Answer<TotpSetup>> {
    service::confirm_owner(&state, &me, body.password.as_deref(), from.0).await?;
    let mut tx = state.db.begin().await?;
    let setup = service::start_totp(&mut tx, &state, me.id).await?;
    tx.commit().await?;
    Ok(Answer(setup))
}

/// Turn the second factor on
///
/// By a first code. Other sessions end; from now on signing in asks for a code, each of which is good once. The recovery
/// codes are shown here and never again.
#[utoipa::path(
    tag = "accounts",
    operation_id = "confirm_totp",
    request_body = TotpCode,
    responses(
        (status = 200, description = "It is on", body = RecoveryCodes),
        (status = 409, description = "`accounts.totp_enabled`; `accounts.totp_not_enabled` when no key waits",
         body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid` about `code`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/account/totp/confirm")]
pub async fn confirm_totp(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    Json(body): Json<TotpCode>,
) -> Result<Answer<RecoveryCodes>> {
    let mut tx = state.db.begin().await?;
    let recovery_codes = service::confirm_totp(&mut tx, &state, &me, &body.code, from.0).await?;
    tx.commit().await?;
    Ok(Answer(RecoveryCodes { recovery_codes }))
}

/// Turn the second factor off
///
/// The recovery codes are void with it.
#[utoipa::path(
    tag = "accounts",
    operation_id = "disable_totp",
    request_body = PasswordConfirmation,
    responses(
        (status = 204, description = "It is off"),
        (status = 403, description = "`accounts.wrong_password`", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`accounts.totp_not_enabled`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[delete("/account/totp")]
pub async fn disable_totp(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    Json(body): Json<PasswordConfirmation>,
) -> Result<HttpResponse> {
    service::confirm_password(&state, me.id, &body.password, from.0).await?;
    let mut tx = state.db.begin().await?;
    service::disable_totp(&mut tx, &state, me.id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make new recovery codes
///
/// Those so far are void.
#[utoipa::path(
    tag = "accounts",
    operation_id = "renew_recovery_codes",
    request_body = PasswordConfirmation,
    responses(
        (status = 200, description = "All that are good now", body = RecoveryCodes),
        (status = 403, description = "`accounts.wrong_password`", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`accounts.totp_not_enabled`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/account/totp/recovery-codes")]
pub async fn renew_recovery_codes(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    Json(body): Json<PasswordConfirmation>,
) -> Result<Answer<RecoveryCodes>> {
    service::confirm_password(&state, me.id, &body.password, from.0).await?;
    let mut tx = state.db.begin().await?;
    let recovery_codes = service::renew_recovery_codes(&mut tx, &state, me.id).await?;
    tx.commit().await?;
    Ok(Answer(RecoveryCodes { recovery_codes }))
}
