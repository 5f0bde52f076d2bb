//! The first admin, and further ones from the command line.

use secrecy::ExposeSecret;
use vitrine_types::{
    Code,
    accounts::{NewCustomer, Role},
};

use super::{super::store, prepare_customer, register};
use crate::{db::Cx, error::Result, state::State};

/// Makes the admin that the settings name, when there is none.
///
/// # Errors
/// When the settings do not make an account.
pub async fn ensure_first_admin(state: &State) -> Result<()> {
    let Some((email, password)) = &state.config.first_admin else { return Ok(()) };
    if store::has_admin(&state.db).await? {
        return Ok(());
    }
    match create_admin(state, email, password.expose_secret(), "Owner").await {
        // Another process that started at the same time was faster.
        Err(error) if error.code() == Code::EmailTaken && store::has_admin(&state.db).await? => Ok(()),
        done => done,
    }
}

/// Where to write to the owner.
///
/// # Errors
/// When the database does not answer.
pub async fn list_admin_emails<'c>(cx: impl Into<Cx<'c>>) -> Result<Vec<String>> {
    Ok(store::list_admin_emails(cx).await?)
}

/// The addresses of admins whose password is their only guard.
///
/// # Errors
/// When the database does not answer.
pub async fn list_admins_without_second_factor<'c>(cx: impl Into<Cx<'c>>) -> Result<Vec<String>> {
    Ok(store::list_admins_without_second_factor(cx).await?)
}

/// Makes an admin.
///
/// # Errors
/// When the address or password is not usable, or the address is taken.
pub async fn create_admin(state: &State, email: &str, password: &str, name: &str) -> Result<()> {
    let new = NewCustomer { email: email.into(), password: password.into(), name: name.into() };
    let new = prepare_customer(state, &new, Role::Admin).await?;
    let mut tx = state.db.begin().await?;
    let admin = register(&mut tx, state, new).await?;
    tx.commit().await?;
    tracing::info!(id = %admin.id, "made an admin");
    Ok(())
}
