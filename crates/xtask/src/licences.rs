//! Licences of everything we link, and advisories against it.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    cmd::{Run, cargo},
    place,
    report::Outcome,
    tools,
};

/// Checks each package's licence against the list in `deny.toml`.
pub fn check() -> Result<Outcome> {
    let deny: toml::Table = toml::from_str(&fs::read_to_string(place::root().join("deny.toml"))?)?;
    let allowed = deny["licenses"]["allow"].as_array().context("deny.toml has no list licenses.allow")?;
    let allowed: Vec<_> = allowed.iter().filter_map(|licence| licence.as_str()).collect();

    let metadata = cargo().args(["metadata", "--format-version", "1", "--locked"]).read()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let refused: Vec<_> = packages.iter().filter(|package| !is_allowed(package, &allowed)).collect();
    for package in &refused {
        println!("{} {}: licence {}", package["name"], package["version"], package["license"]);
    }
    if !refused.is_empty() {
        bail!("{} packages under licences that deny.toml does not allow", refused.len());
    }
    Ok(Outcome::Counted(format!("{} packages", packages.len())))
}

fn is_allowed(package: &Value, allowed: &[&str]) -> bool {
    // Old packages separate alternatives with a slash.
    let Some(licence) = package["license"].as_str().map(|text| text.replace('/', " OR ")) else { return false };
    let Ok(expression) = spdx::Expression::parse_mode(&licence, spdx::ParseMode::LAX) else { return false };
    expression.evaluate(|term| allowed.contains(&term.to_string().as_str()))
}

/// Checks for published advisories, where cargo-deny and its database are at hand.
pub fn check_advisories() -> Result<Outcome> {
    if !tools::exists("cargo-deny") {
        return Ok(Outcome::Skipped("cargo-deny is not installed (`cargo install --locked cargo-deny`)".into()));
    }
    if cargo().args(["deny", "fetch"]).run_quietly().is_err() {
        return Ok(Outcome::Skipped("the advisory database cannot be reached".into()));
    }
    cargo().args(["deny", "check", "--disable-fetch", "advisories", "bans", "sources"]).run().map(|()| Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_must_be_allowed_in_one_of_its_alternatives() {
        let allows = |licence: &str| is_allowed(&serde_json::json!({ "license": licence }), &["MIT", "ISC"]);
        assert!(allows("MIT"));
        assert!(allows("GPL-3.0-only OR MIT"));
        assert!(allows("Apache-2.0/MIT"));
        assert!(allows("MIT AND ISC"));
        assert!(!allows("MIT AND GPL-3.0-only"));
        assert!(!allows("GPL-3.0-only"));
        assert!(!allows(""));
    }
}
