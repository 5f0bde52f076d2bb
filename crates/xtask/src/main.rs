//! Vitrine's own build tool. `cargo xtask` lists what it can do; each command has a file of its own.

mod cmd;
mod hash;
mod npm;
mod place;
mod tools;
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
        Command::Web(options) => web::build(&options).map(drop),
    }
}
