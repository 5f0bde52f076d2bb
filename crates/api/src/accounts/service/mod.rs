//! What can be done with accounts.

mod admins;
mod credentials;
mod links;
mod notifications;
mod profile;
mod registration;
mod second_factor;
mod sessions;

use uuid::Uuid;

use super::store;
pub use super::store::CustomerRecord;
use crate::{db::Cx, error::Result};

pub use admins::{create_admin, ensure_first_admin, list_admin_emails, list_admins_without_second_factor};
pub use credentials::{PreparedPassword, change_password, confirm_password, prepare_password};
pub use links::{
    PreparedReset, prepare_password_reset, request_email_change, request_password_reset, resend_verification,
    reset_password, send_password_reset, verify_email,
};
pub use notifications::{OptionalMail, notifications, set_notifications, wants_mail};
pub use profile::{delete_account, set_avatar, update_profile};
pub use registration::{PreparedCustomer, prepare_customer, register};
pub use second_factor::{
    confirm_owner, confirm_totp, disable_totp, disable_totp_of, needs_totp, prove_second_factor, renew_recovery_codes,
    start_totp, totp_status,
};
pub use sessions::{
    Device, IDLE_LIFE, KnownDevice, OpenedSession, Refreshed, SESSION_LIFE, end_session, find_live_session,
    open_session, refresh, sign_in, sign_out,
};

/// The account of this id, deleted ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn find_customer<'c>(cx: impl Into<Cx<'c>>, id: Uuid) -> Result<Option<CustomerRecord>> {
    Ok(store::find_customer(cx, id).await?)
}
