//! The life of a shop: 90 % of requests look at products, 5 % start a checkout, 3 % deliver Stripe's events, 2 % book an
//! appointment. First over more and more connections, until the slowest requests take much longer; then for a while, to
//! see whether memory grows.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use stripe_sandbox::Control;

use crate::{
    browse,
    customers::Customers,
    http::get,
    load::{self, Measured, Requests, Until},
    orders,
    process::Server,
    shop::Shop,
    table::Table,
};

/// So many connections are tried, one number after the other.
const CONNECTIONS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// Connections while memory is watched.
const STEADY: usize = 8;

/// Requests per second while memory is watched: a busy shop, and no more than the local Stripe, which forgets nothing, can
/// remember for an hour.
const PACE: f64 = 200.0;

/// Events made for each step. When they are used up they come again, as Stripe's do.
const EVENTS: usize = 500;

/// A shop under mixed load.
pub struct Mixed<'s> {
    /// Its servers; they share a database.
    pub shops: &'s [Shop],
    /// Its local Stripe.
    pub stripe: &'s Control,
    customers: Arc<Customers>,
    // No checkout and no booking is like one before.
    checkouts: Arc<AtomicUsize>,
    bookings: Arc<AtomicUsize>,
}

impl<'s> Mixed<'s> {
    /// With `customers` who have not bought yet.
    pub fn new(shops: &'s [Shop], stripe: &'s Control, customers: Customers) -> Self {
        Self { shops, stripe, customers: customers.into(), checkouts: Arc::default(), bookings: Arc::default() }
    }

    /// Rising load; what was measured with how many connections.
    pub async fn rise(&self, time: Duration) -> Result<Vec<(usize, Measured)>> {
        let mut steps = Vec::new();
        println!("      connections   requests/s   ms CPU    p50 ms    p99 ms   refused");
        for connections in CONNECTIONS {
            let step = load::spread(&self.servers(), connections, Until::Elapsed(time), self.requests().await?).await?;
            println!(
                "      {connections:>11} {:>12.0} {:>8.3} {:>9.2} {:>9.2} {:>9}",
                step.rate,
                step.cpu,
                step.percentile(0.5),
                step.percentile(0.99),
                step.refused
            );
            steps.push((connections, step));
        }
        Ok(steps)
    }

    /// Steady load for `time`: memory at its end against memory after the first quarter, which fills pools and caches.
    pub async fn hold(&self, time: Duration, table: &mut Table) -> Result<()> {
        let mut memory = Vec::new();
        for _ in 0..8 {
            self.customers.sign_in(&self.shops[0]).await?;
            let requests = self.requests().await?;
            // Making them can take as long as a sign-in lasts.
            self.customers.sign_in(&self.shops[0]).await?;
            load::spread(&self.servers(), STEADY, Until::Paced(time / 8, PACE), requests).await?;
            memory.push(self.shops.iter().map(|shop| shop.server.process.memory()).sum::<Result<f64>>()?);
        }
        let texts: Vec<String> = memory.iter().map(|megabytes| format!("{megabytes:.0}")).collect();
        println!("      memory after each eighth of {} s, MB: {}", time.as_secs(), texts.join(" "));
        table.goal("memory at the end against the first quarter", memory[7] / memory[1], "×", 1.1);
        Ok(())
    }

    fn servers(&self) -> Vec<&'s Server> {
        self.shops.iter().map(|shop| &shop.server).collect()
    }

    /// The mix, with events of orders made for it.
    async fn requests(&self) -> Result<Requests> {
        let first = self.checkouts.fetch_add(EVENTS, Ordering::Relaxed);
        let orders = (first..first + EVENTS).map(|number| self.customers.checkout(number)).collect();
        load::spread(&self.servers(), 4, Until::Count(EVENTS), browse::each(orders)).await?;
        let (events, told) = (orders::pay(self.stripe)?, AtomicUsize::new(0));
        let (customers, checkouts, bookings) = (self.customers.clone(), self.checkouts.clone(), self.bookings.clone());
        let next = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(move |number| match number % 100 {
            // Spread over the hundred, so that writers meet readers and each other.
            0 | 20 | 40 | 60 | 80 => customers.checkout(next(&checkouts)),
            10 | 45 | 75 => orders::signed(&events[next(&told) % events.len()]).unwrap_or_default(),
            30 | 90 => customers.booking(next(&bookings)),
            _ => get(&browse::visit(number)),
        }))
    }
}
