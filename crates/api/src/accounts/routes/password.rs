//! Passwords and addresses: what goes by mailed links, and what asks for the password again.

use actix_web::{HttpResponse, post, put};
use vitrine_types::{
    Code, Problem,
    accounts::{EmailChange, EmailVerification, PasswordChange, PasswordReset, PasswordResetRequest},
};

use super::super::{service, store};
use crate::{
    auth::SignedIn,
    error::Result,
    extract::{ClientAddress, Json},
    state::App,
};

/// Ask for a new password
///
/// Mails a link to set one, good for an hour, if there is such an account. The answer does not say whether.
#[utoipa::path(
    tag = "accounts",
    operation_id = "request_password_reset",
    request_body = PasswordResetRequest,
    responses((status = 202, description = "Known or not: the same answer"))
)]
#[post("/auth/password-reset")]
pub async fn request_password_reset(
    state: App,
    from: ClientAddress,
    Json(body): Json<PasswordResetRequest>,
) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::request_password_reset(&mut tx, &state, &body.email, from.0).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Set a new password
///
/// With the token of the mailed link. All sessions end.
#[utoipa::path(
    tag = "accounts",
    operation_id = "confirm_password_reset",
    request_body = PasswordReset,
    responses(
        (status = 204, description = "Set; sign in with it"),
        (status = 422, description = "`auth.invalid_one_time_token`, `request.invalid`", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[post("/auth/password-reset/confirm")]
pub async fn confirm_password_reset(state: App, Json(reset): Json<PasswordReset>) -> Result<HttpResponse> {
    let reset = service::prepare_password_reset(&state, &reset).await?;
    let mut tx = state.db.begin().await?;
    service::reset_password(&mut tx, &state, reset).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change the password
///
/// Other sessions end, this one goes on.
#[utoipa::path(
    tag = "accounts",
    operation_id = "change_password",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed"),
        (status = 403, description = "`accounts.wrong_password`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[put("/account/password")]
pub async fn change_password(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    Json(change): Json<PasswordChange>,
) -> Result<HttpResponse> {
    let password = service::prepare_password(&state, me.id, &change, from.0).await?;
    let mut tx = state.db.begin().await?;
    service::change_password(&mut tx, &state, password, me.session_id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Confirm an address
///
/// With the token of the mailed link: the account's address, or a new one, which then takes its place.
#[utoipa::path(
    tag = "accounts",
    operation_id = "verify_email",
    request_body = EmailVerification,
    responses(
        (status = 204, description = "Confirmed"),
        (status = 409, description = "`accounts.email_taken`: somebody else has the address by now", body = Problem,
         content_type = "application/problem+json"),
        (status = 422, description = "`auth.invalid_one_time_token`, `request.invalid`", body = Problem,
         content_type = "application/problem+json"),
    )
)]
#[post("/auth/verify-email")]
pub async fn verify_email(state: App, Json(body): Json<EmailVerification>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::verify_email(&mut tx, &state, &body.token).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ask for the link to confirm the address again
///
/// Earlier links stop working.
#[utoipa::path(
    tag = "accounts",
    operation_id = "resend_verification",
    responses((status = 202, description = "Mailed, unless the address is confirmed already")),
    security(("bearer" = []))
)]
#[post("/auth/verify-email/resend")]
pub async fn resend_verification(state: App, me: SignedIn, from: ClientAddress) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    let customer = store::find_customer(&mut tx, me.id).await?.ok_or(Code::NotFound)?;
    service::resend_verification(&mut tx, &state, &customer, from.0).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Change the address
///
/// A link goes to the new address and a notice to the one so far; nothing changes before the link is used. The answer does
/// not say whether the new address has an account already.
#[utoipa::path(
    tag = "accounts",
    operation_id = "change_email",
    request_body = EmailChange,
    responses(
        (status = 202, description = "Taken or not: the same answer. Confirm it by the mailed link"),
        (status = 403, description = "`accounts.wrong_password`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/account/email")]
pub async fn change_email(
    state: App,
    me: SignedIn,
    from: ClientAddress,
    Json(change): Json<EmailChange>,
) -> Result<HttpResponse> {
    let customer = service::confirm_password(&state, me.id, &change.password, from.0).await?;
    let mut tx = state.db.begin().await?;
    service::request_email_change(&mut tx, &state, &customer, &change.email, from.0).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().finish())
}
