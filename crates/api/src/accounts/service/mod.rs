//! What can be done with accounts.

mod admins;
mod links;
mod registration;
mod sessions;

use uuid::Uuid;

use super::store::{self, CustomerRecord};
use crate::{db::Cx, error::Result};

pub use admins::{create_admin, ensure_first_admin};
pub use registration::{PreparedCustomer, prepare_customer, register};
pub use sessions::{Device, IDLE_LIFE, OpenedSession, SESSION_LIFE, live_session_role, open_session, sign_in};

/// The account of this id, deleted ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn find_customer<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<CustomerRecord>> {
    Ok(store::find_customer(cx, id).await?)
}
