//! `cargo xtask torture`: the crash rig. `docs/operations.md` says what it proves.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    cmd::{Run, cargo, cmd},
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
    /// A Git revision: instead, its server opens a shop of three processes on PostgreSQL, which are replaced by today's while
    /// it sells; then again, with the kills while old and new run side by side
    #[arg(long, value_name = "REVISION", conflicts_with = "database")]
    upgrade_from: Option<String>,
}

/// The whole of it.
pub fn run(options: &Options) -> Result<()> {
    native::build()?;
    if let Some(revision) = &options.upgrade_from {
        return upgrade(revision, options);
    }
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

/// A rolling upgrade from this revision: in peace, then with kills.
fn upgrade(revision: &str, options: &Options) -> Result<()> {
    let older = server_of(revision)?;
    let cluster = Cluster::start(Durability::None)?;
    let from = ["--upgrade-from".to_owned(), older.display().to_string()];
    for (name, kills) in [("in_peace", 0), ("with_kills", options.kills)] {
        let rest = ["--kills".to_owned(), kills.to_string(), "--seed".into(), options.seed.to_string()];
        rig(Some((&cluster, name)), &[&from[..], &rest, &THREE.map(str::to_owned)].concat())?;
    }
    Ok(())
}

/// The server of a revision, built once in a tree and a target folder of its own.
fn server_of(revision: &str) -> Result<PathBuf> {
    let hash = cmd("git").args(["rev-parse", "--verify", &format!("{revision}^{{commit}}")]).read()?;
    let hash = hash.trim();
    let folder = place::target().join("upgrade");
    let server = folder.join(format!("vitrine-{hash}"));
    if server.exists() {
        return Ok(server);
    }
    let tree = folder.join(hash);
    fs::create_dir_all(&folder)?;
    remove_tree(&tree)?;
    cmd("git").args(["worktree", "add", "--force", "--detach"]).arg(&tree).arg(hash).run_quietly()?;
    let built = build_in(&tree, &folder.join("build"));
    remove_tree(&tree)?;
    fs::copy(built?, &server)?;
    Ok(server)
}

fn build_in(tree: &Path, target: &Path) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--locked", "--package", "vitrine", "--target-dir"]).arg(target).current_dir(tree);
    // Nobody looks into it with a debugger: smaller, and sooner there.
    build.env("CARGO_PROFILE_DEV_DEBUG", "0").run()?;
    Ok(target.join("debug/vitrine"))
}

/// Takes a tree away, also one that was left behind.
fn remove_tree(tree: &Path) -> Result<()> {
    match tree.exists() {
        true => cmd("git").args(["worktree", "remove", "--force"]).arg(tree).run_quietly(),
        false => Ok(()),
    }
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
