//! Mailed links: proving an address, and getting in again without the password.

use std::net::IpAddr;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::{Code, accounts::PasswordReset};

use super::{
    super::{
        email::Email,
        passwords::check_strength,
        secret::{self, Secret},
        store::{self, CustomerRecord, LinkRecord, Purpose},
    },
    credentials, profile,
};
use crate::{
    db::Tx,
    error::{Error, Result},
    jobs::{self, Job, Kind},
    mail::{self, Letter},
    state::State,
};

#[derive(Serialize, Deserialize)]
struct ResetRequest {
    email_key: String,
}

/// Mails a link that confirms the account's address.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn send_verification(tx: &mut Tx, state: &State, customer: &CustomerRecord) -> Result<()> {
    send_link(tx, state, customer.id, Purpose::VerifyEmail, &customer.email).await
}

/// Mails that link again, unless the address is confirmed.
///
/// # Errors
/// `request.rate_limited`.
pub async fn resend_verification(tx: &mut Tx, state: &State, customer: &CustomerRecord, from: IpAddr) -> Result<()> {
    if customer.email_verified_at.is_some() {
        return Ok(());
    }
    state.limits.count_mail(&customer.email_key, from)?;
    send_verification(tx, state, customer).await
}

/// Asks for a link to set a new password. Known and unknown addresses are told apart later, by a job: what is done
/// here is the same for both.
///
/// # Errors
/// `request.rate_limited`.
pub async fn request_password_reset(tx: &mut Tx, state: &State, email: &str, from: IpAddr) -> Result<()> {
    // What is no address has no account, and the answer does not tell.
    let Ok(email) = Email::parse(email, "email") else { return Ok(()) };
    state.limits.count_mail(&email.key, from)?;
    let request = ResetRequest { email_key: email.key };
    let key = Uuid::now_v7().to_string();
    jobs::enqueue(tx, &state.clock, Kind::RequestedReset, &key, &request, state.clock.now()).await
}

/// Mails the link to set a new password, if there is such an account.
///
/// # Errors
/// When the database does not answer.
pub async fn send_password_reset(state: &State, job: &Job) -> Result<()> {
    let request: ResetRequest = job.payload()?;
    let mut tx = state.db.begin().await?;
    if let Some(customer) = store::find_customer_by_email(&mut tx, &request.email_key).await? {
        send_link(&mut tx, state, customer.id, Purpose::ResetPassword, &customer.email).await?;
    }
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// A new password that a link allows to set, with its hash.
pub struct PreparedReset {
    token_hash: String,
    customer: CustomerRecord,
    password_hash: String,
}

/// Checks the link and the password, and hashes it.
///
/// # Errors
/// `auth.invalid_one_time_token`, `request.invalid`, `server.busy`.
pub async fn prepare_password_reset(state: &State, reset: &PasswordReset) -> Result<PreparedReset> {
    let token_hash = secret::hash(&reset.token);
    let link = store::find_link(&state.db, &token_hash).await?;
    let link = valid(state, link, &[Purpose::ResetPassword])?;
    let customer = store::find_customer(&state.db, link.customer_id).await?.ok_or(Code::InvalidOneTimeToken)?;
    check_strength(&reset.password, "password", &customer.email, &customer.name)?;
    let password_hash = state.passwords.turn().await?.hash(&reset.password).await?;
    Ok(PreparedReset { token_hash, customer, password_hash })
}

/// Sets the new password and ends all sessions.
///
/// # Errors
/// `auth.invalid_one_time_token` when the link was used meanwhile.
pub async fn reset_password(tx: &mut Tx, state: &State, reset: PreparedReset) -> Result<()> {
    let PreparedReset { token_hash, customer, password_hash } = reset;
    let link = valid(state, store::take_link(tx, &token_hash).await?, &[Purpose::ResetPassword])?;
    credentials::set_password(tx, state, &customer, &password_hash, None).await?;
    // Whoever read the mail has proved the address.
    if link.email == customer.email {
        store::update_email_verified(tx, customer.id, state.clock.now()).await?;
    }
    Ok(())
}

/// Asks to use another address: a link goes there, a notice to the address so far. An address that is taken gets a mail
/// that says so in the place of the link; who asks sees the same, after the same work.
///
/// # Errors
/// `request.invalid`, `request.rate_limited`.
pub async fn request_email_change(
    tx: &mut Tx,
    state: &State,
    customer: &CustomerRecord,
    new: &str,
    from: IpAddr,
) -> Result<()> {
    let email = Email::parse(new, "email")?;
    if email.key == customer.email_key {
        return Err(Error::field("email", "unchanged", "This is your address already"));
    }
    state.limits.count_mail(&email.key, from)?;
    let is_taken = store::find_customer_by_email(&mut *tx, &email.key).await?.is_some();
    let (token, link) = make_link(tx, state, customer.id, Purpose::ChangeEmail, &email.address).await?;
    let letter = match is_taken {
        false => Letter::EmailChangeConfirm { link },
        true => Letter::EmailInUse { sign_in_url: state.config.public("/sign-in") },
    };
    let key = format!("{}:{}", Purpose::ChangeEmail.as_str(), token.hash);
    mail::service::queue(tx, state, &email.address, &key, &letter).await?;
    let notice = Letter::EmailChangeNotice { new_address: email.address.clone() };
    mail::service::queue(tx, state, &customer.email, &format!("email-change:{}", Uuid::now_v7()), &notice).await
}

/// Confirms an address by the token of its link: the account's, or another that becomes the account's.
///
/// # Errors
/// `auth.invalid_one_time_token`; `accounts.email_taken` when somebody else has the address by now.
pub async fn verify_email(tx: &mut Tx, state: &State, token: &str) -> Result<()> {
    let now = state.clock.now();
    let link = store::take_link(tx, &secret::hash(token)).await?;
    let link = valid(state, link, &[Purpose::VerifyEmail, Purpose::ChangeEmail])?;
    let customer = store::find_customer(&mut *tx, link.customer_id).await?.ok_or(Code::InvalidOneTimeToken)?;
    let email = Email::parse(&link.email, "email")?;
    match link.purpose {
        Purpose::ChangeEmail => {
            if store::find_customer_by_email(&mut *tx, &email.key).await?.is_some()
                || !store::update_email(tx, customer.id, &email.address, &email.key, now).await?
            {
                return Err(Code::EmailTaken.into());
            }
            // It went to the address so far.
            store::delete_link(tx, customer.id, Purpose::ResetPassword).await?;
            store::delete_link(tx, customer.id, Purpose::VerifyEmail).await?;
            profile::tell_others(tx, &state.clock, customer.id).await?;
        }
        _ => store::update_email_verified(tx, customer.id, now).await?,
    }
    mail::service::queue(tx, state, &email.address, &format!("welcome:{}", customer.id), &Letter::Welcome).await
}

/// The link, when it is for that and its time is not over.
fn valid(state: &State, link: Option<LinkRecord>, purposes: &[Purpose]) -> Result<LinkRecord> {
    link.filter(|link| purposes.contains(&link.purpose) && link.expires_at > state.clock.now())
        .ok_or_else(|| Code::InvalidOneTimeToken.into())
}

/// Makes a link and mails it to `to`, the address that proves itself by it.
async fn send_link(tx: &mut Tx, state: &State, customer_id: Uuid, purpose: Purpose, to: &str) -> Result<()> {
    let (token, link) = make_link(tx, state, customer_id, purpose, to).await?;
    let letter = match purpose {
        Purpose::VerifyEmail => Letter::VerifyEmail { link },
        Purpose::ChangeEmail => Letter::EmailChangeConfirm { link },
        Purpose::ResetPassword => Letter::PasswordReset { link },
    };
    mail::service::queue(tx, state, to, &format!("{}:{}", purpose.as_str(), token.hash), &letter).await
}

/// Makes a link by which `to` proves itself. Earlier ones for the same purpose are void.
async fn make_link(
    tx: &mut Tx,
    state: &State,
    customer_id: Uuid,
    purpose: Purpose,
    to: &str,
) -> Result<(Secret, String)> {
    let (path, life) = match purpose {
        Purpose::VerifyEmail | Purpose::ChangeEmail => ("/verify-email", TimeDelta::hours(24)),
        Purpose::ResetPassword => ("/reset-password/confirm", TimeDelta::minutes(60)),
    };
    let token = Secret::random();
    let link = LinkRecord { customer_id, purpose, email: to.to_owned(), expires_at: state.clock.now() + life };
    store::upsert_link(tx, &token.hash, &link).await?;
    let link = state.config.public(&format!("{path}?token={}", token.text));
    Ok((token, link))
}
