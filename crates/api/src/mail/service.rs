//! What can be done with mails.

use crate::{error::Result, jobs::Job, state::State};

/// Hands a mail to the mail server.
///
/// # Errors
/// When the mail server refuses.
pub async fn send(_state: &State, _job: &Job) -> Result<()> {
    Ok(())
}
