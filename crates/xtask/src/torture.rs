//! `cargo xtask torture`: the crash rig. `docs/operations.md` says what it proves.

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    cmd::{Run, cmd},
    native, place,
    postgres::{Cluster, Durability},
    report::Outcome,
    test::Database,
};

const THREE: [&str; 2] = ["--processes", "3"];

/// What to do to the server.
#[derive(Args)]
pub struct Options {
    /// What the server stores its data in
    #[arg(long, default_value = "both")]
    database: Database,
    /// How often it is killed on each database: 200 says "fails less than 1.5 times in 100", 3000 "less than once in 1000"
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// Chance's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The whole of it.
pub fn run(options: &Options) -> Result<()> {
    native::build()?;
    let arguments = ["--kills".to_owned(), options.kills.to_string(), "--seed".into(), options.seed.to_string()];
    let mut failed = Vec::new();
    if options.database.sqlite() {
        println!("\nSQLite: what is answered is on disk");
        failed.extend(rig(None, &["--sync".to_owned()]).err());
        println!("\nSQLite");
        failed.extend(rig(None, &arguments).err());
    }
    if options.database.postgres() {
        println!("\nPostgreSQL, one server, then three behind a proxy");
        // A process dies here, not the machine: syncing would cost time and show nothing.
        let cluster = Cluster::start(Durability::None)?;
        failed.extend(rig(Some((&cluster, "alone")), &arguments).err());
        let three = [&arguments[..], &THREE.map(str::to_owned)].concat();
        failed.extend(rig(Some((&cluster, "together")), &three).err());
    }
    if !failed.is_empty() {
        bail!("the server did not stand it");
    }
    Ok(())
}

/// A minute of it on each database, for every test run.
pub fn briefly(cluster: Option<&Cluster>, database: Database) -> Result<Outcome> {
    native::build()?;
    let arguments = ["--kills", "30", "--seconds", "45"].map(str::to_owned);
    if database.sqlite() {
        rig(None, &["--sync".to_owned()])?;
        rig(None, &arguments)?;
    }
    if let Some(cluster) = cluster {
        rig(Some((cluster, "together")), &[&arguments[..], &THREE.map(str::to_owned)].concat())?;
    }
    Ok(Outcome::Done)
}

/// Runs it on a file, or on a new database of this name.
fn rig(database: Option<(&Cluster, &str)>, arguments: &[String]) -> Result<()> {
    let programs = place::target().join("debug");
    let mut rig = cmd(programs.join("vitrine-torture"));
    rig.arg("--server").arg(programs.join("vitrine")).args(arguments);
    // Its files belong on a disk, where syncing is syncing; /tmp may be memory.
    rig.current_dir(place::target());
    if let Some((cluster, name)) = database {
        rig.args(["--database", &cluster.create_database(name)?]);
    }
    rig.run()
}
