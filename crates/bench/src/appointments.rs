//! Appointments: a month of times with a thousand bookings in it, and booking one.

use std::{collections::BTreeMap, time::Instant};

use anyhow::Result;
use chrono::{DateTime, TimeDelta};
use uuid::Uuid;
use vitrine::calendar::{
    hours::{Hours, Range},
    slots::{Agenda, Slot, Taken, Terms, slots},
};

use crate::{
    browse::each,
    customers::Customers,
    http::post,
    load::{self, Until, always},
    process::Server,
    shop::Shop,
    table::Table,
};

const BOOKINGS: usize = 1000;
const CONNECTIONS: usize = 16;
const MINUTES: i64 = 30;

/// Measures booking, and listing the month that is then half full.
pub async fn measure(shop: &Shop, customers: &Customers, yardstick: &Server, table: &mut Table) -> Result<()> {
    function(table);
    let count = Until::Count(BOOKINGS);
    let requests: Vec<Vec<u8>> = (0..BOOKINGS).map(|number| customers.booking(number)).collect();
    // As many bytes as a booking has.
    let inserts = each(requests.iter().map(|_| post("/insert", &[], &[b'x'; 200])).collect());
    let insert = load::run(yardstick, CONNECTIONS, count, inserts).await?;
    table.load("one durable insert", &insert);
    let booked = load::run(&shop.server, CONNECTIONS, count, each(requests)).await?;
    table.load("booking", &booked);
    table.goal("booking: CPU of an insert", booked.cpu / insert.cpu, "×", 3.0);
    table.goal("the same by time", insert.rate / booked.rate, "×", 3.0);
    let listed = load::run(&shop.server, CONNECTIONS, Until::Count(2000), always(&customers.month())).await?;
    table.load("a month with 1,000 bookings", &listed);
    table.goal("a month with 1,000 bookings: CPU", listed.cpu, "ms", 1.0);
    Ok(())
}

/// The function alone.
fn function(table: &mut Table) {
    let start = DateTime::from_timestamp(1_773_100_800, 0).unwrap_or_default();
    let hours = Hours {
        zone: chrono_tz::Tz::Europe__Berlin,
        stays: Vec::new(),
        week: std::array::from_fn(|_| vec![Range { start: 0, end: 1440 }]),
        overrides: BTreeMap::new(),
    };
    let length = TimeDelta::minutes(MINUTES);
    let terms = Terms {
        product_id: Uuid::nil(),
        duration: length,
        interval: length,
        before_buffer: TimeDelta::zero(),
        after_buffer: TimeDelta::zero(),
        minimum_notice: TimeDelta::zero(),
        horizon: TimeDelta::days(60),
        seats: 1,
        limit_per_day: None,
        limit_per_week: None,
        limit_per_customer: None,
    };
    let taken = |number| {
        let start = start + length * number;
        let slot = Slot { start, end: start + length, busy_from: start, busy_until: start + length };
        Taken { product_id: Uuid::nil(), slot, seats: 1 }
    };
    let taken: Vec<Taken> = (0..BOOKINGS as i32).map(taken).collect();
    let agenda = Agenda { hours: &hours, closed: &[], taken: &taken, terms: &terms, customer_has: 0, now: start };
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        std::hint::black_box(slots(&agenda, start, start + TimeDelta::days(31)));
        times.push(began.elapsed());
    }
    times.sort_unstable();
    table.goal("a month with 1,000 bookings: the function", times[100].as_secs_f64() * 1e3, "ms", 0.5);
}
