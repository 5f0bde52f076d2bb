//! Many at once for the same time: exactly as many get it as there is room, the others are told, nothing breaks.
//!
//! `VITRINE_TEST_ROUNDS` sets how often each race is run.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use uuid::Uuid;
use vitrine::{
    app,
    calendar::{service::hold, store},
    clock::Clock,
};
use vitrine_client::{Client, Error};
use vitrine_types::{
    Code,
    calendar::{AdminBookingQuery, Booking, BookingChoice, BookingMove},
    catalog::AdminProduct,
};

use crate::{
    calendar::{booking, days, left, open, rights, service, starts},
    harness::{Shop, with_shop},
};

/// How many ask at once.
const CLIENTS: usize = 64;
/// How many customers they are; each asks from several windows.
const CUSTOMERS: usize = 8;

fn rounds() -> usize {
    std::env::var("VITRINE_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3)
}

struct Racer {
    client: Client,
    /// What pays, by service.
    rights: HashMap<Uuid, Uuid>,
}

/// The address of a second server of the same shop, where several can share its database.
pub async fn twin(shop: &'static Shop) -> Option<String> {
    if !shop.server.state.db.is_shared() {
        return None;
    }
    let mut config = shop.server.state.config.clone();
    config.bind = "127.0.0.1:0".into();
    let clock: Clock = shop.server.state.clock.clone();
    let server: &'static app::Server = Box::leak(Box::new(app::start(config, clock).await.unwrap()));
    Some(format!("http://{}", server.address))
}

/// Customers with plenty of rights to each service. With PostgreSQL every other one talks to a second server.
async fn racers(shop: &'static Shop, products: &[&AdminProduct]) -> Vec<Racer> {
    let twin = twin(shop).await;
    let mut racers = Vec::new();
    for number in 0..CUSTOMERS {
        let mut client = shop.customer(&format!("racer{number}")).await;
        let mut owned = HashMap::new();
        for product in products {
            owned.insert(product.product.id, rights(&client, product.product.id, 100).await);
        }
        if let Some(url) = twin.as_ref().filter(|_| number % 2 == 1) {
            let token = client.token();
            client = Client::new(url);
            client.set_token(token);
        }
        racers.push(Racer { client, rights: owned });
    }
    racers
}

/// Sorts what came of a race: who won; all others must have been told 409.
fn winners(results: Vec<Result<Booking, Error>>) -> Vec<Booking> {
    let mut won = Vec::new();
    for result in results {
        match result {
            Ok(booking) => won.push(booking),
            Err(error) => assert_eq!(error.code(), Some(Code::SlotTaken), "{error}"),
        }
    }
    won
}

/// Asks, and once more when the connection broke: on a busy machine one that has been idle may be closed just when it is
/// used again. Both ask for the same, so nothing is booked twice.
async fn persistently<F: Future<Output = Result<Booking, Error>>>(ask: impl Fn() -> F) -> Result<Booking, Error> {
    match ask().await {
        Err(Error::Network(_)) => ask().await,
        answer => answer,
    }
}

async fn race(racers: &[Racer], wishes: impl Fn(usize) -> (AdminProduct, DateTime<Utc>)) -> Vec<Booking> {
    let asks = (0..CLIENTS).map(|number| {
        let racer = &racers[number % CUSTOMERS];
        let (product, start) = wishes(number);
        let new = booking(&product, start, racer.rights[&product.product.id]);
        let key = Uuid::now_v7().to_string();
        async move { persistently(|| racer.client.create_booking(&new, Some(&key))).await }
    });
    winners(join_all(asks).await)
}

/// Each right was spent exactly as often as it paid for a booking that stands.
async fn books_balance(shop: &Shop, racers: &[Racer]) {
    let admin = shop.admin().await;
    let mut query = AdminBookingQuery { limit: Some(100), ..Default::default() };
    let mut paid: HashMap<Uuid, i64> = HashMap::new();
    let mut all = Vec::new();
    loop {
        let page = admin.list_admin_bookings(&query).await.unwrap();
        for booking in page.data {
            *paid.entry(booking.booking.paid_with.unwrap().id).or_default() += 1;
            all.push(booking.booking);
        }
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    for racer in racers {
        for right in racer.rights.values() {
            assert_eq!(left(&racer.client, *right).await, 100 - paid.get(right).copied().unwrap_or(0));
        }
    }
    for pair in all.windows(2) {
        let same = pair[0].product.id == pair[1].product.id && pair[0].start == pair[1].start;
        assert!(same || pair[0].end <= pair[1].start, "{pair:?}");
    }
}

#[test]
fn one_time_is_sold_once() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |_| {}).await;
        let other = service(shop, "Other", |service| {
            service.duration_minutes = 45;
            service.slot_interval_minutes = Some(60);
        })
        .await;
        let racers = racers(shop, &[&talk, &other]).await;
        let free = starts(&shop.visitor(), &talk, &days(shop, 2, 30)).await;
        for round in 0..rounds() {
            let start = free[3 * round];
            let won = race(&racers, |_| (talk.clone(), start)).await;
            assert_eq!(won.len(), 1, "the same start");
            let start = free[3 * round + 1];
            let won = race(&racers, |number| (if number % 2 == 0 { &talk } else { &other }.clone(), start)).await;
            assert_eq!(won.len(), 1, "two services");
        }
        books_balance(shop, &racers).await;
    });
}

#[test]
fn overlapping_starts_are_sold_once() {
    with_shop(|shop| async move {
        // Four starts, each overlaps all others.
        open(shop, "UTC", "09:00", "10:45").await;
        let talk = service(shop, "Talk", |service| service.slot_interval_minutes = Some(15)).await;
        let racers = racers(shop, &[&talk]).await;
        let free = starts(&shop.visitor(), &talk, &days(shop, 2, 55)).await;
        for round in 0..rounds() {
            let won = race(&racers, |number| (talk.clone(), free[4 * round + number % 4])).await;
            assert_eq!(won.len(), 1);
        }
        books_balance(shop, &racers).await;
    });
}

#[test]
fn five_seats_are_sold_five_times() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let class = service(shop, "Class", |service| service.seats = 5).await;
        let racers = racers(shop, &[&class]).await;
        let free = starts(&shop.visitor(), &class, &days(shop, 2, 30)).await;
        for start in free.into_iter().take(rounds()) {
            let won = race(&racers, |_| (class.clone(), start)).await;
            assert_eq!(won.len(), 5);
        }
        books_balance(shop, &racers).await;
    });
}

#[test]
fn moving_and_booking_race_fairly() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |_| {}).await;
        let racers = racers(shop, &[&talk]).await;
        let free = starts(&shop.visitor(), &talk, &days(shop, 2, 60)).await;
        let mut next = free.into_iter();
        for _ in 0..rounds() {
            let mut mine = Vec::new();
            for racer in &racers {
                let new = booking(&talk, next.next().unwrap(), racer.rights[&talk.product.id]);
                mine.push(racer.client.create_booking(&new, None).await.unwrap());
            }
            let wanted = next.next().unwrap();
            let asks = (0..CLIENTS).map(|number| {
                let (racer, own) = (&racers[number % CUSTOMERS], &mine[number % CUSTOMERS]);
                let new = booking(&talk, wanted, racer.rights[&talk.product.id]);
                let (key, to) = (Uuid::now_v7().to_string(), BookingMove { start: wanted });
                async move {
                    // One window of each customer moves the booking there, the others book anew.
                    match number < CUSTOMERS {
                        true => persistently(|| racer.client.reschedule_booking(own.id, &to)).await,
                        false => persistently(|| racer.client.create_booking(&new, Some(&key))).await,
                    }
                }
            });
            assert_eq!(winners(join_all(asks).await).len(), 1);
        }
        books_balance(shop, &racers).await;
    });
}

#[test]
fn abandoned_holds_are_free_when_their_time_is_over() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |service| service.duration_minutes = 30).await;
        let ann = shop.customer("ann").await;
        let customer = ann.get_account().await.unwrap().id;
        let right = rights(&ann, talk.product.id, 1).await;
        let free = starts(&ann, &talk, &days(shop, 1, 25)).await;
        let state = &shop.server.state;
        let until = state.clock.now() + TimeDelta::minutes(30);
        for chunk in free[..1000].chunks(100) {
            let mut tx = state.db.begin().await.unwrap();
            for start in chunk {
                let choice = BookingChoice { start: *start, time_zone: "UTC".into(), answers: Default::default() };
                hold(&mut tx, state, customer, talk.product.id, &choice, until).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        assert_eq!(starts(&ann, &talk, &days(shop, 1, 25)).await, free[1000..]);
        let taken = ann.create_booking(&booking(&talk, free[500], right), None).await;
        assert_eq!(taken.err().and_then(|error| error.code()), Some(Code::SlotTaken), "a hold is in the way");
        shop.pass(TimeDelta::minutes(30) + TimeDelta::seconds(1));
        let ann = crate::calendar::signed_in_again(shop, "ann").await;
        assert_eq!(starts(&ann, &talk, &days(shop, 1, 25)).await, free);
        ann.create_booking(&booking(&talk, free[500], right), None).await.unwrap();
        let lapsed = store::list_bookings_of_customer(&state.db, customer, None, 10).await.unwrap();
        assert_eq!(lapsed.len(), 1, "holds are no bookings");
    });
}
