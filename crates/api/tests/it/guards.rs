//! The database's own guards: what the services prevent, plain SQL cannot do either.
//!
//! Each statement fails on one constraint of the schema; without that constraint it succeeds, and so this test fails.

use std::time::Duration;

use tokio::time::timeout;
use vitrine::{calendar::service, db::sql};
use vitrine_types::catalog::ProductKind;

use crate::{
    calendar::{self, booking, days, open, rights, starts},
    harness::with_shop,
    subscriptions::{plan, subscribe},
};

/// Statements that must fail, with what must stop them: part of the error's text in either database.
const REFUSED: [(&str, &str); 12] = [
    ("update products set stock = -1", "products_stock_left"),
    ("update products set slug = 'guide'", "slug"),
    ("update orders set refunded_amount = total_amount + 1", "refunds_within_payment"),
    ("update orders set refunded_amount = -1", "refunds_within_payment"),
    ("update orders set number = 1001", "number"),
    ("update orders set stripe_session_id = 'cs_1'", "stripe_session_id"),
    ("update orders set stripe_payment_intent_id = 'pi_1'", "stripe_payment_intent_id"),
    ("update order_lines set quantity = 0", "quantity"),
    ("update entitlements set fact = 'order_line:1'", "fact"),
    ("update webhook_events set stripe_event_id = 'evt_1'", "stripe_event_id"),
    ("update jobs set key = 'the same'", "key"),
    ("update mails set key = 'the same'", "key"),
];

#[test]
fn plain_sql_cannot_break_what_money_rests_on() {
    with_shop(|shop| async move {
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let atlas = shop.product(ProductKind::Download, "Atlas", 900).await.product.id;
        let ada = shop.customer("ada").await;
        // Two of everything, so that making them the same takes a constraint to fail.
        shop.buy(&ada, &[guide]).await;
        shop.buy(&ada, &[atlas]).await;
        for (statement, stopped_by) in REFUSED {
            let mut tx = shop.server.state.db.begin().await.unwrap();
            let error = sql(&mut tx, statement).exec().await.expect_err(statement);
            assert!(error.to_string().contains(stopped_by), "{statement}: {error}");
        }
    });
}

#[test]
fn the_books_tell_when_a_time_is_booked_twice() {
    with_shop(|shop| async move {
        open(shop, "Europe/Berlin", "09:00", "17:00").await;
        let class = calendar::service(shop, "Class", |service| service.seats = 2).await;
        let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
        let start = starts(&ada, &class, &days(shop, 1, 1)).await[0];
        for customer in [&ada, &bob] {
            let right = rights(customer, class.product.id, 1).await;
            customer.create_booking(&booking(&class, start, right), None).await.unwrap();
        }
        let books = async || {
            let checks = shop.admin().await.get_health().await.unwrap().checks;
            checks.into_iter().find(|check| check.name == "books").unwrap()
        };
        assert!(books().await.ok, "{}", books().await.detail);
        for wrong in ["drop index bookings_seat", "update bookings set seat = 1"] {
            sql(&shop.server.state.db, wrong).exec().await.unwrap();
        }
        assert!(books().await.detail.contains("more booked a time than it has seats"), "{}", books().await.detail);
    });
}

#[test]
fn the_books_tell_when_a_plan_opens_too_much_or_too_little() {
    with_shop(|shop| async move {
        shop.product(ProductKind::Download, "Guide", 1900).await;
        let studio = plan(shop, "Studio", 2900, |plan| plan.includes.all_downloads = true).await;
        subscribe(shop, &shop.customer("ada").await, studio.plan.id).await;
        let books = async || {
            let checks = shop.admin().await.get_health().await.unwrap().checks;
            checks.into_iter().find(|check| check.name == "books").unwrap()
        };
        assert!(books().await.ok, "{}", books().await.detail);
        for (wrong, words, right) in [
            (
                "update subscriptions set status = 'canceled'",
                "not in force opens something",
                "update subscriptions set status = 'active'",
            ),
            (
                "update subscriptions set surplus = not surplus",
                "not in force opens something",
                "update subscriptions set surplus = not surplus",
            ),
            (
                "update subscriptions set cancel_at = current_period_end",
                "tokens wait for a renewal that does not come",
                "update subscriptions set cancel_at = null",
            ),
            (
                "update entitlements set source_status = 'expired', status = 'expired'",
                "does not open Guide",
                "update entitlements set source_status = 'active', status = 'active'",
            ),
        ] {
            let db = &shop.server.state.db;
            sql(db, wrong).exec().await.unwrap();
            assert!(books().await.detail.contains(words), "{wrong}: {}", books().await.detail);
            sql(db, right).exec().await.unwrap();
            assert!(books().await.ok, "{}", books().await.detail);
        }
    });
}

#[test]
fn the_calendar_is_changed_by_one_at_a_time() {
    with_shop(|shop| async move {
        let db = &shop.server.state.db;
        let soon = Duration::from_millis(300);
        let ask = async || {
            let mut tx = db.begin().await.unwrap();
            service::lock(&mut tx).await.unwrap();
            tx
        };
        let mut first = ask().await;
        // Asked for again it is no question; somebody else waits for it.
        timeout(soon, service::lock(&mut first)).await.unwrap().unwrap();
        assert!(timeout(soon, ask()).await.is_err());
        first.commit().await.unwrap();
        // Who gave up waiting has not kept it.
        timeout(Duration::from_secs(5), ask()).await.unwrap().commit().await.unwrap();
    });
}
