//! What can be done with accounts.

mod admins;
mod credentials;
mod links;
mod profile;
mod registration;
mod sessions;

use uuid::Uuid;

use super::store;
pub use super::store::CustomerRecord;
use crate::{db::Cx, error::Result};

pub use admins::{create_admin, ensure_first_admin, list_admin_emails};
pub use credentials::{PreparedPassword, change_password, confirm_password, prepare_password};
pub use links::{
    PreparedReset, prepare_password_reset, request_email_change, request_password_reset, resend_verification,
    reset_password, send_password_reset, verify_email,
};
pub use profile::{delete_account, set_avatar, update_profile};
pub use registration::{PreparedCustomer, prepare_customer, register};
pub use sessions::{
    Device, IDLE_LIFE, KnownDevice, OpenedSession, Refreshed, SESSION_LIFE, end_session, live_session_role,
    open_session, refresh, sign_in, sign_out,
};

/// The account of this id, deleted ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn find_customer<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<CustomerRecord>> {
    Ok(store::find_customer(cx, id).await?)
}
