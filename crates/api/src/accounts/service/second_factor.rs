//! The second factor: setting it up, proving it, taking it away.

use std::net::IpAddr;

use chrono::TimeDelta;
use uuid::Uuid;
use vitrine_types::{
    Code,
    accounts::{Credentials, Role, TotpSetup, TotpStatus},
};

use super::{
    super::{
        email::Email,
        recovery_code,
        store::{self, CustomerRecord, SecondFactorRecord},
        totp,
    },
    credentials::confirm_password,
    sessions::Device,
};
use crate::{
    auth::SignedIn,
    config::Config,
    db::{Cx, Tx},
    error::{Error, Result},
    mail::{self, Letter, SecondFactorChange},
    state::State,
};

/// A key that was handed out has to be confirmed within so long.
const SETUP_LIFE: TimeDelta = TimeDelta::minutes(30);

/// A session this young has just given the password.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// How many recovery codes there are at first.
const RECOVERY_CODES: usize = 10;

/// Whether an account may only set up its second factor.
pub fn needs_totp(config: &Config, role: Role, totp_enabled: bool) -> bool {
    config.require_admin_totp && role == Role::Admin && !totp_enabled
}

/// Where the second factor of an account stands.
///
/// # Errors
/// When the database does not answer.
pub async fn totp_status<'c>(cx: impl Into<Cx<'c>>, state: &State, customer: Uuid) -> Result<TotpStatus> {
    let mut cx = cx.into();
    let record = store::find_customer(cx.again(), customer).await?.ok_or(Code::NotFound)?;
    Ok(TotpStatus {
        enabled: record.totp_enabled,
        required: needs_totp(&state.config, record.role, record.totp_enabled),
        recovery_codes_left: store::count_recovery_codes(cx, customer).await?,
    })
}

/// Who gives an account its second factor must know the password, by giving it now or having just signed in: somebody
/// who finds an open session shall not lock its owner out.
///
/// # Errors
/// `accounts.password_required`, `accounts.wrong_password`, `request.rate_limited`, `server.busy`.
pub async fn confirm_owner(state: &State, me: &SignedIn, password: Option<&str>, from: IpAddr) -> Result<()> {
    if let Some(password) = password {
        return confirm_password(state, me.id, password, from).await.map(drop);
    }
    let session = store::find_session(&state.db, me.session_id).await?.ok_or(Code::InvalidToken)?;
    if state.clock.now() - session.created_at < FRESH { Ok(()) } else { Err(Code::PasswordRequired.into()) }
}

/// Hands out a key that waits to be confirmed; one that waited before is void.
///
/// # Errors
/// `accounts.totp_enabled`.
pub async fn start_totp(tx: &mut Tx, state: &State, customer: Uuid) -> Result<TotpSetup> {
    let record = store::find_customer(&mut *tx, customer).await?.ok_or(Code::NotFound)?;
    let secret = totp::random_secret();
    let sealed = state.seals.seal(&secret, customer.as_bytes())?;
    if !store::upsert_second_factor(tx, customer, sealed, state.clock.now()).await? {
        return Err(Code::TotpEnabled.into());
    }
    totp::setup(&secret, &state.config.shop_name, &record.email)
}

/// Turns the second factor on by a first code, and gives the recovery codes. Other sessions, opened without it, end.
///
/// # Errors
/// `request.invalid` for a wrong code, `request.rate_limited`, `accounts.totp_enabled`; `accounts.totp_not_enabled` when
/// no key waits to be confirmed.
pub async fn confirm_totp(tx: &mut Tx, state: &State, me: &SignedIn, code: &str, from: IpAddr) -> Result<Vec<String>> {
    let now = state.clock.now();
    let waiting = match store::find_second_factor(&mut *tx, me.id).await? {
        Some(factor) if factor.confirmed_at.is_some() => return Err(Code::TotpEnabled.into()),
        Some(factor) if now - factor.created_at < SETUP_LIFE => factor,
        _ => return Err(Error::new(Code::TotpNotEnabled).detail("Start over: there is no key to be confirmed")),
    };
    let secret = state.seals.open(&waiting.secret, me.id.as_bytes())?;
    let attempt = state.limits.count_attempt(&counted_as(me.id), from)?;
    let wrong = "This is not the code of now. Does the clock of your device run right?";
    let step = totp::step_of(&secret, code, now).ok_or_else(|| Error::field("code", "invalid", wrong))?;
    attempt.forgive();
    if !store::update_confirmed(tx, me.id, &waiting, step, now).await? {
        return Err(Code::Conflict.into());
    }
    store::delete_other_sessions(tx, me.id, Some(me.session_id)).await?;
    let codes = give_recovery_codes(tx, me.id).await?;
    tell(tx, state, me.id, SecondFactorChange::Enabled).await?;
    Ok(codes)
}

/// Takes the second factor away.
///
/// # Errors
/// `accounts.totp_not_enabled`.
pub async fn disable_totp(tx: &mut Tx, state: &State, customer: Uuid) -> Result<()> {
    require_totp(tx, customer).await?;
    store::delete_second_factor(tx, customer).await?;
    tell(tx, state, customer, SecondFactorChange::Disabled).await
}

/// Takes the second factor of the account of `email` away: the operator's way, for who has lost everything else.
///
/// # Errors
/// `request.not_found`, `accounts.totp_not_enabled`.
pub async fn disable_totp_of(state: &State, email: &str) -> Result<()> {
    let email = Email::parse(email, "email")?;
    let mut tx = state.db.begin().await?;
    let customer = store::find_customer_by_email(&mut tx, &email.key).await?.ok_or(Code::NotFound)?;
    disable_totp(&mut tx, state, customer.id).await?;
    Ok(tx.commit().await?)
}

/// Gives new recovery codes; earlier ones are void.
///
/// # Errors
/// `accounts.totp_not_enabled`.
pub async fn renew_recovery_codes(tx: &mut Tx, state: &State, customer: Uuid) -> Result<Vec<String>> {
    require_totp(tx, customer).await?;
    let codes = give_recovery_codes(tx, customer).await?;
    tell(tx, state, customer, SecondFactorChange::CodesRenewed).await?;
    Ok(codes)
}

/// Asks an account that has just given its password for its second factor, if it has one. What proves it is used up.
///
/// # Errors
/// `auth.totp_required` when nothing came, `auth.invalid_totp`, `request.rate_limited`.
pub async fn prove_second_factor(
    tx: &mut Tx,
    state: &State,
    customer: &CustomerRecord,
    credentials: &Credentials,
    device: &Device,
) -> Result<()> {
    let Some(factor) = find_confirmed(tx, customer.id).await? else { return Ok(()) };
    if credentials.totp.is_none() && credentials.recovery_code.is_none() {
        return Err(Code::TotpRequired.into());
    }
    let known = device.known.as_ref().filter(|known| known.sub == customer.id);
    let counted_as = known.map_or(counted_as(customer.id), |known| format!("totp-device:{}", known.did));
    let attempt = state.limits.count_attempt(&counted_as, device.address)?;
    let proved = match (&credentials.totp, &credentials.recovery_code) {
        (Some(code), _) => use_code(tx, state, customer.id, &factor, code).await?,
        (None, Some(code)) => use_recovery_code(tx, state, customer.id, code).await?,
        (None, None) => false,
    };
    if !proved {
        tracing::info!(from = %device.address, "a second factor failed");
        return Err(Code::InvalidTotp.into());
    }
    attempt.forgive();
    Ok(())
}

async fn use_code(tx: &mut Tx, state: &State, customer: Uuid, factor: &SecondFactorRecord, code: &str) -> Result<bool> {
    let secret = state.seals.open(&factor.secret, customer.as_bytes())?;
    let Some(step) = totp::step_of(&secret, code, state.clock.now()) else { return Ok(false) };
    // Sealed anew, so that after a change of the sealing key each sign-in brings one more secret over.
    let sealed = state.seals.seal(&secret, customer.as_bytes())?;
    Ok(store::use_step(tx, customer, step, sealed).await?)
}

async fn use_recovery_code(tx: &mut Tx, state: &State, customer: Uuid, code: &str) -> Result<bool> {
    if !store::delete_recovery_code(tx, customer, &recovery_code::hash(code)).await? {
        return Ok(false);
    }
    let left = store::count_recovery_codes(&mut *tx, customer).await?;
    tell(tx, state, customer, SecondFactorChange::CodeUsed { left }).await?;
    Ok(true)
}

async fn find_confirmed(tx: &mut Tx, customer: Uuid) -> Result<Option<SecondFactorRecord>> {
    Ok(store::find_second_factor(tx, customer).await?.filter(|factor| factor.confirmed_at.is_some()))
}

async fn require_totp(tx: &mut Tx, customer: Uuid) -> Result<()> {
    find_confirmed(tx, customer).await?.map(drop).ok_or_else(|| Code::TotpNotEnabled.into())
}

async fn give_recovery_codes(tx: &mut Tx, customer: Uuid) -> Result<Vec<String>> {
    store::delete_recovery_codes(tx, customer).await?;
    let codes: Vec<String> = std::iter::repeat_with(recovery_code::random).take(RECOVERY_CODES).collect();
    for code in &codes {
        store::insert_recovery_code(tx, customer, recovery_code::hash(code)).await?;
    }
    Ok(codes)
}

/// Codes are counted apart from passwords: whoever is asked for one has given the right password.
fn counted_as(customer: Uuid) -> String {
    format!("totp:{customer}")
}

async fn tell(tx: &mut Tx, state: &State, customer: Uuid, change: SecondFactorChange) -> Result<()> {
    let customer = store::find_customer(&mut *tx, customer).await?.ok_or(Code::NotFound)?;
    let account_url = state.config.public("/account/two-factor");
    let letter = Letter::SecondFactor { change, account_url, reset_url: state.config.public("/reset-password") };
    mail::service::queue(tx, state, &customer.email, &format!("second-factor:{}", Uuid::now_v7()), &letter).await
}
