//! Many customers at once in one shop, whose events are kept back and then reported in whatever order.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt, stream};
use serde_json::Value;
use stripe_sandbox::{Card, signature_header};
use uuid::Uuid;
use vitrine::{
    accounts::service as accounts,
    checkout::{create, service as orders},
    db::sql,
    idempotency::IdempotencyKey,
};
use vitrine_types::{
    accounts::{NewCustomer, Role},
    checkout::NewCheckout,
};

use crate::harness::{PASSWORD, Shop, WEBHOOK_SECRET};

/// So many requests and deliveries are under way at once.
const AT_ONCE: usize = 8;

/// A shop to which nothing is reported unless the test does it.
pub struct Field {
    shop: &'static Shop,
    http: reqwest::Client,
    /// How many of Stripe's events were taken up.
    known: usize,
    /// Whose payment is it? Refunds and disputes name nobody.
    payers: HashMap<String, String>,
}

/// Somebody who has paid.
#[derive(Clone)]
pub struct Buyer {
    /// Our customer.
    pub id: Uuid,
    pub email: String,
    /// Stripe's customer.
    pub stripe: String,
    pub order: Uuid,
}

/// What became of a buyer, as the database tells it.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Status and money that went back.
    pub order: (String, i64),
    /// Status, plan, and whether the benefits are open.
    pub subscription: (String, String, bool),
    /// What can be spent: source, tokens, and whether they end with the period.
    pub lots: Vec<(String, i64, bool)>,
    /// How many entitlements are active.
    pub active: i64,
    /// The kinds of mails and how many of each.
    pub mails: BTreeMap<String, usize>,
}

impl Field {
    /// Stops deliveries and the comparison with Stripe, which would report everything all the same.
    pub async fn new(shop: &'static Shop) -> Self {
        shop.stripe.set_webhook(None, Vec::new());
        let stop =
            "delete from jobs where kind = 'reconcile' and locked_until is null and attempts = 0 and run_at > $1";
        while sql(&shop.server.state.db, stop).bind(shop.server.state.clock.now()).exec().await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Self { shop, http: reqwest::Client::new(), known: 0, payers: HashMap::new() }
    }

    /// So many new customers (`name-0`, `name-1` …) buy this at once.
    pub async fn buy(&self, name: &str, count: usize, wanted: &NewCheckout) -> Vec<Buyer> {
        let shop = self.shop;
        let state = &shop.server.state;
        // One password for all: hashing it for each would take longer than all the rest.
        let hash = {
            let (email, name) = (format!("{name}@example.com"), name.to_owned());
            let new = NewCustomer { email: email.clone(), password: PASSWORD.into(), name };
            let prepared = accounts::prepare_customer(state, &new, Role::Customer).await.unwrap();
            let mut tx = state.db.begin().await.unwrap();
            let customer = accounts::register(&mut tx, state, prepared).await.unwrap();
            tx.commit().await.unwrap();
            customer.id
        };
        let one = |number: usize| async move {
            let (id, email) = (Uuid::now_v7(), format!("{name}-{number}@example.com"));
            sql(
                &state.db,
                "insert into customers (id, email, email_key, name, role, password_hash, created_at)
                 select $1, $2, $2, name, role, password_hash, created_at from customers where id = $3",
            )
            .bind(id)
            .bind(email.clone())
            .bind(hash)
            .exec()
            .await
            .unwrap();
            let mut tx = state.db.begin().await.unwrap();
            let order = create::place_order(&mut tx, state, id, wanted, &IdempotencyKey(None)).await.unwrap();
            tx.commit().await.unwrap();
            let order = create::open_session(state, order).await.unwrap();
            let session = shop.stripe.pay(order.stripe_session_id.as_deref().unwrap(), Card::Visa).unwrap();
            let stripe = session["customer"].as_str().unwrap_or_default().to_owned();
            Buyer { id, email, stripe, order: order.id }
        };
        stream::iter(0..count).map(one).buffered(AT_ONCE).collect().await
    }

    /// What Stripe would have reported since this was asked last, by Stripe's customer.
    pub fn take_events(&mut self) -> HashMap<String, Vec<Value>> {
        let mut events = HashMap::<String, Vec<Value>>::new();
        let all = self.shop.stripe.objects("event");
        for event in &all[self.known..] {
            let object = &event["data"]["object"];
            let of_payment = || object["payment_intent"].as_str().and_then(|intent| self.payers.get(intent)).cloned();
            let customer = match (object["object"].as_str(), object["customer"].as_str()) {
                (Some("customer"), _) => object["id"].as_str().map(str::to_owned),
                (_, Some(customer)) => Some(customer.to_owned()),
                _ => of_payment(),
            };
            let Some(customer) = customer else { continue };
            if object["object"] == "payment_intent" {
                self.payers.insert(object["id"].as_str().unwrap().into(), customer.clone());
            }
            events.entry(customer).or_default().push(event.clone());
        }
        self.known = all.len();
        events
    }

    /// Delivers these in this order, a few at a time, and waits until all are dealt with.
    pub async fn deliver(&self, events: impl IntoIterator<Item = Value>) {
        let url = format!("{}/api/v1/webhooks/stripe", self.shop.url);
        let post = |event: Value| {
            let body = event.to_string();
            let now = self.shop.server.state.clock.now().timestamp();
            let signature = signature_header(&[WEBHOOK_SECRET.to_owned()], now, body.as_bytes());
            let request = self.http.post(&url).header("Stripe-Signature", signature).body(body);
            async move {
                // As Stripe does: again, until it is taken. A busy machine may answer 503.
                while request.try_clone().unwrap().send().await.unwrap().status() != 200 {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        };
        stream::iter(events).map(post).buffered(AT_ONCE).collect::<Vec<()>>().await;
        let mut patience = 0;
        loop {
            let waiting =
                "select cast(count(*) as bigint), max(note) from webhook_events where status in ('received', 'failed')";
            let (count, note): (i64, Option<String>) = sql(&self.shop.server.state.db, waiting).one().await.unwrap();
            if count == 0 {
                return;
            }
            patience += 1;
            assert!(patience < 30_000, "{count} events are not dealt with: {note:?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// How a buyer fares.
    pub async fn outcome(&self, buyer: &Buyer) -> Outcome {
        let db = &self.shop.server.state.db;
        let order = orders::find_order(db, buyer.order).await.unwrap().unwrap();
        let subscriptions: Vec<(Uuid, String, String, bool)> = sql(
            db,
            "select s.id, s.status, p.name, s.has_benefits from subscriptions s join plans p on p.id = s.plan_id
             where s.customer_id = $1",
        )
        .bind(buyer.id)
        .all()
        .await
        .unwrap();
        let [(id, status, plan, has_benefits)] = subscriptions.try_into().expect("one subscription");
        let lots: Vec<(String, i64, bool)> = sql(
            db,
            "select l.source, cast(sum(l.remaining) as bigint), coalesce(l.expires_at = s.current_period_end, false)
             from token_lots l join subscriptions s on s.id = l.account_id
             where l.account_id = $1 and (l.expires_at is null or l.expires_at > $2) and not l.rolled_over
             group by 1, 3 order by 1",
        )
        .bind(id)
        .bind(self.shop.server.state.clock.now())
        .all()
        .await
        .unwrap();
        let (active,): (i64,) =
            sql(db, "select count(*) from entitlements where customer_id = $1 and status = 'active'")
                .bind(buyer.id)
                .one()
                .await
                .unwrap();
        let keys: Vec<(String,)> =
            sql(db, "select key from mails where recipient = $1").bind(buyer.email.clone()).all().await.unwrap();
        let mut mails = BTreeMap::new();
        for kind in keys.iter().filter_map(|(key,)| key.split(':').next()) {
            match kind {
                // Time alone sends these.
                "tokens_ending" => {}
                // One for each attempt that becomes known before the next one.
                "plan_unpaid" => drop(mails.insert(kind.to_owned(), 1)),
                _ => *mails.entry(kind.to_owned()).or_default() += 1,
            }
        }
        Outcome {
            order: (order.status, order.refunded_amount),
            subscription: (status, plan, has_benefits),
            lots: lots.into_iter().filter(|(_, left, _)| *left > 0).collect(),
            active,
            mails,
        }
    }
}
