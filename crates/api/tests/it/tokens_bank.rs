//! The bank test: many at once give, spend, give back, let end, carry over and correct at random. Every read finds that ledger,
//! lots and balances agree and that nothing is below zero; at the end each fact has counted once.
//!
//! `VITRINE_TEST_OPERATIONS` sets how many operations there are; it is run with 10,000 before a release.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashSet},
    rc::Rc,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;
use vitrine::{
    app,
    db::{Db, Tx, sql},
    error::{Error, Result},
    idempotency::IdempotencyKey,
    tokens::{
        service::{self, Grant, RollOver},
        store,
    },
};
use vitrine_types::{
    Code,
    tokens::{TokenAdjustment, TokenSource},
};

use crate::{
    harness::{Shop, with_shop},
    tokens::{Account, books_balance},
};

const WORKERS: u64 = 50;
const ACCOUNTS: usize = 8;
/// How many facts there are of each kind and account: few enough for many to be reported again.
const FACTS: u128 = 60;

fn operations() -> u64 {
    std::env::var("VITRINE_TEST_OPERATIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(2000)
}

/// What the bank has been told and has agreed to.
#[derive(Default)]
struct Told {
    granted: Vec<String>,
    spent: HashSet<Uuid>,
    adjusted: i64,
}

#[derive(Clone)]
enum Operation {
    Grant { fact: String, amount: i64, end: Option<DateTime<Utc>> },
    Spend { booking: Uuid, amount: i64 },
    GiveBack { booking: Uuid },
    RollOver(RollOver),
    End(DateTime<Utc>),
    Hold(std::ops::Range<DateTime<Utc>>),
    Adjust(i64),
}

/// The end of a period: few enough for lots to share them, and for the clock to pass them.
fn period_end(start: DateTime<Utc>, number: i64) -> DateTime<Utc> {
    start + TimeDelta::minutes(number)
}

fn any(random: &mut StdRng, start: DateTime<Utc>, account: usize) -> Operation {
    let number = random.random_range(0..FACTS);
    let booking = Uuid::from_u128((account as u128 + 1) * 1_000_000 + number);
    let period = number as i64;
    match random.random_range(0..100) {
        0..30 => {
            let end = (number % 5 > 0).then(|| period_end(start, period));
            Operation::Grant { fact: format!("{account}:{number}"), amount: 1 + period % 7, end }
        }
        30..65 => Operation::Spend { booking, amount: 1 + period % 4 },
        65..85 => Operation::GiveBack { booking },
        85..92 => Operation::RollOver(RollOver {
            ended_at: period_end(start, period),
            new_end: period_end(start, period + 1),
            cap: 3,
        }),
        92..94 => Operation::End(period_end(start, period)),
        94 => Operation::Hold(period_end(start, period)..period_end(start, period + 3)),
        _ => Operation::Adjust(random.random_range(1..4) * if random.random() { 1 } else { -1 }),
    }
}

/// Does it; what it changed is told to `told` by whoever commits.
async fn act(tx: &mut Tx, account: &Account, admin: Uuid, operation: &Operation, told: &mut Told) -> Result<()> {
    let (clock, id) = (account.clock(), account.id);
    let done = match operation {
        Operation::Grant { fact, amount, end } => {
            let grant = Grant {
                fact,
                source: TokenSource::Period,
                source_ref: None,
                amount: *amount,
                expires_at: *end,
                order_line: None,
            };
            let is_new = service::grant(tx, clock, id, &grant).await?;
            told.granted.extend(is_new.then(|| fact.clone()));
            Ok(())
        }
        Operation::Spend { booking, amount } => {
            let spent = service::spend(tx, clock, account.customer, id, *amount, *booking).await;
            told.spent.extend(spent.is_ok().then_some(*booking));
            spent
        }
        Operation::GiveBack { booking } => service::give_back(tx, clock, *booking).await,
        Operation::RollOver(period) => service::roll_over(tx, clock, id, period).await,
        Operation::End(at) => service::end_account(tx, clock, id, *at).await,
        Operation::Hold(ends) => service::hold(tx, clock, id, Some(ends.clone())).await,
        Operation::Adjust(amount) => {
            let adjustment = TokenAdjustment { amount: *amount, reason: "At random".into() };
            let adjusted = service::adjust(tx, clock, id, &adjustment, admin, &IdempotencyKey(None)).await;
            told.adjusted += if adjusted.is_ok() { *amount } else { 0 };
            adjusted.map(drop)
        }
    };
    match done {
        Err(error) if error.code() == Code::TokensInsufficient => Ok(()),
        other => other,
    }
}

/// Up to ten operations on one account as one, as a renewal makes several; sent again while the server is busy.
async fn transact(db: &Db, account: &Account, admin: Uuid, operations: &[Operation]) -> Told {
    let attempt = || async {
        let mut told = Told::default();
        let mut tx = db.begin().await?;
        for operation in operations {
            act(&mut tx, account, admin, operation, &mut told).await?;
        }
        tx.commit().await?;
        Ok::<_, Error>(told)
    };
    loop {
        match attempt().await {
            Ok(told) => return told,
            Err(error) => assert_eq!(error.code(), Code::Busy, "{}", error.describe()),
        }
    }
}

/// One look from outside: each statement sees one snapshot, in which all must agree.
async fn look(db: &Db, accounts: &[Account]) -> Result<()> {
    let unbalanced = store::list_unbalanced_accounts(db).await?;
    assert!(unbalanced.is_empty(), "{unbalanced:?}");
    let (lowest,): (i64,) = sql(
        db,
        "select coalesce(min(least), 0) from (
             select balance as least from token_accounts union all select remaining from token_lots) as all_of_them",
    )
    .one()
    .await?;
    assert!(lowest >= 0);
    for account in accounts {
        let summary = service::summary(db, account.id, account.now()).await?;
        assert!(summary.balance >= 0 && summary.spent >= 0 && summary.spent <= summary.allotted, "{summary:?}");
    }
    Ok(())
}

/// Looks until the work is done; how often.
async fn look_along(db: &Db, accounts: &[Account], done: &Cell<bool>) -> usize {
    let mut looks = 0;
    while !done.get() {
        match look(db, accounts).await {
            Ok(()) => looks += 1,
            Err(error) => assert_eq!(error.code(), Code::Busy, "{}", error.describe()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    looks
}

/// The databases of the servers that share one: with PostgreSQL there are two.
async fn servers(shop: &'static Shop) -> Vec<Db> {
    let state = &shop.server.state;
    let mut servers = vec![state.db.clone()];
    if state.db.is_shared() {
        let mut config = state.config.clone();
        config.bind = "127.0.0.1:0".into();
        let twin: &'static app::Server = Box::leak(Box::new(app::start(config, state.clock.clone()).await.unwrap()));
        servers.push(twin.state.db.clone());
    }
    servers
}

#[test]
fn the_bank_always_balances() {
    with_shop(|shop| async move {
        let servers = servers(shop).await;
        let ann = shop.customer("ann").await;
        let admin = shop.admin().await.get_account().await.unwrap().id;
        let mut accounts = Vec::new();
        for _ in 0..ACCOUNTS {
            accounts.push(Account::open(shop, &ann).await);
        }
        let (accounts, start) = (Rc::new(accounts), shop.server.state.clock.now());
        let told: Rc<RefCell<Told>> = Rc::default();
        let done = Cell::new(false);
        let work = (0..WORKERS).map(|worker| {
            let (accounts, told) = (accounts.clone(), told.clone());
            let db = servers[worker as usize % servers.len()].clone();
            async move {
                let mut random = StdRng::seed_from_u64(worker);
                let mut left = operations() / WORKERS;
                while left > 0 {
                    let number = random.random_range(0..ACCOUNTS);
                    let many = random.random_range(1..=10).min(left);
                    let batch: Vec<_> = (0..many).map(|_| any(&mut random, start, number)).collect();
                    let new = transact(&db, &accounts[number], admin, &batch).await;
                    let mut told = told.borrow_mut();
                    told.granted.extend(new.granted);
                    told.spent.extend(new.spent);
                    told.adjusted += new.adjusted;
                    left -= many;
                    // The hour of all periods passes while they work.
                    if worker == 0 {
                        shop.server
                            .state
                            .clock
                            .advance(TimeDelta::seconds(3600 * (many * WORKERS) as i64 / operations() as i64));
                    }
                }
            }
        });
        let all = async {
            join_all(work).await;
            done.set(true);
        };
        // Its own connections: those of the servers are all in use.
        let outside = Db::open(&shop.server.state.config.database_url, 2).await.unwrap();
        let ((), looks) = futures_util::join!(all, look_along(&outside, &accounts, &done));
        outside.close().await;
        assert!(looks > 0);
        books_balance(shop).await;
        each_fact_counted_once(&servers[0], &accounts, &told.take()).await;
    });
}

async fn each_fact_counted_once(db: &Db, accounts: &[Account], told: &Told) {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let (mut granted, mut spent, mut returned) = (Vec::new(), HashSet::new(), HashSet::new());
    for account in accounts {
        for entry in store::list_entries(db, account.id, None, 100_000).await.unwrap() {
            *sums.entry(entry.kind.clone()).or_default() += entry.amount;
            match (entry.kind.as_str(), entry.booking_id) {
                ("grant", None) if !entry.fact.starts_with("rollover:") => granted.push(entry.fact),
                ("spend", Some(booking)) => {
                    let amount = 1 + (booking.as_u128() % 1_000_000) as i64 % 4;
                    assert_eq!(entry.amount, -amount);
                    assert!(spent.insert(booking), "{booking} was paid twice");
                }
                ("return", Some(booking)) => assert!(returned.insert(booking), "{booking} came back twice"),
                _ => {}
            }
        }
    }
    let sorted = |mut facts: Vec<String>| {
        facts.sort();
        facts
    };
    assert_eq!(sorted(granted), sorted(told.granted.clone()), "each was new to exactly one");
    assert_eq!(spent, told.spent);
    assert!(returned.is_subset(&spent));
    assert_eq!(sums.get("adjust").copied().unwrap_or(0), told.adjusted);
    for kind in ["grant", "spend", "return", "expire"] {
        assert!(sums.contains_key(kind), "nothing happened of the kind {kind}");
    }
}
