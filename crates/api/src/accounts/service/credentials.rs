//! The password of an account that is signed in.

use std::net::IpAddr;

use uuid::Uuid;
use vitrine_types::{Code, accounts::PasswordChange};

use super::{
    super::{
        passwords::check_strength,
        store::{self, CustomerRecord, Purpose},
    },
    sessions::check_password,
};
use crate::{
    db::Tx,
    error::Result,
    mail::{self, Letter},
    state::State,
};

/// The account, when it is its password: asked again before what cannot be undone.
///
/// # Errors
/// `accounts.wrong_password`, `request.rate_limited`, `server.busy`.
pub async fn confirm_password(state: &State, customer: Uuid, password: &str, from: IpAddr) -> Result<CustomerRecord> {
    let customer = store::find_customer(&state.db, customer).await?.ok_or(Code::NotFound)?;
    // Counted apart from signing in: whoever has a session shall not be locked out by others' guesses.
    let counted_as = format!("customer:{}", customer.id);
    match check_password(state, Some(&customer), password, &counted_as, from).await? {
        true => Ok(customer),
        false => Err(Code::WrongPassword.into()),
    }
}

/// A new password with its hash.
pub struct PreparedPassword {
    customer: CustomerRecord,
    hash: String,
}

/// Checks the password so far and the new one, and hashes that.
///
/// # Errors
/// `accounts.wrong_password`, `request.invalid`, `request.rate_limited`, `server.busy`.
pub async fn prepare_password(
    state: &State,
    customer: Uuid,
    change: &PasswordChange,
    from: IpAddr,
) -> Result<PreparedPassword> {
    let customer = confirm_password(state, customer, &change.current_password, from).await?;
    check_strength(&change.new_password, "new_password", &customer.email, &customer.name)?;
    let hash = state.passwords.turn().await?.hash(&change.new_password).await?;
    Ok(PreparedPassword { customer, hash })
}

/// Sets the new password and ends all sessions but this one.
///
/// # Errors
/// `accounts.wrong_password` when it was changed meanwhile.
pub async fn change_password(tx: &mut Tx, state: &State, password: PreparedPassword, session: Uuid) -> Result<()> {
    let PreparedPassword { customer, hash } = password;
    set_password(tx, state, &customer, &hash, Some(session)).await
}

/// Sets a password in the place of the one that `customer` had, ends all sessions but `keep`, and tells the owner. Who
/// knew the old password shall not come back: links to set another or to use another address are void.
pub(super) async fn set_password(
    tx: &mut Tx,
    state: &State,
    customer: &CustomerRecord,
    hash: &str,
    keep: Option<Uuid>,
) -> Result<()> {
    if !store::update_password(tx, customer.id, customer.password_hash.clone(), hash).await? {
        return Err(Code::WrongPassword.into());
    }
    store::delete_other_sessions(tx, customer.id, keep).await?;
    store::delete_link(tx, customer.id, Purpose::ResetPassword).await?;
    store::delete_link(tx, customer.id, Purpose::ChangeEmail).await?;
    let letter = Letter::PasswordChanged { reset_url: state.config.public("/reset-password") };
    let key = format!("password-changed:{}", Uuid::now_v7());
    mail::service::queue(tx, state, &customer.email, &key, &letter).await
}
