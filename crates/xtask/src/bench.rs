//! `cargo xtask bench`: speed and memory of a release build, with yardsticks beside.

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
    /// Passed on to the measuring program: `--seconds 10`, `--upload 256`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds for release and measures.
pub fn run(options: &Options) -> Result<()> {
    let dist = web::build(&web::Options::default())?;
    cargo().args(["build", "--release", "--package", "vitrine", "--package", "vitrine-bench"]).run()?;
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

fn measure(cluster: Option<&Cluster>, arguments: &[String]) -> Result<()> {
    let programs = place::target().join("release");
    let mut bench = cmd(programs.join("vitrine-bench"));
    bench.arg("run").arg("--server").arg(programs.join("vitrine")).args(arguments);
    // The files it writes belong on a disk, where syncing costs what it costs; /tmp may be memory.
    bench.current_dir(place::target());
    if let Some(cluster) = cluster {
        bench.args(["--database", &cluster.create_database("shop")?]);
        bench.args(["--yardstick-database", &cluster.create_database("yardstick")?]);
    }
    bench.run()
}
