//! Signing in and staying so.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vitrine_types::{
    Code,
    accounts::{Credentials, Role},
};

use super::super::{
    email::Email,
    secret::Secret,
    store::{self, CustomerRecord, SessionRecord},
};
use crate::{
    auth::{ACCESS_TOKEN_LIFE, Access},
    db::{Db, Tx},
    error::Result,
    state::State,
};

/// A session that is not renewed for so long ends.
pub const IDLE_LIFE: TimeDelta = TimeDelta::days(14);

/// A session ends after so long in any case.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);

/// Who is signing in, from where.
#[derive(Clone, Debug)]
pub struct Device {
    /// The network address, for limits.
    pub address: IpAddr,
    /// The browser's own description of itself.
    pub user_agent: Option<String>,
}

/// A session with its tokens, as its owner gets them.
pub struct OpenedSession {
    /// Who is signed in.
    pub customer: CustomerRecord,
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// For the cookie.
    pub refresh_token: String,
    /// How long the cookie may be kept.
    pub refresh_life: TimeDelta,
}

/// The account of these credentials.
///
/// # Errors
/// `auth.invalid_credentials` whatever is wrong with them, `request.rate_limited`, `server.busy`.
pub async fn sign_in(state: &State, credentials: &Credentials, from: IpAddr) -> Result<CustomerRecord> {
    let email = Email::parse(&credentials.email, "email").ok();
    let key = email.map(|email| email.key).unwrap_or_default();
    state.limits.check_attempt(&key, from)?;
    let customer = store::find_customer_by_email(&state.db, &key).await?;
    let turn = state.passwords.turn().await?;
    let attempt = state.limits.count_attempt(&key, from)?;
    let hash = customer.as_ref().and_then(|customer| customer.password_hash.as_deref());
    let is_right = turn.verify(&credentials.password, hash).await?;
    match customer {
        Some(customer) if is_right => {
            attempt.forgive();
            Ok(customer)
        }
        _ => {
            tracing::info!(%from, "a sign-in failed");
            Err(Code::InvalidCredentials.into())
        }
    }
}

/// Opens a session for an account that has proved itself.
///
/// # Errors
/// When the database does not answer.
pub async fn open_session(
    tx: &mut Tx,
    state: &State,
    customer: CustomerRecord,
    device: &Device,
) -> Result<OpenedSession> {
    let now = state.clock.now();
    let session = SessionRecord {
        id: Uuid::now_v7(),
        customer_id: customer.id,
        user_agent: device.user_agent.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + IDLE_LIFE,
    };
    store::delete_expired_sessions(tx, customer.id, now).await?;
    store::insert_session(tx, &session).await?;
    store::update_last_seen(tx, customer.id, now).await?;
    give_tokens(tx, state, customer, &session, now).await
}

/// A fresh pair of tokens for a session.
pub(super) async fn give_tokens(
    tx: &mut Tx,
    state: &State,
    customer: CustomerRecord,
    session: &SessionRecord,
    now: DateTime<Utc>,
) -> Result<OpenedSession> {
    let refresh = Secret::random();
    store::insert_refresh_token(tx, &refresh.hash, session.id).await?;
    let access = Access { sub: customer.id, sid: session.id };
    Ok(OpenedSession {
        access_token: state.keys.sign(access, now, ACCESS_TOKEN_LIFE)?,
        refresh_token: refresh.text,
        refresh_life: session.expires_at - now,
        customer,
    })
}

/// The role of the account when the session is alive.
///
/// # Errors
/// When the database does not answer.
pub async fn live_session_role(db: &Db, session: Uuid, account: Uuid, now: DateTime<Utc>) -> Result<Option<Role>> {
    Ok(store::find_live_role(db, session, account, now).await?)
}
