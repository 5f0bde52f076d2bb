//! Signing in and staying so.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::{Code, accounts::Credentials};

use super::super::{
    email::Email,
    secret::{self, Secret},
    store::{self, CustomerRecord, LiveSession, SessionRecord},
};
use crate::{
    auth::{ACCESS_TOKEN_LIFE, Access, TokenBody},
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
    /// Whose account was signed in to here before.
    pub known: Option<KnownDevice>,
}

/// Says that an account was signed in to on this device before. Failures there are counted apart, so that nobody can
/// lock the owner of an account out by guessing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnownDevice {
    /// The account.
    pub sub: Uuid,
    /// The device.
    pub did: Uuid,
}

impl TokenBody for KnownDevice {
    const TYPE: &'static str = "device";
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

/// What became of a refresh token.
pub enum Refreshed {
    /// It was good.
    Renewed(Box<OpenedSession>),
    /// It was not; had it been used before, its session has ended. To be committed, too.
    Refused,
}

/// The account of this address and password; its second factor is to be asked for next.
///
/// # Errors
/// `auth.invalid_credentials` whatever is wrong with them, `request.rate_limited`, `server.busy`.
pub async fn sign_in(state: &State, credentials: &Credentials, device: &Device) -> Result<CustomerRecord> {
    let email = Email::parse(&credentials.email, "email").ok();
    let key = email.map(|email| email.key).unwrap_or_default();
    let customer = store::find_customer_by_email(&state.db, &key).await?;
    let known = device.known.as_ref().filter(|known| customer.as_ref().is_some_and(|found| found.id == known.sub));
    let counted_as = known.map_or(key, |known| format!("device:{}", known.did));
    if check_password(state, customer.as_ref(), &credentials.password, &counted_as, device.address).await?
        && let Some(customer) = customer
    {
        return Ok(customer);
    }
    tracing::info!(from = %device.address, "a sign-in failed");
    Err(Code::InvalidCredentials.into())
}

/// Whether it is the customer's password. For nobody the same work is done. Failures count against `counted_as` and the
/// address.
///
/// # Errors
/// `request.rate_limited`, `server.busy`.
pub(super) async fn check_password(
    state: &State,
    customer: Option<&CustomerRecord>,
    password: &str,
    counted_as: &str,
    from: IpAddr,
) -> Result<bool> {
    state.limits.check_attempt(counted_as, from)?;
    let turn = state.passwords.turn().await?;
    // Counted here and not before, so that those who wait in line do not count against each other.
    let attempt = state.limits.count_attempt(counted_as, from)?;
    let is_right = turn.verify(password, customer.and_then(|customer| customer.password_hash.as_deref())).await?;
    if is_right {
        attempt.forgive();
    }
    Ok(is_right)
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

/// Renews a session by its refresh token, which is good for one use.
///
/// # Errors
/// When the database does not answer.
pub async fn refresh(tx: &mut Tx, state: &State, token: &str) -> Result<Refreshed> {
    let now = state.clock.now();
    let hash = secret::hash(token);
    let Some(id) = store::use_refresh_token(tx, &hash, now).await? else {
        if let Some(id) = store::find_session_of_token(tx, &hash).await?
            && let Some(session) = store::find_session(&mut *tx, id).await?
        {
            // Two hold this token, and one of them stole it: neither goes on.
            store::delete_session(tx, id, session.customer_id).await?;
            tracing::warn!(customer = %session.customer_id, "a refresh token was used twice; its session has ended");
        }
        return Ok(Refreshed::Refused);
    };
    let session = store::find_session(&mut *tx, id).await?.filter(|session| session.expires_at > now);
    let Some(mut session) = session else { return Ok(Refreshed::Refused) };
    let Some(customer) = store::find_customer(&mut *tx, session.customer_id).await? else {
        return Ok(Refreshed::Refused);
    };
    session.last_seen_at = now;
    session.expires_at = (now + IDLE_LIFE).min(session.created_at + SESSION_LIFE);
    store::update_session(tx, &session).await?;
    store::update_last_seen(tx, customer.id, now).await?;
    Ok(Refreshed::Renewed(Box::new(give_tokens(tx, state, customer, &session, now).await?)))
}

/// Ends the session that a refresh token belongs to, used or not.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_out(tx: &mut Tx, token: &str) -> Result<()> {
    if let Some(id) = store::find_session_of_token(tx, &secret::hash(token)).await?
        && let Some(session) = store::find_session(&mut *tx, id).await?
    {
        store::delete_session(tx, id, session.customer_id).await?;
    }
    Ok(())
}

/// Ends one of the customer's sessions.
///
/// # Errors
/// `request.not_found`.
pub async fn end_session(tx: &mut Tx, customer: Uuid, session: Uuid) -> Result<()> {
    if store::delete_session(tx, session, customer).await? { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// A fresh pair of tokens for a session.
async fn give_tokens(
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

/// The session when it is alive.
///
/// # Errors
/// When the database does not answer.
pub async fn find_live_session(
    db: &Db,
    session: Uuid,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<LiveSession>> {
    Ok(store::find_live_session(db, session, account, now).await?)
}
