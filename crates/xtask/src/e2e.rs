//! `cargo xtask e2e`: the real app in a real browser, against a real server and the local Stripe.

use anyhow::Result;
use clap::Args;

use crate::{
    cmd::Run,
    native, npm, place,
    postgres::{Cluster, Durability},
    report::Outcome,
    test::Database,
    tools, web,
};

/// What to run in the browser.
#[derive(Args)]
pub struct Options {
    /// What the server stores its data in
    #[arg(long, default_value = "sqlite")]
    database: Database,
    /// With the unoptimised browser app, which is built in a fraction of the time
    #[arg(long)]
    dev: bool,
    /// Passed on to Playwright: file names, `--grep checkout`, `--headed`, `--ui` …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds what is needed and runs the browser tests.
pub fn run(options: &Options) -> Result<()> {
    web::build(&web::Options { dev: options.dev })?;
    if options.database.sqlite() {
        test(None, &options.arguments)?;
    }
    if options.database.postgres() {
        test(Some(&Cluster::start(Durability::None)?), &options.arguments)?;
    }
    Ok(())
}

/// Runs the browser tests on SQLite, or on databases of their own in `cluster`. The browser app is built already.
pub fn test(cluster: Option<&Cluster>, arguments: &[String]) -> Result<Outcome> {
    let folder = place::root().join("e2e");
    npm::install(&folder)?;
    npm::tool(&folder, "tsc").run_quietly()?;
    let binaries = native::build()?;
    let mut playwright = npm::tool(&folder, "playwright");
    playwright.arg("test").args(arguments);
    playwright.env("E2E_SERVER", &binaries.server).env("E2E_STRIPE", &binaries.stripe);
    playwright.env("E2E_WEB_DIR", place::web_dist()).env("E2E_CHROMIUM", tools::chromium()?);
    if let Some(cluster) = cluster {
        playwright.env("E2E_POSTGRES", cluster.url()).env("E2E_PSQL", cluster.psql());
    }
    playwright.run_counted(is_count)
}

/// Whether this line of Playwright's summary tells how many tests ended in one way.
fn is_count(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let number = words.next().is_some_and(|word| word.parse::<u32>().is_ok());
    number
        && words
            .next()
            .is_some_and(|word| ["passed", "failed", "flaky", "skipped", "interrupted", "did"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_from_tests() {
        assert!(is_count("  12 passed (3.4s)"));
        assert!(is_count("  1 did not run"));
        assert!(!is_count("  1 [chromium] › smoke.spec.ts"));
        assert!(!is_count("  ✓  1 passed tests are listed (3.4s)"));
    }
}
