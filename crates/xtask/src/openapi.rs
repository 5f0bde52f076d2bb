//! `cargo xtask openapi`: the committed API document, from the server that speaks it.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    cmd::{Run, cmd},
    native, place,
};

/// Rewrites `openapi/openapi.json`. That it is fresh is tested with the server.
pub fn write() -> Result<()> {
    let document = cmd(native::build()?.server).arg("openapi").read()?;
    let path = place::root().join("openapi/openapi.json");
    fs::create_dir_all(path.parent().context("the document lies in a folder")?)?;
    fs::write(&path, document).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}
