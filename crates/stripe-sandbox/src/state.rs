//! Keeping the world over restarts of the demo.

use crate::shared::Shared;
use crate::world::World;
use anyhow::Context;
use std::path::Path;
use std::time::Duration;

/// The world kept in a file; a new one when there is none.
///
/// # Errors
/// When the file is there but unreadable.
pub fn load(path: &Path) -> anyhow::Result<World> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(World::default()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let mut world: World =
        serde_json::from_slice(&text).with_context(|| format!("{} is no sandbox state", path.display()))?;
    world.answers.forget_unfinished();
    world.mailbox.restore();
    Ok(world)
}

/// Writes the world to a file, whole or not at all.
///
/// # Errors
/// When the folder is not writable.
pub(crate) fn save(shared: &Shared, path: &Path) -> anyhow::Result<()> {
    if !shared.take_changed() {
        return Ok(());
    }
    let text = shared.read(serde_json::to_vec)?;
    let draft = path.with_extension("new");
    std::fs::write(&draft, text).with_context(|| format!("cannot write {}", draft.display()))?;
    std::fs::rename(&draft, path).with_context(|| format!("cannot write {}", path.display()))
}

/// Saves every second what has changed.
pub(crate) async fn keep_saving(shared: &Shared, path: &Path) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if let Err(error) = save(shared, path) {
            tracing::warn!(%error, "the sandbox's state is not saved");
        }
    }
}
