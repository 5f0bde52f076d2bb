//! What the shop needs fails: Stripe, the database, the disk, the clock. Nothing is lost, nothing doubled, people get a clear
//! word, and all goes on by itself afterwards.

use std::{path::PathBuf, process::Command, time::Duration};

use chrono::TimeDelta;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use stripe_sandbox::{Card, Fault, FaultKind, signature_header};
use vitrine_client::{Client, Error};
use vitrine_types::{
    PageQuery, Problem,
    catalog::ProductKind,
    checkout::{Order, OrderStatus},
    webhook::WebhookEventQuery,
};

use crate::harness::{Database, Shop, WEBHOOK_SECRET, eventually, items, with_configured_shop, with_shop};

/// The books agree, and each order was paid once.
async fn all_is_right(shop: &Shop) {
    let health = shop.admin().await.get_health().await.unwrap();
    let books = health.checks.iter().find(|check| check.name == "books").unwrap();
    assert!(books.ok, "{}", books.detail);
    let mut paid: Vec<String> = shop
        .stripe
        .objects("checkout.session")
        .iter()
        .filter(|session| session["payment_status"] == "paid")
        .map(|session| session["client_reference_id"].to_string())
        .collect();
    let all = paid.len();
    paid.sort();
    paid.dedup();
    assert_eq!(paid.len(), all, "an order was paid twice");
}

/// Tries until the shop is not in trouble.
async fn insist<T>(call: impl AsyncFn() -> Result<T, Error>) -> T {
    for _ in 0..400 {
        match call().await {
            Ok(answer) => return answer,
            Err(Error::Network(_)) => {}
            Err(error) => assert!(error.status().is_some_and(|status| status == 503), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the shop does not recover");
}

/// A signed event that asks for no work.
async fn deliver(shop: &Shop, id: &str) -> reqwest::Response {
    let event = json!({
        "id": id, "object": "event", "type": "product.created", "created": 1_790_000_000, "livemode": false,
        "data": { "object": {} }
    });
    let body = event.to_string();
    let now = shop.server.state.clock.now().timestamp();
    let signature = signature_header(&[WEBHOOK_SECRET.to_owned()], now, body.as_bytes());
    let post = reqwest::Client::new().post(format!("{}/api/v1/webhooks/stripe", shop.url));
    post.header("Stripe-Signature", signature).body(body).send().await.unwrap()
}

async fn is_in_the_inbox(shop: &Shop, id: &str) -> bool {
    let events = shop.admin().await.list_webhook_events(&WebhookEventQuery::default()).await.unwrap().data;
    events.iter().any(|event| event.stripe_event_id == id)
}

#[test]
fn whatever_stripe_does_there_is_a_clear_word_and_one_payment() {
    with_shop(|shop| async move {
        let troubles = [
            Fault::new(FaultKind::Status(500)),
            Fault::new(FaultKind::Status(500)).after_effect(),
            Fault::new(FaultKind::Status(408)),
            Fault::new(FaultKind::Status(429)),
            Fault::new(FaultKind::Drop),
            Fault::new(FaultKind::Drop).after_effect(),
            Fault::new(FaultKind::Garbage).after_effect(),
            Fault::new(FaultKind::Timeout(20_000)).after_effect(),
        ];
        for (n, trouble) in troubles.into_iter().enumerate() {
            let product = shop.product(ProductKind::Embed, &format!("Lesson {n}"), 1900).await.product;
            let buyer = shop.customer(&format!("buyer{n}")).await;
            shop.stripe.add_fault(trouble.clone().times(50).on("POST", "checkout/sessions"));
            let post = reqwest::Client::new().post(format!("{}/api/v1/checkout/sessions", shop.url));
            let answer = post.bearer_auth(buyer.token().unwrap()).json(&items(&[product.id])).send().await.unwrap();
            // Where Stripe says that it failed, the shop looks, and may find that it did not.
            if answer.status() != 201 {
                assert_eq!(answer.status(), 503, "{trouble:?}");
                assert!(answer.headers().contains_key("Retry-After"), "{trouble:?}");
                assert_eq!(answer.json::<Problem>().await.unwrap().code, "payments.unavailable");
            }
            buyer.get_product(&product.slug).await.unwrap();
            shop.stripe.clear_faults();
            let order = shop.buy(&buyer, &[product.id]).await;
            // The first click made the order, the second went on with it.
            assert_eq!(buyer.list_orders(&PageQuery::default()).await.unwrap().data, [order], "{trouble:?}");
        }
        all_is_right(shop).await;
    });
}

#[test]
fn events_wait_while_stripe_is_away() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product;
        let ada = shop.customer("ada").await;
        let checkout = shop.check_out(&ada, &[product.id]).await;
        let session = shop.session_of(checkout.order_id).await;
        shop.stripe.add_fault(Fault::new(FaultKind::Status(503)).times(10_000));
        shop.stripe.pay(&session, Card::Visa).unwrap();
        // They are taken all the same: Stripe has done its part.
        assert!(shop.stripe.wait_until_idle(Duration::from_secs(20)).await);
        let page = ada.get_checkout_session(&session).await.unwrap_err();
        assert_eq!(page.status(), Some(503), "{page}");
        assert_eq!(ada.get_order(checkout.order_id).await.unwrap().status, OrderStatus::Pending);
        ada.get_product(&product.slug).await.unwrap();
        shop.stripe.clear_faults();
        eventually("the order is paid", || async {
            // Jobs that failed come back later and later.
            shop.pass(TimeDelta::seconds(30));
            let order = ada.get_order(checkout.order_id).await.unwrap();
            (order.status == OrderStatus::Paid).then_some(())
        })
        .await;
        all_is_right(shop).await;
    });
}

/// SQLite: another program holds the file. PostgreSQL: the server ends all connections, as when it is restarted.
#[test]
fn a_database_that_is_locked_or_restarted_loses_nothing() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product;
        let url = &shop.server.state.config.database_url;
        if !shop.server.state.db.is_shared() {
            let mut other = SqliteConnection::connect(url).await.unwrap();
            other.execute("begin immediate").await.unwrap();
            let answer = deliver(shop, "evt_locked").await;
            assert_eq!(answer.status(), 503);
            assert!(answer.headers().contains_key("Retry-After"));
            assert_eq!(answer.json::<Problem>().await.unwrap().code, "server.busy");
            shop.visitor().get_product(&product.slug).await.unwrap();
            other.execute("rollback").await.unwrap();
            assert!(!is_in_the_inbox(shop, "evt_locked").await);
            assert_eq!(deliver(shop, "evt_locked").await.status(), 200);
            assert!(is_in_the_inbox(shop, "evt_locked").await);
            return;
        }
        shop.stripe.set_delivery(|delivery| delivery.retry_first_ms = 50);
        let buyers = [shop.customer("ann").await, shop.customer("bob").await, shop.customer("cyd").await];
        let mut chaos = PgConnection::connect(url).await.unwrap();
        let restarts = tokio::task::spawn_local(async move {
            loop {
                let all = "select pg_terminate_backend(pid) from pg_stat_activity
                           where datname = current_database() and pid <> pg_backend_pid()";
                chaos.execute(all).await.unwrap();
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
        });
        let wanted = items(&[product.id]);
        let bought = futures_util::future::join_all(buyers.iter().map(|buyer| buy(shop, buyer, &wanted))).await;
        restarts.abort();
        for (buyer, order) in buyers.iter().zip(bought) {
            shop.order_becomes(buyer, order.id, OrderStatus::Paid).await;
            assert_eq!(insist(async || buyer.list_entitlements(&PageQuery::default()).await).await.data.len(), 1);
        }
        all_is_right(shop).await;
    });
}

async fn buy(shop: &Shop, buyer: &Client, wanted: &vitrine_types::checkout::NewCheckout) -> Order {
    let order = insist(async || buyer.create_checkout_session(wanted, Some("the-one")).await).await.order_id;
    let session = shop
        .stripe
        .objects("checkout.session")
        .into_iter()
        .find(|session| session["client_reference_id"] == order.to_string() && session["status"] == "open");
    shop.stripe.pay(session.unwrap()["id"].as_str().unwrap(), Card::Visa).unwrap();
    insist(async || buyer.get_order(order).await).await
}

/// A file system of its own and of this size, where root may make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap().keep();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn a_full_disk_refuses_what_it_cannot_keep_and_goes_on_when_there_is_space() {
    let Some(disk) = SmallDisk::mount(16) else {
        eprintln!("SKIPPED: no file system can be mounted here");
        return;
    };
    let folder = disk.0.clone();
    let on_the_disk = |config: &mut vitrine::config::Config| {
        config.storage_url = url::Url::from_directory_path(folder.join("files")).unwrap();
        if config.database_url.starts_with("sqlite:") {
            config.database_url = Database::file(&folder).url;
        }
    };
    with_configured_shop(on_the_disk, |shop| async move {
        let admin = shop.admin().await;
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product;
        let error = admin.upload_product_file(product.id, "large.bin", vec![7; 24_000_000]).await.unwrap_err();
        assert_eq!(error.status(), Some(507), "{error}");
        // What was stored of it is gone, and the rest of the shop is untouched.
        admin.upload_product_file(product.id, "small.bin", vec![7; 1000]).await.unwrap();
        shop.visitor().get_product(&product.slug).await.unwrap();

        if !shop.server.state.db.is_shared() {
            let ballast = folder_of(shop).join("ballast");
            fill(&ballast);
            // Small pages may still find room; sooner or later one is refused, and nothing refused is answered 2xx.
            let mut accepted = Vec::new();
            let refused = loop {
                let id = format!("evt_{}", accepted.len());
                let answer = deliver(shop, &id).await;
                if !answer.status().is_success() {
                    break (id, answer.status());
                }
                accepted.push(id);
                assert!(accepted.len() < 5000, "the disk does not fill");
            };
            assert_eq!(refused.1, 507);
            std::fs::remove_file(ballast).unwrap();
            assert_eq!(deliver(shop, &refused.0).await.status(), 200, "there is space again");
            assert!(is_in_the_inbox(shop, &refused.0).await);
        }
        all_is_right(shop).await;
    });
}

fn folder_of(shop: &Shop) -> PathBuf {
    shop.server.state.config.storage_url.to_file_path().unwrap().parent().unwrap().to_owned()
}

fn fill(path: &std::path::Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

#[test]
fn a_clock_that_jumps_delays_but_loses_nothing() {
    with_shop(|shop| async move {
        shop.stripe.set_delivery(|delivery| delivery.retry_first_ms = 50);
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product;
        let clock = &shop.server.state.clock;
        for (n, jump) in [-7200, 7200, -90_000, 900].into_iter().enumerate() {
            let buyer = shop.customer(&format!("buyer{n}")).await;
            let checkout = shop.check_out(&buyer, &[product.id]).await;
            let session = shop.session_of(checkout.order_id).await;
            clock.advance(TimeDelta::seconds(jump));
            shop.stripe.pay(&session, Card::Visa).unwrap();
            // Events seem to be from another time, and are refused: Stripe keeps them.
            eventually("an event is refused", || async {
                let refused =
                    |delivery: &stripe_sandbox::Delivery| delivery.attempts.iter().any(|at| at.status == Some(400));
                shop.stripe.deliveries().iter().any(refused).then_some(())
            })
            .await;
            clock.advance(TimeDelta::seconds(-jump));
            shop.order_becomes(&buyer, checkout.order_id, OrderStatus::Paid).await;
        }
        all_is_right(shop).await;
    });
}
