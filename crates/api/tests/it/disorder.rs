//! Whatever Stripe reports, in any order, twice, soon or late: the same end.

mod field;
mod kinds;

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::subscriptions::service as subscriptions;
use vitrine_types::{
    Currency, Money,
    catalog::ProductKind,
    checkout::NewCheckout,
    subscriptions::{Interval, NewPlan, Plan},
};

use crate::harness::{Shop, with_shop};
use field::{Buyer, Field, Outcome};
use kinds::{Kind, STEPS};

/// What a first purchase is reported by.
const GROUP: [&str; 6] = [
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.paid",
    "payment_method.attached",
    "customer.updated",
    "checkout.session.completed",
];

/// The plans on offer.
pub struct Plans {
    studio: Plan,
    atelier: Plan,
    year: Plan,
    trial: Plan,
}

impl Plans {
    async fn new(shop: &Shop) -> Self {
        shop.product(ProductKind::Embed, "Lesson", 900).await;
        shop.product(ProductKind::Download, "Field Guide", 1900).await;
        let admin = shop.admin().await;
        let plan = async |name: &str, price: i64, tokens: i64, cap: i64, change: fn(&mut NewPlan)| {
            let mut new: NewPlan = serde_json::from_value(json!({
                "name": name, "price": Money::new(price, Currency::USD), "interval": "month", "tokens_per_period": tokens,
                "rollover_cap": cap, "includes": { "all_downloads": true, "product_ids": [] },
            }))
            .unwrap();
            change(&mut new);
            let plan = admin.create_plan(&new).await.unwrap().plan;
            // Its price at Stripe, for who changes to it there.
            let state = &shop.server.state;
            let record = subscriptions::find_for_sale(&state.db, plan.id).await.unwrap();
            subscriptions::stripe_price(state, &record).await.unwrap();
            plan
        };
        Self {
            studio: plan("Studio", 2900, 10, 4, |_| {}).await,
            atelier: plan("Atelier", 5900, 30, 8, |_| {}).await,
            year: plan("Year", 29_000, 100, 5, |new| new.interval = Interval::Year).await,
            trial: plan("Trial", 2900, 10, 4, |new| new.trial_days = 14).await,
        }
    }
}

fn to(plan: Uuid) -> NewCheckout {
    NewCheckout { plan_id: Some(plan), ..NewCheckout::default() }
}

/// The same change, told by a second event.
fn twin(event: &Value) -> Value {
    let mut twin = event.clone();
    twin["id"] = json!(format!("{}twin", event["id"].as_str().unwrap()));
    twin
}

/// The `number`th of the 720 orders of six things.
fn order(mut number: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..6).collect();
    let mut order = Vec::new();
    for size in (1..=6).rev() {
        order.push(left.remove(number % size));
        number /= size;
    }
    order
}

/// A customer for each of the 120 orders in which this event comes first; each event is dealt with before the next one
/// comes, and comes twice.
fn in_every_order_after(first: usize) {
    with_shop(|shop| async move {
        let plans = Plans::new(shop).await;
        let mut field = Field::new(shop).await;
        let buyers = field.buy("ada", 120, &to(plans.studio.id)).await;
        let mut events = field.take_events();
        let orders: Vec<Vec<usize>> = (0..buyers.len()).map(|number| order(number * 6 + first)).collect();
        let groups: Vec<Vec<Value>> = buyers
            .iter()
            .zip(&orders)
            .map(|(buyer, order)| {
                let events = events.remove(&buyer.stripe).unwrap();
                let of_kind = |kind: &str| events.iter().find(|event| event["type"] == kind).unwrap().clone();
                order.iter().map(|place| of_kind(GROUP[*place])).collect()
            })
            .collect();
        for place in 0..GROUP.len() {
            for _ in 0..2 {
                field.deliver(groups.iter().map(|group| group[place].clone())).await;
            }
        }
        for (buyer, order) in buyers.iter().zip(orders) {
            let outcome = field.outcome(buyer).await;
            assert_eq!(outcome, Outcome { mails: Kind::First.mails(), ..Kind::First.end() }, "{order:?}");
        }
    });
}

/// All 720 orders of a first purchase, in six parts.
mod a_first_purchase_is_the_same_in_every_order_after {
    use super::in_every_order_after;

    #[test]
    fn the_new_subscription() {
        in_every_order_after(0);
    }

    #[test]
    fn the_changed_subscription() {
        in_every_order_after(1);
    }

    #[test]
    fn the_paid_invoice() {
        in_every_order_after(2);
    }

    #[test]
    fn the_attached_card() {
        in_every_order_after(3);
    }

    #[test]
    fn the_changed_customer() {
        in_every_order_after(4);
    }

    #[test]
    fn the_completed_session() {
        in_every_order_after(5);
    }
}

/// How many shuffled groups of events are tried; `VITRINE_TEST_SHUFFLES` says otherwise, and `VITRINE_TEST_SEED` which: one
/// process should not try more than a few thousand, for its shops stay in memory.
const SHUFFLES: usize = 52;

/// So many customers share a shop: a larger one would make each look of Stripe's stand-in longer.
const PER_SHOP: usize = 104;

struct Member {
    kind: Kind,
    buyer: Buyer,
    /// Whether events are reported late: some, or all.
    late: bool,
    waiting: Vec<Value>,
}

/// Purchases, renewals, failures, recoveries, refunds, disputes, changes and ends over two months, reported in disorder,
/// doubled, and of every second customer late.
#[test]
fn every_shuffle_of_a_group_of_events_has_the_same_end() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<usize>().ok());
    let mut left = setting("VITRINE_TEST_SHUFFLES").unwrap_or(SHUFFLES);
    let mut seed = setting("VITRINE_TEST_SEED").unwrap_or(1) as u64;
    while left > 0 {
        let now = left.min(PER_SHOP);
        with_shop(|shop| async move { shuffle(shop, now, seed).await });
        left -= now;
        seed += 1;
    }
}

async fn shuffle(shop: &'static Shop, count: usize, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let plans = Plans::new(shop).await;
    let mut field = Field::new(shop).await;
    let mut members: Vec<Member> = Vec::new();
    for step in 0..STEPS {
        kinds::pass(shop, step);
        for (place, kind) in Kind::ALL.into_iter().enumerate().filter(|(_, kind)| kind.begins() == step) {
            let count = count / Kind::ALL.len() + usize::from(place < count % Kind::ALL.len());
            let buyers = field.buy(kind.name(), count, &to(kind.plan(&plans).id)).await;
            let member = |(number, buyer)| Member { kind, buyer, late: number % 2 == 1, waiting: Vec::new() };
            members.extend(buyers.into_iter().enumerate().map(member));
        }
        for member in &members {
            member.kind.act(shop, step, &plans, &member.buyer.stripe).await;
        }
        let mut events = field.take_events();
        let mut reported = Vec::new();
        for member in &mut members {
            member.waiting.extend(events.remove(&member.buyer.stripe).unwrap_or_default());
            let keeps = member.late && step + 1 < STEPS;
            for event in std::mem::take(&mut member.waiting) {
                if keeps && chance.random_bool(0.6) {
                    member.waiting.push(event);
                    continue;
                }
                match chance.random_range(0..6) {
                    0 => reported.push(event.clone()),
                    1 => reported.push(twin(&event)),
                    _ => {}
                }
                reported.push(event);
            }
        }
        reported.shuffle(&mut chance);
        field.deliver(reported).await;
    }
    let mut wrong = Vec::new();
    for member in &members {
        let outcome = field.outcome(&member.buyer).await;
        let expected = member.kind.mails();
        // What became known late is told no more; nothing else is ever told, and nothing twice.
        let mails = if member.late { told_late(&outcome.mails, &expected) } else { expected };
        let expected = Outcome { mails, ..member.kind.end() };
        if outcome != expected {
            wrong.push(format!("{} of seed {seed}: {outcome:?}\nexpected {expected:?}", member.buyer.email));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), members.len(), wrong.join("\n"));
    assert_eq!(vitrine::tokens::service::verify(&shop.server.state.db).await.unwrap(), Vec::<String>::new());
}

/// The receipt and what else was told of what may be told.
fn told_late(told: &BTreeMap<String, usize>, may: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let of = |name: &String| told.get(name).copied().unwrap_or_default();
    let some = may.iter().map(|(name, most)| match name.as_str() {
        "receipt" => (name.clone(), *most),
        _ => (name.clone(), of(name).min(*most)),
    });
    some.filter(|(_, count)| *count > 0).collect()
}
