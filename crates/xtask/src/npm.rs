//! npm packages: the style sheet compiler, wasm-opt, fonts, the browser tests.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    cmd::{Run, cmd},
    hash, place,
};

/// Installs exactly what `folder/package-lock.json` names, if that is not there already.
pub fn install(folder: &Path) -> Result<()> {
    let wanted = hash::of_files(&[folder.join("package.json"), folder.join("package-lock.json")])?;
    let stamp = folder.join("node_modules/.vitrine-stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    if cmd("npm").arg("--version").run_quietly().is_err() {
        bail!(
            "Node.js with npm is needed to build the browser app: `apt-get install nodejs npm`, or https://nodejs.org"
        );
    }
    println!("  installing npm packages in {}", folder.strip_prefix(place::root()).unwrap_or(folder).display());
    cmd("npm").current_dir(folder).args(["ci", "--no-audit", "--no-fund"]).run_quietly()?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A program that an npm package in `folder` brings.
pub fn tool(folder: &Path, name: &str) -> Command {
    let path: PathBuf = folder.join("node_modules/.bin").join(name);
    let mut command = cmd(path);
    command.current_dir(folder);
    command
}
