//! Appointments: a month of times with a thousand bookings in it, and booking one.

use std::{collections::BTreeMap, time::Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;
use vitrine::calendar::{
    hours::{Hours, Range},
    slots::{Agenda, Slot, Taken, Terms, slots},
};
use vitrine_client::Client;
use vitrine_types::{
    Currency, Money, PageQuery,
    accounts::NewCustomer,
    calendar::{NewBooking, PayWith, PaymentKind, Schedule, ScheduleRule, SlotQuery, Weekday},
    catalog::{NewProduct, Product, ProductKind, ServiceSettings},
    checkout::{CheckoutItem, NewCheckout},
};

use crate::{
    Yardstick,
    browse::each,
    http::post,
    load::{self, Until, always},
    shop::Shop,
    table::Table,
};

const BOOKINGS: usize = 1000;
/// Each has bought this many appointments, which is as many as can be bought at once.
const PER_CUSTOMER: usize = 100;
const CONNECTIONS: usize = 16;
const MINUTES: i64 = 30;

/// Measures booking, and listing the month that is then half full.
pub async fn measure(shop: &Shop, yardstick: &Yardstick, table: &mut Table) -> Result<()> {
    function(table);
    let service = service(&shop.owner().await?).await?;
    let visitor = Client::new(&format!("http://{}", shop.address));
    let from = today() + Days::new(1);
    let month = SlotQuery { from, to: from + Days::new(30), time_zone: Some("UTC".into()), booking_id: None };
    let free = visitor.list_slots(&service.slug, &month).await?;
    let starts: Vec<DateTime<Utc>> = free.days.iter().flat_map(|day| &day.slots).map(|slot| slot.start).collect();

    let mut bookings = Vec::new();
    for (number, starts) in starts[..BOOKINGS].chunks(PER_CUSTOMER).enumerate() {
        let (token, right) = customer(shop, number, &service).await?;
        for start in starts {
            let new = NewBooking {
                product_id: service.id,
                start: *start,
                time_zone: "Asia/Tokyo".into(),
                answers: BTreeMap::new(),
                pay_with: PayWith { kind: PaymentKind::Entitlement, id: right },
            };
            bookings.push((token.clone(), serde_json::to_vec(&new)?));
        }
    }
    let inserts = each(bookings.iter().map(|(_, body)| post("/insert", &[], body)).collect());
    let count = Until::Count(BOOKINGS);
    let insert = load::run(&yardstick.process, &yardstick.address, CONNECTIONS, count, inserts).await?;
    table.load("one durable insert", &insert);
    let path = "/api/v1/bookings";
    let requests = bookings.iter().map(|(token, body)| post(path, &[("Authorization", token)], body)).collect();
    let booked = load::run(&shop.process, &shop.address, CONNECTIONS, count, each(requests)).await?;
    table.load("booking", &booked);
    table.goal("booking: time of an insert", insert.rate / booked.rate, "×", 3.0);

    let path =
        format!("/api/v1/services/{}/slots?from={}&to={}&time_zone=Asia/Tokyo", service.slug, month.from, month.to);
    let listed = load::run(&shop.process, &shop.address, CONNECTIONS, Until::Count(2000), always(&path)).await?;
    table.load("a month with 1,000 bookings", &listed);
    table.goal("a month with 1,000 bookings: CPU", listed.cpu, "ms", 1.0);
    Ok(())
}

#[expect(clippy::disallowed_methods)] // For a server that lives now.
fn today() -> NaiveDate {
    Utc::now().date_naive()
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

/// A free service, bookable around the clock.
async fn service(owner: &Client) -> Result<Product> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let rule = |weekday| ScheduleRule { weekday, start: "00:00".into(), end: "24:00".into() };
    let rules = [Mon, Tue, Wed, Thu, Fri, Sat, Sun].map(rule).to_vec();
    owner.set_schedule(&Schedule { time_zone: "UTC".into(), rules, travel: Vec::new() }).await?;
    let new = NewProduct {
        name: "Studio Hour".into(),
        slug: Some("studio-hour".into()),
        summary: String::new(),
        description: String::new(),
        kind: ProductKind::Service,
        price: Money { amount: 0, currency: Currency::USD },
        tags: Vec::new(),
        stock: None,
        published: true,
        embed: None,
        service: Some(ServiceSettings::of(MINUTES as u32)),
    };
    Ok(owner.create_product(&new).await?.product)
}

/// Somebody with appointments to book: what signs them in, and the id of what they own.
async fn customer(shop: &Shop, number: usize, service: &Product) -> Result<(String, Uuid)> {
    let client = Client::new(&format!("http://{}", shop.address));
    let new = NewCustomer {
        email: format!("booker-{number}@example.com"),
        password: "a long enough password".into(),
        name: "Ada".into(),
    };
    client.register(&new).await?;
    let items = vec![CheckoutItem { product_id: service.id, quantity: PER_CUSTOMER as u32, booking: None }];
    client.create_checkout_session(&NewCheckout { items: Some(items), ..NewCheckout::default() }, None).await?;
    let owned = client.list_entitlements(&PageQuery::default()).await?.data;
    let right = owned.first().context("nothing is owned")?.id;
    Ok((format!("Bearer {}", client.token().context("nobody is signed in")?), right))
}
