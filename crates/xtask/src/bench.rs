//! `cargo xtask bench`: speed and memory of a release build, with yardsticks beside.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    cmd::{Run, cargo, cmd},
    place,
    postgres::{Cluster, Durability},
    test::Database,
    web,
};

/// The most that a first visit may transfer, in brotli-compressed bytes.
const FIRST_LOAD: u64 = 250_000;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// What the server stores its data in
    #[arg(long, default_value = "sqlite")]
    database: Database,
    /// A mixed load on both databases instead; draws the chart of docs/performance.md
    #[arg(long)]
    mixed: bool,
    /// Passed on to the measuring program: `--seconds 10`, `--upload 256`; with `--mixed` also `--hold 3600`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds for release and measures.
pub fn run(options: &Options) -> Result<()> {
    let build = || cargo().args(["build", "--release", "--package", "vitrine", "--package", "vitrine-bench"]).run();
    if options.mixed {
        build()?;
        return measure_mixed(&options.arguments);
    }
    let dist = web::build(&web::Options::default())?;
    build()?;
    let mut failed = Vec::new();
    if options.database.sqlite() {
        println!("\nSQLite");
        failed.extend(measure(None, &options.arguments).err());
    }
    if options.database.postgres() {
        println!("\nPostgreSQL");
        let cluster = Cluster::start(Durability::Full)?;
        failed.extend(measure(Some(&cluster), &options.arguments).err());
    }
    let load = web::first_load(&dist)?;
    println!("\nFirst load of the app: {load} (goal: at most {} kB)", FIRST_LOAD / 1000);
    if load.total() > FIRST_LOAD || !failed.is_empty() {
        bail!("not every goal is reached");
    }
    Ok(())
}

/// The measuring program, told where the server is.
fn program(command: &str, arguments: &[String]) -> Command {
    let programs = place::target().join("release");
    let mut bench = cmd(programs.join("vitrine-bench"));
    bench.arg(command).arg("--server").arg(programs.join("vitrine")).args(arguments);
    // The files it writes belong on a disk, where syncing costs what it costs; /tmp may be memory.
    bench.current_dir(place::target());
    bench
}

fn measure_mixed(arguments: &[String]) -> Result<()> {
    let cluster = Cluster::start(Durability::Full)?;
    let mut bench = program("mixed", arguments);
    bench.arg("--chart").arg(place::root().join("docs/mixed-load.svg")).arg("--databases");
    bench.args([cluster.create_database("one")?, cluster.create_database("three")?]);
    bench.run()
}

fn measure(cluster: Option<&Cluster>, arguments: &[String]) -> Result<()> {
    let mut bench = program("run", arguments);
    if let Some(cluster) = cluster {
        bench.args(["--database", &cluster.create_database("shop")?]);
        bench.args(["--yardstick-database", &cluster.create_database("yardstick")?]);
    }
    bench.run()
}
