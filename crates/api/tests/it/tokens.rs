//! Tokens: lots, the ledger, what ends and what is carried over.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vitrine::{
    clock::Clock,
    db::Tx,
    error::Result,
    tokens::{
        RETURN_LIFE,
        service::{self, Grant, RollOver},
        store,
    },
};
use vitrine_client::Client;
use vitrine_types::{
    Code,
    tokens::{TokenSource, TokenSummary},
};

use crate::harness::{Shop, eventually, with_shop};

/// A subscription's account, without the subscription.
pub struct Account {
    pub id: Uuid,
    pub customer: Uuid,
    shop: &'static Shop,
}

impl Account {
    /// An empty one.
    pub async fn open(shop: &'static Shop, customer: &Client) -> Self {
        let account = Self { id: Uuid::now_v7(), customer: customer.get_account().await.unwrap().id, shop };
        let mut tx = shop.server.state.db.begin().await.unwrap();
        // Twice, as events do.
        for _ in 0..2 {
            service::open_account(&mut tx, account.clock(), account.id, account.customer).await.unwrap();
        }
        tx.commit().await.unwrap();
        account
    }

    pub fn clock(&self) -> &'static Clock {
        &self.shop.server.state.clock
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock().now()
    }

    pub async fn begin(&self) -> Tx {
        self.shop.server.state.db.begin().await.unwrap()
    }

    /// Tokens of a period that ends at `end`; whether they were new.
    pub async fn grant(&self, fact: &str, amount: i64, end: DateTime<Utc>) -> bool {
        self.bring(fact, TokenSource::Period, amount, Some(end)).await.unwrap()
    }

    pub async fn bring(
        &self,
        fact: &str,
        source: TokenSource,
        amount: i64,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let grant =
            Grant { fact, source, source_ref: Some(format!("in_{fact}")), amount, expires_at, order_line: None };
        let mut tx = self.begin().await;
        let is_new = service::grant(&mut tx, self.clock(), self.id, &grant).await?;
        tx.commit().await?;
        Ok(is_new)
    }

    pub async fn spend(&self, amount: i64, booking: Uuid) -> Result<()> {
        let mut tx = self.begin().await;
        service::spend(&mut tx, self.clock(), self.customer, self.id, amount, booking).await?;
        Ok(tx.commit().await?)
    }

    pub async fn give_back(&self, booking: Uuid) {
        let mut tx = self.begin().await;
        service::give_back(&mut tx, self.clock(), booking).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn roll_over(&self, ended_at: DateTime<Utc>, new_end: DateTime<Utc>, cap: i64) {
        let mut tx = self.begin().await;
        service::roll_over(&mut tx, self.clock(), self.id, &RollOver { ended_at, new_end, cap }).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn end(&self, at: DateTime<Utc>) {
        let mut tx = self.begin().await;
        service::end_account(&mut tx, self.clock(), self.id, at).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn balance(&self) -> i64 {
        self.summary().await.balance
    }

    pub async fn summary(&self) -> TokenSummary {
        service::summary(&self.shop.server.state.db, self.id, self.now()).await.unwrap()
    }

    /// What is left of each live lot, in the order in which it is spent.
    pub async fn left(&self) -> Vec<i64> {
        let lots = service::purse(&self.shop.server.state.db, self.id, self.now()).await.unwrap().spendable;
        lots.into_iter().map(|lot| lot.remaining).collect()
    }

    /// The lines of the statement, oldest first.
    async fn lines(&self) -> Vec<(String, i64)> {
        let entries = store::list_entries(&self.shop.server.state.db, self.id, None, 1000).await.unwrap();
        entries.into_iter().rev().map(|entry| (entry.kind, entry.amount)).collect()
    }
}

fn lines(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(kind, amount)| ((*kind).to_owned(), *amount)).collect()
}

pub fn summary(allotted: i64, spent: i64, balance: i64) -> TokenSummary {
    TokenSummary { allotted, spent, balance }
}

pub async fn books_balance(shop: &Shop) {
    assert_eq!(service::verify(&shop.server.state.db).await.unwrap(), Vec::<String>::new());
}

fn failed<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

#[test]
fn each_fact_counts_once_and_what_ends_first_is_spent_first() {
    with_shop(|shop| async move {
        let ann = shop.customer("ann").await;
        let account = Account::open(shop, &ann).await;
        let month = account.now() + TimeDelta::days(30);
        account.bring("order", TokenSource::TopUp, 5, None).await.unwrap();
        assert!(account.grant("one", 8, month).await);
        assert!(!account.grant("one", 8, month).await, "the same fact");
        account.grant("sooner", 2, month - TimeDelta::days(1)).await;
        assert_eq!((account.left().await, account.summary().await), (vec![2, 8, 5], summary(10, 0, 15)));

        let booking = Uuid::now_v7();
        for _ in 0..2 {
            account.spend(4, booking).await.unwrap();
        }
        assert_eq!((account.left().await, account.summary().await), (vec![6, 5], summary(10, 4, 11)));
        assert_eq!(failed(account.spend(12, Uuid::now_v7()).await), Some(Code::TokensInsufficient));
        account.spend(11, Uuid::now_v7()).await.unwrap();
        // Whatever is left, a repeated spend is none.
        account.spend(4, booking).await.unwrap();
        assert_eq!((account.left().await, account.summary().await), (vec![], summary(10, 10, 0)));

        for _ in 0..2 {
            account.give_back(booking).await;
        }
        assert_eq!((account.left().await, account.summary().await), (vec![2, 2], summary(10, 6, 4)));
        account.give_back(Uuid::now_v7()).await;
        let expected = [("grant", 5), ("grant", 8), ("grant", 2), ("spend", -4), ("spend", -11), ("return", 4)];
        assert_eq!(account.lines().await, lines(&expected));

        // Nobody else's tokens, and none of nothing.
        let bob = shop.customer("bob").await.get_account().await.unwrap().id;
        let stranger = Account { customer: bob, ..account };
        assert_eq!(failed(stranger.spend(1, Uuid::now_v7()).await), Some(Code::NotFound));
        let nothing = Account { id: Uuid::now_v7(), ..stranger };
        assert_eq!(failed(nothing.spend(1, Uuid::now_v7()).await), Some(Code::NotFound));
        assert_eq!(failed(nothing.bring("x", TokenSource::TopUp, 1, None).await), Some(Code::NotFound));
        books_balance(shop).await;
    });
}

#[test]
fn what_has_ended_is_gone_at_once_and_booked_once() {
    with_shop(|shop| async move {
        let ann = shop.customer("ann").await;
        let account = Account::open(shop, &ann).await;
        let end = account.now() + TimeDelta::hours(1);
        account.grant("one", 8, end).await;
        account.bring("order", TokenSource::TopUp, 1, None).await.unwrap();
        account.spend(3, Uuid::now_v7()).await.unwrap();
        shop.pass(TimeDelta::hours(1) + TimeDelta::seconds(1));
        assert_eq!(account.balance().await, 1, "whether or not the job has run");
        assert_eq!(failed(account.spend(2, Uuid::now_v7()).await), Some(Code::TokensInsufficient));
        let expected = lines(&[("grant", 8), ("grant", 1), ("spend", -3), ("expire", -5)]);
        eventually("the job books the end", || async {
            Some(account.lines().await).filter(|found| *found == expected)
        })
        .await;
        account.spend(1, Uuid::now_v7()).await.unwrap();
        assert_eq!(account.lines().await.len(), 5, "the end is booked once");
        books_balance(shop).await;
    });
}

#[test]
fn what_comes_back_to_an_ended_lot_is_good_for_thirty_days() {
    with_shop(|shop| async move {
        let ann = shop.customer("ann").await;
        let account = Account::open(shop, &ann).await;
        let end = account.now() + TimeDelta::hours(1);
        account.grant("one", 3, end).await;
        account.grant("two", 8, end + TimeDelta::days(2)).await;
        let (early, late) = (Uuid::now_v7(), Uuid::now_v7());
        account.spend(5, early).await.unwrap();
        account.spend(1, late).await.unwrap();
        shop.pass(TimeDelta::hours(2));
        account.give_back(early).await;
        // Two to the second lot, three to one of their own.
        assert_eq!((account.left().await, account.balance().await), (vec![7, 3], 10));
        let lots = service::purse(&shop.server.state.db, account.id, account.now()).await.unwrap().spendable;
        let life = lots[1].expires_at.unwrap() - account.now();
        assert!(life <= RETURN_LIFE && life > RETURN_LIFE - TimeDelta::minutes(5), "{life}");
        assert_eq!(lots[1].source, "return");
        shop.pass(TimeDelta::days(29));
        assert_eq!(account.balance().await, 3);
        account.give_back(late).await;
        assert_eq!(account.left().await, [3, 1]);
        shop.pass(TimeDelta::days(1));
        assert_eq!(account.left().await, [1]);
        books_balance(shop).await;
    });
}

#[test]
fn what_is_left_is_carried_over_up_to_the_cap() {
    with_shop(|shop| async move {
        let ann = shop.customer("ann").await;
        let account = Account::open(shop, &ann).await;
        let month = TimeDelta::days(30);
        let first = account.now() + TimeDelta::hours(1);
        let (second, third, fourth) = (first + month, first + month + month, first + month * 3);
        account.bring("order", TokenSource::TopUp, 2, None).await.unwrap();
        account.grant("one", 8, first).await;
        account.spend(1, Uuid::now_v7()).await.unwrap();

        // Our clock may still be a little behind Stripe's when the renewal is told.
        for _ in 0..2 {
            account.roll_over(first, second, 5).await;
            account.grant("two", 8, second).await;
        }
        assert_eq!((account.left().await, account.summary().await), (vec![5, 8, 2], summary(13, 0, 15)));
        let booking = Uuid::now_v7();
        account.spend(6, booking).await.unwrap();

        // The job has booked the end before the renewal is told; and what was carried over counts as left.
        shop.pass(month + TimeDelta::hours(2));
        let ended = |lines: &Vec<(String, i64)>| lines.last() == Some(&("expire".to_owned(), -7));
        eventually("the job books the end", || async { Some(account.lines().await).filter(ended) }).await;
        assert_eq!(account.balance().await, 2);
        for _ in 0..2 {
            account.roll_over(second, third, 100).await;
        }
        assert_eq!(account.left().await, [7, 2]);
        // A payment that is told late: what it gave has ended, and is carried over as well.
        assert!(account.grant("late", 4, second).await);
        assert_eq!(account.left().await, [7, 2]);
        for _ in 0..2 {
            account.roll_over(second, third, 100).await;
        }
        assert_eq!(account.left().await, [7, 4, 2]);
        // What comes back later than its lot is good for thirty days, and is not carried over.
        account.give_back(booking).await;
        assert_eq!(account.left().await, [7, 4, 6, 2]);

        shop.pass(month);
        account.roll_over(third, fourth, 0).await;
        assert_eq!(account.left().await, [2], "a cap of zero carries nothing");
        books_balance(shop).await;
    });
}

#[test]
fn a_plan_that_ends_takes_its_tokens_along_and_no_others() {
    with_shop(|shop| async move {
        let ann = shop.customer("ann").await;
        let account = Account::open(shop, &ann).await;
        let year = account.now() + TimeDelta::days(365);
        account.bring("order", TokenSource::TopUp, 2, None).await.unwrap();
        account.grant("one", 8, year).await;
        let (booking, gone) = (Uuid::now_v7(), account.now() + TimeDelta::hours(1));
        account.spend(8, booking).await.unwrap();
        account.grant("two", 4, year).await;
        for _ in 0..2 {
            account.end(gone).await;
        }
        assert_eq!(account.balance().await, 6, "not before");
        shop.pass(TimeDelta::hours(2));
        assert_eq!(account.balance().await, 2);
        let ended = |lines: &Vec<(String, i64)>| lines.last() == Some(&("expire".to_owned(), -4));
        eventually("the job books the end", || async { Some(account.lines().await).filter(ended) }).await;
        account.give_back(booking).await;
        assert_eq!(account.left().await, [8, 2], "what was spent before comes back all the same");

        // At once, and what is left of it goes on in another plan.
        account.grant("three", 6, year).await;
        let now = account.now();
        account.end(now).await;
        account.roll_over(now, now + TimeDelta::days(10), 5).await;
        assert_eq!(account.left().await, [5, 8, 2]);
        books_balance(shop).await;
    });
}
