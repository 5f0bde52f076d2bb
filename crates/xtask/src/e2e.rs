//! `cargo xtask e2e`: the real app in a real browser, against a real server and the local Stripe.

use anyhow::Result;
use clap::Args;

use crate::{cmd::Run, native, npm, place, postgres::Cluster, report::Outcome, test::Database, tools, web};

/// What to run in the browser.
#[derive(Args)]
pub struct Options {
    /// What the server stores its data in
    #[arg(long, default_value = "sqlite")]
    database: Database,
    /// Passed on to Playwright: file names, `--grep checkout`, `--headed`, `--ui` …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds what is needed and runs the browser tests.
pub fn run(options: &Options) -> Result<()> {
    web::build(&web::Options::default())?;
    if options.database.sqlite() {
        test(None, &options.arguments)?;
    }
    if options.database.postgres() {
        let cluster = Cluster::start()?;
        test(Some(&cluster.url()), &options.arguments)?;
    }
    Ok(())
}

/// Runs the browser tests on SQLite, or on databases of their own in the PostgreSQL at `postgres`.
pub fn test(postgres: Option<&str>, arguments: &[String]) -> Result<Outcome> {
    let folder = place::root().join("e2e");
    npm::install(&folder)?;
    let binaries = native::build()?;
    let mut playwright = npm::tool(&folder, "playwright");
    playwright.arg("test").args(arguments);
    playwright.env("E2E_SERVER", &binaries.server).env("E2E_STRIPE", &binaries.stripe);
    playwright.env("E2E_WEB_DIR", place::web_dist()).env("E2E_CHROMIUM", tools::chromium()?);
    if let Some(url) = postgres {
        playwright.env("E2E_POSTGRES", url);
    }
    playwright.run_counted(" passed")
}
