//! Twelve months of several customers, day by day, against a model that was written from the rules alone.

mod model;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use stripe_sandbox::Card;
use uuid::Uuid;
use vitrine::{db::sql, idempotency::IdempotencyKey, tokens::service as tokens};
use vitrine_client::Client;
use vitrine_types::{
    Code, Currency, Money, PageQuery,
    accounts::Credentials,
    calendar::{BookingCancellation, NewBooking, PayWith, PaymentKind},
    catalog::{AdminProduct, ProductKind},
    checkout::{NewCheckout, OrderStatus},
    subscriptions::{Cancellation, NewPlan, PlanChange},
    tokens::TokenAdjustment,
};

use crate::{
    calendar::{booking, days, open, service, starts},
    harness::{PASSWORD, Shop, with_shop},
    subscriptions::stop_comparing,
};
use model::{Model, State, Terms};

/// What an appointment costs.
const PRICE: i64 = 3;

/// An appointment can be cancelled in time until so long before.
const CANCEL_UNTIL: TimeDelta = TimeDelta::hours(48);

struct Person {
    name: &'static str,
    client: Client,
    id: Uuid,
    /// All subscriptions they ever had, the present one last.
    subscriptions: Vec<(Uuid, Model)>,
    /// Appointments to come: which subscription paid, and when they begin.
    bookings: Vec<(Uuid, usize, DateTime<Utc>)>,
}

impl Person {
    fn present(&mut self) -> Option<&mut (Uuid, Model)> {
        self.subscriptions.last_mut().filter(|(_, model)| model.state != State::Over)
    }

    async fn sign_in(&self) {
        // A session lasts a few weeks; passwords take their time.
        if self.client.get_account().await.is_ok() {
            return;
        }
        let email = format!("{}@example.com", self.name);
        self.client.login(&Credentials { email, password: PASSWORD.into(), ..Default::default() }).await.unwrap();
    }
}

struct Year {
    shop: &'static Shop,
    chance: StdRng,
    plans: Vec<(Uuid, Terms, i64)>,
    talk: AdminProduct,
    guide: Uuid,
    /// How often each thing was done.
    done: BTreeMap<&'static str, usize>,
}

#[test]
fn a_year_is_as_the_rules_say() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |service| {
            service.token_cost = PRICE as u32;
            service.cancel_until_minutes = CANCEL_UNTIL.num_minutes() as u32;
        })
        .await;
        let guide = shop.product(ProductKind::Download, "Field Guide", 1900).await.product.id;
        let mut plans = Vec::new();
        for (name, months, price, tokens, cap, trial) in [
            ("Small", 1, 1900, 10, 4, 0),
            ("Large", 1, 4900, 30, 12, 0),
            ("Year", 12, 19_000, 100, 20, 0),
            ("Tried", 1, 2900, 12, 0, 14),
        ] {
            let new: NewPlan = serde_json::from_value(serde_json::json!({
                "name": name, "price": Money::new(price, Currency::USD), "interval": if months == 1 { "month" } else { "year" },
                "tokens_per_period": tokens, "rollover_cap": cap, "trial_days": trial,
                "includes": { "all_downloads": true, "product_ids": [] },
            }))
            .unwrap();
            let plan = shop.admin().await.create_plan(&new).await.unwrap().plan.id;
            plans.push((plan, Terms { tokens, cap, months, price }, trial));
        }
        let mut people = Vec::new();
        for name in ["ann", "bob", "cyd", "dan", "eve"] {
            let client = shop.customer(name).await;
            let id = client.get_account().await.unwrap().id;
            people.push(Person { name, client, id, subscriptions: vec![], bookings: vec![] });
        }
        let chance = StdRng::seed_from_u64(12);
        let mut year = Year { shop, chance, plans, talk, guide, done: BTreeMap::new() };
        stop_comparing(shop).await;
        let mut before = shop.server.state.clock.now();
        for day in 0..365 {
            for person in &mut people {
                year.act(person).await;
            }
            shop.pass(TimeDelta::days(1));
            let now = shop.server.state.clock.now();
            for (_, model) in people.iter_mut().flat_map(|person| &mut person.subscriptions) {
                let was = model.state;
                model.pass(before, now);
                if matches!((was, model.state), (State::Failing(_), State::Over)) {
                    year.count("run out");
                }
            }
            before = now;
            year.settle().await;
            year.compare(day, &people).await;
        }
        for what in [
            "subscribe",
            "trial",
            "year",
            "upgrade",
            "to a year",
            "downgrade",
            "fails",
            "recover",
            "run out",
            "end",
            "resume",
            "stop",
            "book",
            "too few",
            "cancel in time",
            "cancel late",
            "give",
            "take",
            "goes on",
        ] {
            assert!(year.done.contains_key(what), "nobody did {what:?}: {:?}", year.done);
        }
    });
}

impl Year {
    /// Waits until all that was reported and all that is due is done.
    async fn settle(&self) {
        let state = &self.shop.server.state;
        for _ in 0..2000 {
            assert!(self.shop.stripe.wait_until_idle(std::time::Duration::from_secs(20)).await);
            let due = "select cast(count(*) as bigint) from jobs where run_at <= $1 and failed_at is null";
            let (count,): (i64,) = sql(&state.db, due).bind(state.clock.now()).one().await.unwrap();
            if count == 0 {
                return;
            }
            // Nobody has told the worker that time has passed.
            let mut tx = state.db.begin().await.unwrap();
            tx.wake_jobs();
            tx.commit().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        }
        panic!("jobs are never done");
    }

    fn count(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// Tokens, status, period and access of everybody, as the shop and as the model have them.
    async fn compare(&self, day: usize, people: &[Person]) {
        type Row = (Uuid, String, DateTime<Utc>, DateTime<Utc>);
        let state = &self.shop.server.state;
        let now = state.clock.now();
        let rows = "select id, status, current_period_start, current_period_end from subscriptions";
        let rows: Vec<Row> = sql(&state.db, rows).all().await.unwrap();
        let accounts: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
        let summaries = tokens::summaries(&state.db, &accounts, now).await.unwrap();
        let open: Vec<(Uuid,)> = sql(
            &state.db,
            "select customer_id from entitlements where product_id = $1 and status = 'active'
             and (expires_at is null or expires_at > $2)",
        )
        .bind(self.guide)
        .bind(now)
        .all()
        .await
        .unwrap();
        for person in people {
            for (id, model) in &person.subscriptions {
                let who = format!("{} on day {day}: {model:#?}", person.name);
                let (_, status, start, end) = rows.iter().find(|row| row.0 == *id).unwrap();
                assert_eq!(summaries.get(id).map_or(0, |summary| summary.balance), model.balance(now), "{who}");
                assert_eq!(status, model.status(), "{who}");
                if model.state != State::Over {
                    assert_eq!((*start, *end), model.period, "{who}");
                }
            }
            let expected = person.subscriptions.iter().any(|(_, model)| model.is_open(now));
            assert_eq!(open.contains(&(person.id,)), expected, "access of {} on day {day}", person.name);
        }
    }

    /// Something that this person does today, or nothing.
    async fn act(&mut self, person: &mut Person) {
        let now = self.shop.server.state.clock.now();
        person.bookings.retain(|(_, _, start)| *start > now);
        let Some((_, model)) = person.present() else {
            if self.chance.random_bool(0.15) {
                self.subscribe(person).await;
            }
            return;
        };
        let (state, card, ending) = (model.state, model.card, model.ending);
        match self.chance.random_range(0..100) {
            0..=6 => self.book(person).await,
            7..=10 => self.cancel(person).await,
            11 | 12 => self.adjust(person, true).await,
            13 | 14 => self.adjust(person, false).await,
            15..=17 if state == State::Paid && card => self.change(person).await,
            18 | 19 if !ending && !matches!(state, State::Failing(_)) => self.end(person, true).await,
            20..=24 if ending => self.resume(person).await,
            25 if !matches!(state, State::Failing(_)) && self.chance.random_bool(0.3) => self.end(person, false).await,
            26..=28 if card && state == State::Paid => self.lose_card(person),
            29..=31 if matches!(state, State::Failing(_)) => self.new_card(person),
            _ => return,
        }
        self.settle().await;
    }

    async fn subscribe(&mut self, person: &mut Person) {
        person.sign_in().await;
        let wanted = self.chance.random_range(0..self.plans.len());
        let (plan, terms, trial) = self.plans[wanted];
        let trial = if person.subscriptions.is_empty() { trial } else { 0 };
        let checkout = NewCheckout { plan_id: Some(plan), ..NewCheckout::default() };
        let order = person.client.create_checkout_session(&checkout, None).await.unwrap().order_id;
        let found = vitrine::checkout::service::find_order(&self.shop.server.state.db, order).await.unwrap().unwrap();
        self.shop.stripe.pay(&found.stripe_session_id.unwrap(), Card::Visa).unwrap();
        self.shop.order_becomes(&person.client, order, OrderStatus::Paid).await;
        self.settle().await;
        let begun = person.client.list_subscriptions(&PageQuery::default()).await.unwrap().data;
        let begun = &begun[0];
        person.subscriptions.push((begun.id, Model::begin(terms, begun.current_period_start, trial)));
        self.count(if trial > 0 {
            "trial"
        } else if terms.months == 12 {
            "year"
        } else {
            "subscribe"
        });
    }

    /// Books a time within the next days with the tokens of any subscription they ever had.
    async fn book(&mut self, person: &mut Person) {
        person.sign_in().await;
        let which = self.chance.random_range(0..person.subscriptions.len());
        let id = person.subscriptions[which].0;
        let ahead = self.chance.random_range(1..20);
        let free = starts(&person.client, &self.talk, &days(self.shop, ahead, 1)).await;
        let start = free[self.chance.random_range(0..free.len())];
        let pay_with = PayWith { kind: PaymentKind::Tokens, id };
        let new = NewBooking { pay_with, ..booking(&self.talk, start, id) };
        let booked = person.client.create_booking(&new, None).await;
        let now = self.shop.server.state.clock.now();
        let model = &mut person.subscriptions[which].1;
        match booked {
            Ok(booked) => {
                assert!(model.book(booked.id, PRICE, now), "{}: the model has too few", person.name);
                person.bookings.push((booked.id, which, start));
                self.count("book");
            }
            Err(error) => {
                assert_eq!(error.code(), Some(Code::TokensInsufficient));
                assert!(model.balance(now) < PRICE, "{}: the model has enough", person.name);
                self.count("too few");
            }
        }
    }

    async fn cancel(&mut self, person: &mut Person) {
        if person.bookings.is_empty() {
            return;
        }
        person.sign_in().await;
        let (id, which, start) = person.bookings.swap_remove(self.chance.random_range(0..person.bookings.len()));
        person.client.cancel_booking(id, &BookingCancellation::default()).await.unwrap();
        let now = self.shop.server.state.clock.now();
        let in_time = now < start - CANCEL_UNTIL;
        if in_time {
            person.subscriptions[which].1.give_back(id, now);
        }
        self.count(if in_time { "cancel in time" } else { "cancel late" });
    }

    async fn adjust(&mut self, person: &mut Person, give: bool) {
        let amount = self.chance.random_range(1..6) * if give { 1 } else { -1 };
        let body = TokenAdjustment { amount, reason: "As agreed".into() };
        let (id, model) = person.subscriptions.last_mut().unwrap();
        let (state, key) = (&self.shop.server.state, IdempotencyKey(None));
        let mut tx = state.db.begin().await.unwrap();
        let is_done = tokens::adjust(&mut tx, &state.clock, *id, &body, person.id, &key).await.is_ok();
        if is_done {
            tx.commit().await.unwrap();
        }
        assert_eq!(is_done, model.adjust(amount, state.clock.now()), "{}", person.name);
        self.count(if give { "give" } else { "take" });
    }

    async fn change(&mut self, person: &mut Person) {
        person.sign_in().await;
        let (plan, to, _) = self.plans[self.chance.random_range(0..self.plans.len())];
        let now = self.shop.server.state.clock.now();
        let (id, model) = person.present().unwrap();
        if to == model.terms || model.next == Some(to) {
            return;
        }
        let rank = |terms: &Terms| (terms.months, terms.price);
        let better = rank(&to) > rank(&model.terms);
        if model.is_draft() && to.months != model.terms.months {
            return;
        }
        let id = *id;
        let change = PlanChange { plan_id: plan, preview: None };
        person.client.change_plan(id, &change).await.unwrap();
        // Stripe's time has no fractions.
        let at = DateTime::from_timestamp(self.shop.stripe.now(), 0).unwrap();
        let begun = person.client.list_subscriptions(&PageQuery::default()).await.unwrap().data[0].current_period_start;
        let (_, model) = person.present().unwrap();
        if std::mem::take(&mut model.ending) {
            self.count("goes on");
        }
        let (_, model) = person.present().unwrap();
        match better {
            true if to.months != model.terms.months => {
                assert!(at - begun < TimeDelta::seconds(5), "a new period begins");
                model.better(to, begun);
                self.count("to a year");
            }
            true => {
                model.better(to, now);
                self.count("upgrade");
            }
            false => {
                model.next = Some(to);
                self.count("downgrade");
            }
        }
    }

    async fn end(&mut self, person: &mut Person, at_period_end: bool) {
        person.sign_in().await;
        let client = person.client.clone();
        let (id, model) = person.present().unwrap();
        client.cancel_subscription(*id, &Cancellation { at_period_end, reason: None }).await.unwrap();
        if at_period_end {
            (model.ending, model.next) = (true, None);
        } else {
            model.state = State::Over;
        }
        self.count(if at_period_end { "end" } else { "stop" });
    }

    async fn resume(&mut self, person: &mut Person) {
        person.sign_in().await;
        let client = person.client.clone();
        let (id, model) = person.present().unwrap();
        client.resume_subscription(*id).await.unwrap();
        model.ending = false;
        self.count("resume");
    }

    /// Whose card?
    fn at_stripe(&self, person: &Person) -> String {
        let customers = self.shop.stripe.objects("customer");
        let email = format!("{}@example.com", person.name);
        let found = customers.iter().find(|customer| customer["email"] == email).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    fn lose_card(&mut self, person: &mut Person) {
        self.shop.stripe.turn_cards(&self.at_stripe(person), Card::Declined).unwrap();
        person.present().unwrap().1.card = false;
        self.count("fails");
    }

    fn new_card(&mut self, person: &mut Person) {
        self.shop.stripe.save_card(&self.at_stripe(person), Card::Mastercard).unwrap();
        let (_, model) = person.present().unwrap();
        if let State::Failing(_) = model.state {
            self.count("recover");
        }
        model.new_card();
    }
}
