//! Mailed links: proving an address.

use chrono::TimeDelta;
use uuid::Uuid;

use super::super::{
    secret::Secret,
    store::{self, CustomerRecord, Purpose},
};
use crate::{
    db::Tx,
    error::Result,
    mail::{self, Letter},
    state::State,
};

/// How long a link to confirm an address is good.
const VERIFICATION_LIFE: TimeDelta = TimeDelta::hours(24);

/// Mails a link that confirms the account's address.
pub(super) async fn send_verification(tx: &mut Tx, state: &State, customer: &CustomerRecord) -> Result<()> {
    let token = new_token(tx, state, customer.id, Purpose::VerifyEmail, &customer.email, VERIFICATION_LIFE).await?;
    let link = state.config.public(&format!("/verify-email?token={}", token.text));
    let key = format!("verify-email:{}", token.hash);
    mail::service::queue(tx, state, &customer.email, &key, &Letter::VerifyEmail { link }).await
}

/// Makes the token of a link.
async fn new_token(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    purpose: Purpose,
    email: &str,
    life: TimeDelta,
) -> Result<Secret> {
    let secret = Secret::random();
    let expires_at = state.clock.now() + life;
    store::upsert_one_time_token(tx, customer, purpose, &secret.hash, email, expires_at).await?;
    Ok(secret)
}
