//! What is kept in a file over a restart.

use crate::shop::{Endpoint, SESSION, Shop, id, settled, subscribed};
use std::path::PathBuf;
use stripe_sandbox::{Card, Config, DeliverySettings};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("stripe-sandbox-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn config(&self) -> Config {
        let delivery = DeliverySettings { retry_first_ms: 60_000, ..DeliverySettings::default() };
        Config { state: Some(self.0.join("state.json")), delivery, ..Config::default() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[tokio::test]
async fn sessions_clock_and_timers_are_kept() {
    let folder = Folder::new("timers");
    let shop = Shop::with(folder.config()).await;
    let session = shop.session().await;
    let subscription = subscribed(&shop, "").await;
    shop.control.advance(3600);
    shop.sandbox.stop().await;

    let shop = Shop::with(folder.config()).await;
    assert!((3600..3660).contains(&shop.control.clock_offset()));
    shop.control.pay(id(&session), Card::Visa).unwrap();
    shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(shop.control.objects("invoice").len(), 2);
    assert_eq!(shop.control.object(id(&subscription)).unwrap()["status"], "active");
    shop.sandbox.stop().await;
}

#[tokio::test]
async fn what_was_not_delivered_is_delivered_after() {
    let folder = Folder::new("mail");
    let shop = Shop::with(folder.config()).await;
    let endpoint = Endpoint::open().await;
    shop.sandbox.set_webhook(&endpoint.url, "whsec_test");
    endpoint.fail_next(1, 500);
    shop.post("/v1/customers", "").await;
    while endpoint.letters().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    shop.sandbox.stop().await;

    let shop = Shop::with(folder.config()).await;
    settled(&shop.control).await;
    let bodies: Vec<String> = endpoint.letters().into_iter().map(|letter| letter.body).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
    shop.sandbox.stop().await;
}

#[tokio::test]
async fn answers_are_kept_under_their_keys() {
    let folder = Folder::new("keys");
    let shop = Shop::with(folder.config()).await;
    let first = shop.send("POST", "/v1/checkout/sessions", SESSION, Some("key")).await.text().await.unwrap();
    shop.sandbox.stop().await;
    let shop = Shop::with(folder.config()).await;
    let again = shop.send("POST", "/v1/checkout/sessions", SESSION, Some("key")).await.text().await.unwrap();
    assert_eq!(first, again);
    shop.sandbox.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_state_is_left_alone() {
    let folder = Folder::new("broken");
    let path = folder.0.join("state.json");
    std::fs::write(&path, "not ours").unwrap();
    assert!(stripe_sandbox::Sandbox::start(folder.config()).await.is_err());
    assert_eq!(std::fs::read_to_string(path).unwrap(), "not ours");
}
