//! The programs of this workspace, compiled for this machine.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    cmd::{Run, cargo},
    place,
};

/// Everything but the browser app. The same selection for each native command: another one would resolve to other
/// features and compile every dependency anew.
pub const EVERYTHING: [&str; 3] = ["--workspace", "--exclude", "vitrine-web"];

/// Where the programs lie.
pub struct Binaries {
    /// The server.
    pub server: PathBuf,
    /// The local Stripe.
    pub stripe: PathBuf,
    /// What fills a new shop.
    pub demo: PathBuf,
}

/// Compiles the programs unless they are up to date.
pub fn build() -> Result<Binaries> {
    cargo().arg("build").args(EVERYTHING).arg("--bins").run()?;
    let folder = place::target().join("debug");
    let program = |name: &str| folder.join(name);
    Ok(Binaries { server: program("vitrine"), stripe: program("stripe-sandbox"), demo: program("vitrine-demo") })
}
