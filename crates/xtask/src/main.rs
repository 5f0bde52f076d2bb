//! Vitrine's own build tool. `cargo xtask` lists what it can do; each command has a file of its own.

mod bench;
mod cmd;
mod e2e;
mod fuzz;
mod hash;
mod licences;
mod native;
mod npm;
mod openapi;
mod place;
mod postgres;
mod report;
mod rules;
mod run;
mod schemathesis;
mod test;
mod tools;
mod torture;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Build, test, run and measure Vitrine.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the shop with demo products and a local Stripe
    Run(run::Options),
    /// Run all checks and tests, or some
    Test(test::Options),
    /// Run the browser tests
    E2e(e2e::Options),
    /// Measure a release build against yardsticks
    Bench(bench::Options),
    /// Kill the server while it sells, over and over, and check that nothing is lost or doubled
    Torture(torture::Options),
    /// Ask for everything the API's document describes, and for what it does not, and compare the answers with it
    Schemathesis(schemathesis::Options),
    /// Search with libFuzzer for bytes that the readers of strangers' bytes do not stand
    Fuzz(fuzz::Options),
    /// Check the house rules
    Rules,
    /// Check the licences of all dependencies
    Licences,
    /// Rewrite openapi/openapi.json from the server's code
    Openapi,
    /// Note all migrations as shipped: from now on they must not change (part of a release)
    SealMigrations,
    /// Build the browser app into frontend/dist
    Web(web::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\nerror: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    cmd::stop_children_on_ctrl_c()?;
    match command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::E2e(options) => e2e::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Torture(options) => torture::run(&options),
        Command::Schemathesis(options) => schemathesis::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Rules => rules::check().map(drop),
        Command::Licences => licences::check().map(drop),
        Command::Openapi => openapi::write(),
        Command::SealMigrations => rules::seal(),
        Command::Web(options) => web::build(&options).map(drop),
    }
}
