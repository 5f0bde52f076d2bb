//! HTTP of accounts.

mod auth;
mod cookie;
mod notifications;
mod password;
mod profile;
mod sessions;
mod totp;

use actix_web::{HttpRequest, HttpResponse, http::header};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code,
    accounts::{Customer, DeviceSession},
};

use super::{
    service::{self, Device},
    store::{self, CustomerRecord, SessionRecord},
};
use crate::{error::Result, extract::ClientAddress, media, state::State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(auth::register)
        .service(auth::login)
        .service(auth::refresh_session)
        .service(auth::logout)
        .service(password::request_password_reset)
        .service(password::confirm_password_reset)
        .service(password::change_password)
        .service(password::verify_email)
        .service(password::resend_verification)
        .service(password::change_email)
        .service(profile::get_account)
        .service(profile::update_account)
        .service(profile::set_avatar)
        .service(profile::delete_avatar)
        .service(sessions::list_sessions)
        .service(sessions::end_session)
        .service(totp::get_totp)
        .service(totp::start_totp)
        .service(totp::confirm_totp)
        .service(totp::disable_totp)
        .service(totp::renew_recovery_codes)
        .service(notifications::get_notifications)
        .service(notifications::set_notifications);
}

/// An account on the wire.
pub fn customer(record: &CustomerRecord) -> Customer {
    Customer {
        id: record.id,
        email: record.email.clone(),
        name: record.name.clone(),
        role: record.role,
        avatar_url: record.avatar.as_ref().map(|avatar| media::url(&avatar.name)),
        email_verified: record.email_verified_at.is_some(),
        time_zone: record.time_zone.clone(),
        totp_enabled: record.totp_enabled,
        created_at: record.created_at,
    }
}

/// Where the customer is signed in, for the export of all that is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn export(state: &State, customer: Uuid) -> Result<Vec<DeviceSession>> {
    let rows = store::list_sessions(&state.db, customer, state.clock.now()).await?;
    Ok(rows.into_iter().map(|row| session(row, Uuid::nil())).collect())
}

/// Opens another session for an account that is signed in, and answers as signing in does.
///
/// # Errors
/// `request.not_found` when the account is gone.
pub async fn open_session_of(
    state: &State,
    request: &HttpRequest,
    from: ClientAddress,
    customer: Uuid,
) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    let customer = service::find_customer(&mut tx, customer).await?.ok_or(Code::NotFound)?;
    let session = service::open_session(&mut tx, state, customer, &device(state, request, from)).await?;
    tx.commit().await?;
    auth::signed_in(state, request, HttpResponse::Ok(), &session)
}

/// A session on the wire.
fn session(record: SessionRecord, current: Uuid) -> DeviceSession {
    DeviceSession {
        id: record.id,
        user_agent: record.user_agent,
        created_at: record.created_at,
        last_seen_at: record.last_seen_at,
        current: record.id == current,
    }
}

/// What the request says about the device it comes from.
fn device(state: &State, request: &HttpRequest, from: ClientAddress) -> Device {
    let described = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Device {
        address: from.0,
        user_agent: described.map(|agent| agent.chars().take(255).collect()),
        known: cookie::known_device(state, request),
    }
}
