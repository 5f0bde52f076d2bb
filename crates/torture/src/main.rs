//! The crash rig. A real server sells while it is killed, over and over; then its books must be right.
//!
//! Customers buy, download, book, move and cancel, subscribe and spend tokens, the owner refunds, banks dispute; the local
//! Stripe, which lives in here and survives, delivers each event twice and in disorder; the mail server, which does so too, is
//! not always in the mood. The server dies at points it counts itself (before each statement of a transaction, before and
//! after each commit and each call to the outside) or whenever it happens. It is
//! started again, everybody goes on with what had no answer, and when all is quiet [`check`] compares everything with
//! Stripe and lets the server reckon up its own books (`vitrine doctor`).

mod check;
mod customers;
mod mails;
mod people;
mod proxy;
mod server;
mod sync;
mod upgrade;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use mail_sink::Sink;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use stripe_sandbox::{Config, Sandbox};

use crate::{
    customers::{Round, Shop},
    mails::Mails,
    server::{Age, Fleet, Setup},
};

/// Kills a Vitrine server while it sells.
#[derive(Parser)]
struct Options {
    /// The server's program, a debug build
    #[arg(long)]
    server: PathBuf,
    /// An empty PostgreSQL database to use instead of a file
    #[arg(long)]
    database: Option<String>,
    /// How many servers share that database, behind a proxy
    #[arg(long, default_value_t = 1, requires = "database")]
    processes: usize,
    /// How often one is killed, half of it at counted points
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// Stop after so many seconds, however many kills there were
    #[arg(long)]
    seconds: Option<u64>,
    /// Chance's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The server's program of an earlier version: the shop is opened by it, and its processes are replaced while it sells;
    /// the kills come while older and newer ones run side by side
    #[arg(long, requires = "database")]
    upgrade_from: Option<PathBuf>,
    /// Only show that what is answered is on disk (SQLite; needs strace)
    #[arg(long)]
    sync: bool,
}

/// How the server dies in a round.
#[derive(Clone, Copy, Debug)]
enum Deaths {
    /// Not at all.
    None,
    /// Once, at this point of its own counting.
    At(u64),
    /// So often, whenever it happens.
    Random(u64),
}

#[actix_web::main]
async fn main() -> Result<()> {
    // The local Stripe, which runs in here, needs none; the client wants one all the same.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let options = Options::parse();
    let folder = tempfile::Builder::new().prefix("vitrine-torture-").tempdir_in(".")?;
    let sandbox = Sandbox::start(Config::default()).await?;
    let sink = Sink::default();
    let setup = Setup::new(&options, folder.path(), &sandbox, sink.start()?).await?;
    if options.sync {
        return sync::show(&setup, &sandbox.control()).await;
    }
    let mails = Mails::of(sink);
    let outcome = match options.upgrade_from {
        Some(_) => upgrade::roll(&options, &setup, &sandbox, mails).await,
        None => torture(&options, &setup, &sandbox, mails).await,
    };
    if outcome.is_err() {
        // What went wrong lies there.
        eprintln!("seed {}; the data is kept in {}", options.seed, folder.keep().display());
    }
    outcome
}

async fn torture(options: &Options, setup: &Setup, sandbox: &Sandbox, mails: Mails) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(options.seed);
    let started = Instant::now();
    let mut fleet = Fleet::start(setup, Age::Newer).await?;
    let shop = Shop::open(setup, sandbox.control(), mails).await?;

    // Nothing dies yet: how many points are there?
    play(&mut fleet, &shop, Deaths::None, &mut chance).await?;
    fleet.restart(None).await?;
    let before = fleet.points().await?;
    play(&mut fleet, &shop, Deaths::None, &mut chance).await?;
    let points = fleet.points().await?;
    let step = ((points - before) / (options.kills / 2).max(1)).max(1);
    println!("{} points in a round of customers, of which every {step}. is tried", points - before);

    // Shops with different seeds try different points.
    let (mut counted, mut random, mut next) = (0, 0, before + 1 + chance.random_range(0..step));
    let mut said = Instant::now();
    while counted + random < options.kills {
        if options.seconds.is_some_and(|limit| started.elapsed().as_secs() >= limit) {
            break;
        }
        if counted <= random {
            // Where it stopped counting before, or past the end, it does not die: begin again, a little further on.
            let died = play(&mut fleet, &shop, Deaths::At(next), &mut chance).await?;
            counted += died;
            next = if died == 1 { next + step } else { before + 1 + chance.random_range(0..step) };
        } else {
            let left = options.kills - counted - random;
            random += play(&mut fleet, &shop, Deaths::Random(left.min(3)), &mut chance).await?;
        }
        if said.elapsed() > Duration::from_secs(20) {
            said = Instant::now();
            println!("{} kills, nothing lost, nothing doubled", counted + random);
        }
    }
    println!(
        "{counted} kills at counted points and {random} at random ones in {} s: nothing lost, nothing doubled",
        started.elapsed().as_secs()
    );
    let (mails, again) = shop.mails.count();
    println!("{mails} mails arrived, {again} of them again");
    if counted == 0 || random == 0 {
        bail!("too few kills to say anything");
    }
    Ok(())
}

/// Lets customers play while the server dies, checks, and answers how often it died.
async fn play(fleet: &mut Fleet<'_>, shop: &Shop, deaths: Deaths, chance: &mut StdRng) -> Result<u64> {
    let restarts = fleet.restarts;
    if let Deaths::At(point) = deaths {
        fleet.restart(Some(point)).await?;
    }
    let round = Round::new(shop, chance, matches!(deaths, Deaths::Random(_)));
    let before = fleet.deaths;
    shop.mails.change_mood(chance);
    {
        let mut playing = std::pin::pin!(round.play());
        loop {
            let fate = match deaths {
                Deaths::Random(times) if fleet.deaths - before < times => {
                    Some(Duration::from_millis(chance.random_range(20..1500)))
                }
                _ => None,
            };
            // Everybody goes on while one is dead, and while it starts.
            let death = async {
                fleet.one_ends(fate, chance).await?;
                fleet.revive().await
            };
            tokio::select! {
                played = &mut playing => {
                    played.with_context(|| format!("{deaths:?}"))?;
                    break;
                }
                revived = death => revived?,
            }
        }
    }
    fleet.revive().await?;
    if fleet.deaths == before && matches!(deaths, Deaths::At(_)) {
        // It is still to die, and while we look nobody would start it again.
        fleet.restart(None).await?;
    }
    // Whoever was killed between the rounds may have had a mail in hand, too.
    let ends = fleet.deaths - before + fleet.restarts - restarts;
    check::everything(shop, &round, ends).await.with_context(|| format!("after {deaths:?}"))?;
    Ok(fleet.deaths - before)
}
