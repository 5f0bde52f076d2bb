//! The processes of a shop are replaced by those of a newer version while it sells.

use std::{cell::Cell, time::Duration};

use anyhow::{Result, ensure};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use stripe_sandbox::Sandbox;

use crate::{
    Deaths, Options, check,
    customers::{Round, Shop},
    mails::Mails,
    play,
    server::{Age, Fleet, Setup},
};

/// How often the first of the newer processes, which migrates, is killed while it starts.
const FALSE_STARTS: u64 = 10;

/// Opens a shop with the older program and replaces its processes one by one, the first of which migrates the schema: nobody
/// may notice. When there are kills to do, they come after the first, while older and newer ones run side by side.
pub async fn roll(options: &Options, setup: &Setup, sandbox: &Sandbox, mails: Mails) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(options.seed);
    let mut fleet = Fleet::start(setup, Age::Older).await?;
    let shop = Shop::open(setup, sandbox.control(), mails).await?;
    play(&mut fleet, &shop, Deaths::None, &mut chance).await?;
    if options.kills > 0 {
        replace(&mut fleet, &shop, &[0], FALSE_STARTS, &mut chance).await?;
        side_by_side(&mut fleet, &shop, options.kills, &mut chance).await?;
    }
    let older = fleet.older();
    replace(&mut fleet, &shop, &older, 0, &mut chance).await?;
    play(&mut fleet, &shop, Deaths::None, &mut chance).await?;
    let (mails, again) = shop.mails.count();
    println!("{mails} mails arrived, {again} of them again");
    Ok(())
}

/// Kills older and newer ones. The last process stays, to be replaced in peace.
async fn side_by_side(fleet: &mut Fleet<'_>, shop: &Shop, kills: u64, chance: &mut StdRng) -> Result<()> {
    fleet.mortal -= 1;
    let mut killed = 0;
    while killed < kills {
        killed += play(fleet, shop, Deaths::Random((kills - killed).min(3)), chance).await?;
    }
    println!("{killed} kills with older and newer processes side by side: nothing lost, nothing doubled");
    if fleet.refusals > 0 {
        println!("{} times the older program refused the newer schema, and the newer took its place", fleet.refusals);
    }
    Ok(())
}

/// Replaces these while customers go on, until nothing is left to replace; `false_starts` are kills of each while it starts.
async fn replace(
    fleet: &mut Fleet<'_>,
    shop: &Shop,
    numbers: &[usize],
    false_starts: u64,
    chance: &mut StdRng,
) -> Result<()> {
    let round = Round::new(shop, chance, true);
    let (before, done, rounds) = (fleet.deaths, Cell::new(false), Cell::new(0));
    shop.mails.change_mood(chance);
    shop.troubles.borrow_mut().clear();
    let replacing = async {
        for number in numbers {
            tokio::time::sleep(Duration::from_millis(chance.random_range(100..1000))).await;
            fleet.replace(*number, false_starts, chance).await?;
        }
        done.set(true);
        Ok(())
    };
    let playing = async {
        while !done.get() {
            round.play().await?;
            rounds.set(rounds.get() + 1);
        }
        Ok::<_, anyhow::Error>(())
    };
    tokio::try_join!(replacing, playing)?;
    if false_starts == 0 {
        let troubles = shop.troubles.borrow();
        ensure!(troubles.is_empty(), "{} requests failed: {}", troubles.len(), troubles.join("; "));
    }
    check::everything(shop, &round, fleet.deaths - before).await?;
    if false_starts == 0 {
        let deliveries = shop.stripe.deliveries();
        let again = deliveries.iter().skip(round.delivered_before).find(|delivery| delivery.attempts.len() != 1);
        ensure!(again.is_none(), "an event was not taken at once: {again:?}");
        println!(
            "{} processes were replaced in {} rounds of customers: no request failed, of {} events none came again",
            numbers.len(),
            rounds.get(),
            deliveries.len() - round.delivered_before
        );
    }
    Ok(())
}
