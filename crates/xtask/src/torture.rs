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

/// After so many kills a new shop opens: the more a shop has sold, the longer takes each look at its books.
const PER_SHOP: u64 = 200;

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
    let mut failed = Vec::new();
    if options.database.sqlite() {
        println!("\nSQLite: what is answered is on disk");
        failed.extend(rig(None, &["--sync".to_owned()]).err());
        println!("\nSQLite");
        failed.extend(shops(options).filter_map(|(_, shop)| rig(None, &shop).err()));
    }
    if options.database.postgres() {
        println!("\nPostgreSQL, one server, then three behind a proxy");
        // A process dies here, not the machine: syncing would cost time and show nothing.
        let cluster = Cluster::start(Durability::None)?;
        for (name, shop) in shops(options) {
            failed.extend(rig(Some((&cluster, &format!("alone_{name}"))), &shop).err());
            let three = [&shop[..], &THREE.map(str::to_owned)].concat();
            failed.extend(rig(Some((&cluster, &format!("together_{name}"))), &three).err());
        }
    }
    if !failed.is_empty() {
        bail!("the server did not stand it");
    }
    Ok(())
}

/// One shop after the other, by its seed, and what to do to it.
fn shops(options: &Options) -> impl Iterator<Item = (u64, Vec<String>)> {
    let (kills, first) = (options.kills, options.seed);
    (0..kills.div_ceil(PER_SHOP)).map(move |number| {
        let (kills, seed) = (PER_SHOP.min(kills - number * PER_SHOP), first + number);
        (seed, ["--kills".to_owned(), kills.to_string(), "--seed".into(), seed.to_string()].into())
    })
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
