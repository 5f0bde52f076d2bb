//! Making accounts.

use uuid::Uuid;
use vitrine_types::{
    Code,
    accounts::{NewCustomer, Role},
};

use super::{
    super::{
        email::Email,
        passwords::check_strength,
        store::{self, CustomerRecord},
    },
    links,
};
use crate::{
    db::Tx,
    error::{Fields, Result},
    state::State,
};

/// A new account, checked and with its password hashed: what takes long is done before the transaction begins.
pub struct PreparedCustomer(CustomerRecord);

/// Checks what somebody wants to register with, and hashes the password.
///
/// # Errors
/// `request.invalid`, `accounts.email_taken`, `server.busy`.
pub async fn prepare_customer(state: &State, new: &NewCustomer, role: Role) -> Result<PreparedCustomer> {
    let email = Email::parse(&new.email, "email")?;
    let name = checked_name(&new.name)?;
    check_strength(&new.password, "password", &email.address, &name)?;
    if store::find_customer_by_email(&state.db, &email.key).await?.is_some() {
        return Err(Code::EmailTaken.into());
    }
    let password_hash = state.passwords.turn().await?.hash(&new.password).await?;
    Ok(PreparedCustomer(CustomerRecord {
        id: Uuid::now_v7(),
        email: email.address,
        email_key: email.key,
        name,
        role,
        password_hash: Some(password_hash),
        // Who runs the shop set the address up themselves.
        email_verified_at: (role == Role::Admin).then(|| state.clock.now()),
        time_zone: None,
        avatar: None,
        created_at: state.clock.now(),
        totp_enabled: false,
        deleted_at: None,
    }))
}

/// Makes the account, and asks it to confirm its address.
///
/// # Errors
/// `accounts.email_taken`.
pub async fn register(tx: &mut Tx, state: &State, new: PreparedCustomer) -> Result<CustomerRecord> {
    let PreparedCustomer(customer) = new;
    if !store::insert_customer(tx, &customer).await? {
        return Err(Code::EmailTaken.into());
    }
    if customer.email_verified_at.is_none() {
        links::send_verification(tx, state, &customer).await?;
    }
    Ok(customer)
}

/// A display name on one line, without space around it.
///
/// # Errors
/// `request.invalid`.
pub fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let mut fields = Fields::default();
    fields.text(name, "name", 1, 100);
    fields.check(!name.contains(['\n', '\r', '\t']), "name", "control_characters", "One line only");
    fields.done().map(|()| name.to_owned())
}
