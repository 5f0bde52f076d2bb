//! What people do in a round. Each goes on, with the same words and the same key, until there is an answer.

use std::cell::RefCell;

use anyhow::{Context, Result, bail, ensure};
use chrono::{DateTime, Days, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use stripe_sandbox::{Card, Control, DisputeEnd};
use uuid::Uuid;
use vitrine_client::Error;
use vitrine_types::{
    Code, PageQuery,
    accounts::NewCustomer,
    calendar::{
        Booking, BookingCancellation, BookingChoice, BookingMove, BookingStatus, NewBooking, PayWith, PaymentKind,
        SlotQuery,
    },
    checkout::{CheckoutItem, CheckoutStatus, NewCheckout, NewRefund, OrderStatus},
    subscriptions::{Cancellation, Subscription, SubscriptionStatus},
};

use crate::{
    mails::Mails,
    people::{Person, Troubles},
    server::{OWNER, Setup},
};

/// What the file for sale says.
const CONTENT: &str = "a print, in a few words";

/// What customers sign in with.
const PASSWORD: &str = "correct horse battery";

/// Tokens that the plan brings, that a pack does, and what an appointment costs.
pub const TOKENS: i64 = 10;
pub const PACK: i64 = 5;
const PRICE: i64 = 3;

/// The shop and those who meet in it.
pub struct Shop {
    /// Stripe.
    pub stripe: Control,
    /// The mail server.
    pub mails: Mails,
    /// What anybody met.
    pub troubles: Troubles,
    /// The owner.
    pub owner: Person,
    people: Vec<Person>,
    print: Uuid,
    hour: Uuid,
    slug: String,
    pack: Uuid,
    plan: Uuid,
}

impl Shop {
    /// Fills a new shop, and lets customers sign up.
    pub async fn open(setup: &Setup, stripe: Control, mails: Mails) -> Result<Self> {
        let troubles = Troubles::default();
        let owner = Person::new(&setup.url(), OWNER[0], OWNER[1], &troubles);
        owner.must("sign in", async || owner.client.get_account().await).await?;
        let product = async |new: Value| -> Result<_> {
            let new = serde_json::from_value(new)?;
            Ok(owner.client.create_product(&new).await?.product)
        };
        let price = json!({"amount": 1900, "currency": "usd"});
        let new = json!({"name": "Print", "kind": "download", "price": price, "published": true});
        let print = product(new).await?;
        owner.client.upload_product_file(print.id, "print.txt", CONTENT.into()).await?;
        let service = json!({"duration_minutes": 60, "token_cost": PRICE});
        let new = json!({"name": "Hour", "kind": "service", "price": price, "published": true, "service": service});
        let hour = product(new).await?;
        let new =
            json!({"name": "Pack", "kind": "download", "price": price, "published": true, "tokens": {"amount": PACK}});
        let pack = product(new).await?.id;
        let rules = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|day| json!({"weekday": day, "start": "00:00", "end": "24:00"}));
        owner.client.set_schedule(&serde_json::from_value(json!({"time_zone": "UTC", "rules": rules}))?).await?;
        let new = json!({"name": "Studio", "price": price, "interval": "month", "tokens_per_period": TOKENS,
            "rollover_cap": 0, "includes": {"all_downloads": true, "product_ids": []}});
        let plan = owner.client.create_plan(&serde_json::from_value(new)?).await?.plan.id;
        let mut people = Vec::new();
        for name in ["ann", "bob", "cyd", "dan", "eve"] {
            let email = format!("{name}@example.com");
            let person = Person::new(&setup.url(), &email, PASSWORD, &troubles);
            let new = NewCustomer { email, password: PASSWORD.into(), name: name.into() };
            person.client.register(&new).await?;
            people.push(person);
        }
        stripe.set_delivery(|settings| {
            settings.duplicates = 1;
            settings.shuffle = Some(7);
            settings.retry_first_ms = 40;
            settings.max_attempts = 1000;
        });
        let (print, hour, slug) = (print.id, hour.id, hour.slug);
        Ok(Self { stripe, mails, troubles, owner, people, print, hour, slug, pack, plan })
    }
}

/// A subscription that somebody had in a round.
#[derive(Clone)]
pub struct Subscribed {
    /// The orders of packs of tokens: two, of which the second was refunded.
    pub packs: [Uuid; 2],
    /// The order that began it.
    pub order: Uuid,
    /// Its id.
    pub id: Uuid,
}

/// One round: a few people, at once or one after the other.
pub struct Round<'a> {
    shop: &'a Shop,
    at_once: bool,
    chance: RefCell<StdRng>,
    /// Deliveries that came before it.
    pub delivered_before: usize,
    orders: RefCell<Vec<Uuid>>,
    subscriptions: RefCell<Vec<Subscribed>>,
}

impl<'a> Round<'a> {
    /// Begins one.
    pub fn new(shop: &'a Shop, chance: &mut StdRng, at_once: bool) -> Self {
        let chance = RefCell::new(StdRng::seed_from_u64(chance.random()));
        let delivered_before = shop.stripe.deliveries().len();
        let (orders, subscriptions) = Default::default();
        Self { shop, at_once, chance, delivered_before, orders, subscriptions }
    }

    /// The subscriptions that began and ended, and whose they were.
    pub fn subscriptions(&self) -> (&Person, Vec<Subscribed>) {
        (&self.shop.people[4], self.subscriptions.borrow().clone())
    }

    /// The orders that were made.
    pub fn orders(&self) -> Vec<Uuid> {
        self.orders.borrow().clone()
    }

    /// Plays it to the end.
    pub async fn play(&self) -> Result<()> {
        let [ann, bob, cyd, dan, eve] = self.shop.people.as_slice() else { bail!("five people") };
        if self.at_once {
            tokio::try_join!(
                self.refunded(ann),
                self.disputed(bob),
                self.booked(cyd),
                self.refunded(dan),
                self.subscribed(eve)
            )?;
        } else {
            self.refunded(ann).await?;
            self.disputed(bob).await?;
            self.booked(cyd).await?;
            self.subscribed(eve).await?;
        }
        Ok(())
    }

    fn coin(&self) -> bool {
        self.chance.borrow_mut().random()
    }

    /// Buys a file, fetches it, and gets the money back.
    async fn refunded(&self, person: &Person) -> Result<()> {
        let order = self.buy(person, self.shop.print, None).await?;
        self.fetch(person, order).await?;
        self.refund(order).await?;
        self.becomes(person, order, OrderStatus::Refunded).await
    }

    /// The owner sends all of an order's money back.
    async fn refund(&self, order: Uuid) -> Result<()> {
        let (owner, key, all) = (&self.shop.owner, Uuid::now_v7().to_string(), NewRefund::default());
        owner.must("refund", async || owner.client.create_refund(order, &all, Some(&key)).await).await.map(drop)
    }

    /// Buys an appointment with its time, and disputes the payment.
    async fn disputed(&self, person: &Person) -> Result<()> {
        let order = self.buy_time(person).await?;
        let owner = &self.shop.owner;
        let paid = owner.must("order", async || owner.client.get_admin_order(order).await).await?;
        let intent = paid.stripe_payment_intent_id.context("a paid order without payment")?;
        let dispute = self.shop.stripe.open_dispute(&intent).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        self.becomes(person, order, OrderStatus::Disputed).await?;
        let id = dispute["id"].as_str().context("no dispute")?;
        let lost = self.coin();
        let end = if lost { DisputeEnd::Lost } else { DisputeEnd::Won };
        self.shop.stripe.close_dispute(id, end).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        if lost {
            return person
                .wait(
                    "the lost appointment ends",
                    async || self.appointment(person, order).await,
                    |found| found.as_ref().is_some_and(|(_, status)| *status == BookingStatus::Cancelled),
                )
                .await
                .map(drop);
        }
        self.becomes(person, order, OrderStatus::Paid).await?;
        let appointment = async || self.appointment(person, order).await;
        let (booking, _) = person.must("appointment", appointment).await?.context("no appointment")?;
        self.cancel(person, booking).await
    }

    /// Buys appointments, books one, moves it, cancels it, and books again.
    async fn booked(&self, person: &Person) -> Result<()> {
        let order = self.buy(person, self.shop.hour, None).await?;
        let right = self.right(person, order).await?;
        let pay_with = PayWith { kind: PaymentKind::Entitlement, id: right };
        for last in [false, true] {
            let booking = self.book(person, pay_with).await?;
            if !last {
                let start = self.free(person).await?;
                let to = BookingMove { start };
                let moved =
                    person.insist("move", async || person.client.reschedule_booking(booking, &to).await).await?;
                match moved {
                    Err(error) if error.code() == Some(Code::SlotTaken) => {}
                    moved => drop(moved.context("move")?),
                }
            }
            self.cancel(person, booking).await?;
        }
        Ok(())
    }

    /// Books some free time.
    async fn book(&self, person: &Person, pay_with: PayWith) -> Result<Uuid> {
        let product_id = self.shop.hour;
        loop {
            let start = self.free(person).await?;
            let new = NewBooking { product_id, start, time_zone: "UTC".into(), answers: Default::default(), pay_with };
            let key = Uuid::now_v7().to_string();
            let booked = person.insist("book", async || person.client.create_booking(&new, Some(&key)).await).await?;
            match booked {
                Err(error) if error.code() == Some(Code::SlotTaken) => {}
                booked => return Ok(booked.context("book")?.id),
            }
        }
    }

    /// Subscribes, spends tokens, gets them back, buys more and returns half of those, and ends the subscription.
    async fn subscribed(&self, person: &Person) -> Result<()> {
        let order = self.pay(person, &NewCheckout { plan_id: Some(self.shop.plan), ..Default::default() }).await?;
        let newest = async || {
            let found = person.client.list_subscriptions(&PageQuery::default()).await?.data;
            Ok(found.into_iter().next())
        };
        let begun = |found: &Option<Subscription>| {
            found.as_ref().is_some_and(|found| found.status == SubscriptionStatus::Active)
        };
        let begun = person.wait("the subscription begins", newest, begun).await?.context("no subscription")?;
        ensure!(begun.tokens.balance == TOKENS, "a new subscription has {} tokens", begun.tokens.balance);
        let left = async |wanted: i64| -> Result<()> {
            let ask = async || person.client.get_tokens(begun.id, &PageQuery::default()).await;
            let balance = person.must("tokens", ask).await?.balance;
            ensure!(balance == wanted, "{balance} tokens are left, not {wanted}");
            Ok(())
        };
        let booking = self.book(person, PayWith { kind: PaymentKind::Tokens, id: begun.id }).await?;
        left(TOKENS - PRICE).await?;
        self.cancel(person, booking).await?;
        left(TOKENS).await?;
        let packs = [self.buy(person, self.shop.pack, None).await?, self.buy(person, self.shop.pack, None).await?];
        self.subscriptions.borrow_mut().push(Subscribed { packs, order, id: begun.id });
        left(TOKENS + 2 * PACK).await?;
        self.refund(packs[1]).await?;
        self.becomes(person, packs[1], OrderStatus::Refunded).await?;
        left(TOKENS + PACK).await?;
        let now = Cancellation { at_period_end: false, reason: None };
        let end = async || person.client.cancel_subscription(begun.id, &now).await;
        // Without an answer it may have happened: then the second "end" is refused.
        let _answer = person.insist("end the subscription", end).await?;
        let over = |found: &Option<Subscription>| {
            found.as_ref().is_some_and(|found| found.status == SubscriptionStatus::Canceled)
        };
        person.wait("the subscription is over", newest, over).await.map(drop)
    }

    /// Buys one of a product and waits until it is paid.
    async fn buy(&self, person: &Person, product_id: Uuid, booking: Option<BookingChoice>) -> Result<Uuid> {
        let items = Some(vec![CheckoutItem { product_id, quantity: 1, booking }]);
        self.pay(person, &NewCheckout { items, ..Default::default() }).await
    }

    /// Buys what is wanted and waits until it is paid.
    async fn pay(&self, person: &Person, new: &NewCheckout) -> Result<Uuid> {
        let key = Uuid::now_v7().to_string();
        let order = person
            .insist("check out", async || person.client.create_checkout_session(new, Some(&key)).await)
            .await??
            .order_id;
        self.orders.borrow_mut().push(order);
        let sessions = self.shop.stripe.objects("checkout.session");
        let is_open =
            |session: &&Value| session["status"] == "open" && session["client_reference_id"] == order.to_string();
        let session = sessions.iter().find(is_open).and_then(|session| session["id"].as_str());
        let session = session.context("Stripe has no open session for the order")?;
        self.shop.stripe.pay(session, Card::Visa).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        if self.coin() {
            // The page after payment; otherwise the events alone must do.
            let page = async || person.client.get_checkout_session(session).await;
            person.wait("the page after payment", page, |page| page.status == CheckoutStatus::Complete).await?;
        }
        self.becomes(person, order, OrderStatus::Paid).await?;
        Ok(order)
    }

    async fn buy_time(&self, person: &Person) -> Result<Uuid> {
        loop {
            let start = self.free(person).await?;
            let choice = BookingChoice { start, time_zone: "UTC".into(), answers: Default::default() };
            match self.buy(person, self.shop.hour, Some(choice)).await {
                Err(error) if error.downcast_ref::<Error>().and_then(Error::code) == Some(Code::SlotTaken) => {}
                bought => return bought,
            }
        }
    }

    async fn becomes(&self, person: &Person, order: Uuid, status: OrderStatus) -> Result<()> {
        let ask = async || person.client.get_order(order).await;
        person.wait(&format!("{order} becomes {status:?}"), ask, |order| order.status == status).await.map(drop)
    }

    async fn right(&self, person: &Person, order: Uuid) -> Result<Uuid> {
        let ask = async || person.client.list_entitlements(&PageQuery::default()).await;
        let owned = person.must("entitlements", ask).await?;
        let of_order = owned.data.iter().find(|owned| owned.source.id == order);
        Ok(of_order.context("paid for nothing")?.id)
    }

    async fn fetch(&self, person: &Person, order: Uuid) -> Result<()> {
        let right = self.right(person, order).await?;
        let owned = person.must("entitlement", async || person.client.get_entitlement(right).await).await?;
        let file = owned.files.first().context("no file")?.id;
        let link = person.must("link", async || person.client.create_download(right, file).await).await?;
        let fetch = async || {
            let network = |error: reqwest::Error| Error::Network(error.to_string());
            let answer = reqwest::get(&link.url).await.and_then(reqwest::Response::error_for_status);
            answer.map_err(network)?.text().await.map_err(network)
        };
        let content = person.must("download", fetch).await?;
        ensure!(content == CONTENT, "the file says {content:?}");
        Ok(())
    }

    /// The appointment that an order paid for.
    async fn appointment(&self, person: &Person, order: Uuid) -> Result<Option<(Uuid, BookingStatus)>, Error> {
        let mut page = PageQuery { limit: Some(100), cursor: None };
        let owned = person.client.list_entitlements(&page).await?;
        let Some(right) = owned.data.iter().find(|owned| owned.source.id == order) else { return Ok(None) };
        // By their time: among those of a long run it may stand anywhere.
        loop {
            let bookings = person.client.list_bookings(&page).await?;
            let paid = |booking: &&Booking| booking.paid_with.is_some_and(|paid| paid.id == right.id);
            if let Some(found) = bookings.data.iter().find(paid) {
                return Ok(Some((found.id, found.status)));
            }
            page.cursor = bookings.next_cursor;
            if page.cursor.is_none() {
                return Ok(None);
            }
        }
    }

    async fn cancel(&self, person: &Person, booking: Uuid) -> Result<()> {
        let cancel = async || person.client.cancel_booking(booking, &BookingCancellation::default()).await;
        // Without an answer it may have happened: then the second "cancel" is refused.
        let _answer = person.insist("cancel", cancel).await?;
        let found = person.must("booking", async || person.client.get_booking(booking).await).await?;
        ensure!(found.status == BookingStatus::Cancelled, "the cancelled booking is {:?}", found.status);
        Ok(())
    }

    /// Some time that is offered.
    async fn free(&self, person: &Person) -> Result<DateTime<Utc>> {
        let today = DateTime::from_timestamp(self.shop.stripe.now(), 0).context("Stripe's clock")?.date_naive();
        let query = SlotQuery {
            from: today + Days::new(2),
            to: today + Days::new(20),
            time_zone: Some("UTC".into()),
            booking_id: None,
        };
        let slots = person.must("slots", async || person.client.list_slots(&self.shop.slug, &query).await).await?;
        let starts: Vec<_> = slots.days.iter().flat_map(|day| &day.slots).map(|slot| slot.start).collect();
        ensure!(!starts.is_empty(), "no time is free");
        let at = self.chance.borrow_mut().random_range(0..starts.len());
        Ok(starts[at])
    }
}
