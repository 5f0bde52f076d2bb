//! What can be done with accounts.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use vitrine_types::accounts::Role;

use crate::{db::Db, error::Result, state::State};

/// The role of the account when the session is alive.
///
/// # Errors
/// When the database does not answer.
pub async fn live_session_role(_db: &Db, _session: Uuid, _account: Uuid, _now: DateTime<Utc>) -> Result<Option<Role>> {
    Ok(None)
}

/// Makes the admin that the settings name, when there is none.
///
/// # Errors
/// When the settings do not make an account.
pub async fn ensure_first_admin(_state: &State) -> Result<()> {
    Ok(())
}

/// Makes an admin.
///
/// # Errors
/// When the address or password is not usable.
pub async fn create_admin(_state: &State, _email: &str, _password: &str, _name: &str) -> Result<()> {
    Ok(())
}
