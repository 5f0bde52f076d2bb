//! Deliveries: signed, retried, and misbehaving on demand.

use crate::shop::{Endpoint, Shop, id, settled};
use std::collections::HashSet;
use stripe_sandbox::{Config, DeliverySettings, DeliveryState, signature_header};

const SECRET: &str = "whsec_test";

async fn connected(change: impl FnOnce(&mut DeliverySettings)) -> (Shop, Endpoint) {
    let mut delivery = DeliverySettings { concurrency: 1, retry_first_ms: 10, ..DeliverySettings::default() };
    change(&mut delivery);
    let shop = Shop::with(Config { delivery, ..Config::default() }).await;
    let endpoint = Endpoint::open().await;
    shop.sandbox.set_webhook(&endpoint.url, SECRET);
    (shop, endpoint)
}

#[tokio::test]
async fn events_arrive_signed_and_in_order() {
    let (shop, endpoint) = connected(|_| ()).await;
    shop.paid_session().await;
    settled(&shop.control).await;
    assert_eq!(endpoint.types(), shop.event_types());
    for letter in endpoint.letters() {
        let time = letter.signature.split_once("t=").unwrap().1.split_once(',').unwrap().0.parse::<i64>().unwrap();
        assert!((shop.control.now() - time).abs() < 5);
        let signed = signature_header(&[SECRET.to_owned()], time, letter.body.as_bytes());
        assert_eq!(letter.signature.split_once(",v0=").unwrap().0, signed);
        assert!(letter.body.starts_with("{\n  \""), "Stripe pretty-prints its bodies");
        assert_eq!(letter.event()["api_version"], stripe_sandbox::NEWEST_VERSION);
    }
    let events = shop.get("/v1/events?delivery_success=true").await;
    assert_eq!(events["data"].as_array().unwrap().len(), endpoint.letters().len());
}

#[tokio::test]
async fn every_secret_signs() {
    let (shop, endpoint) = connected(|_| ()).await;
    shop.control.set_webhook(Some(endpoint.url.clone()), vec!["whsec_old".to_owned(), "whsec_new".to_owned()]);
    shop.post("/v1/customers", "").await;
    settled(&shop.control).await;
    assert_eq!(endpoint.letters()[0].signature.matches("v1=").count(), 2);
}

#[tokio::test]
async fn a_delivery_is_tried_until_it_is_taken() {
    let (shop, endpoint) = connected(|_| ()).await;
    endpoint.fail_next(3, 500);
    shop.post("/v1/customers", "").await;
    settled(&shop.control).await;
    let delivery = &shop.control.deliveries()[0];
    let statuses: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [Some(500), Some(500), Some(500), Some(200)]);
    let waits: Vec<i64> = delivery.attempts.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(waits[1] >= 20 && waits[2] >= 40, "the waits double: {waits:?}");
    let bodies: HashSet<String> = endpoint.letters().into_iter().map(|letter| letter.body).collect();
    assert_eq!(bodies.len(), 1, "a retry is the same event");
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_tries_end() {
    let (shop, endpoint) = connected(|settings| settings.max_attempts = 2).await;
    endpoint.fail_next(2, 302);
    shop.post("/v1/customers", "").await;
    settled(&shop.control).await;
    assert_eq!(shop.control.deliveries()[0].state, DeliveryState::Abandoned);
    let event = shop.get("/v1/events?delivery_success=false").await["data"][0].clone();
    shop.control.resend(id(&event)).unwrap();
    settled(&shop.control).await;
    assert_eq!(endpoint.letters().len(), 3);
    assert!(shop.get("/v1/events?delivery_success=false").await["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_shop_that_is_down_gets_its_events_later() {
    let (shop, endpoint) = connected(|_| ()).await;
    let url = endpoint.url.clone();
    endpoint.close().await;
    shop.post("/v1/customers", "").await;
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    assert!(
        shop.control.deliveries()[0].attempts.iter().all(|attempt| attempt.status.is_none() && attempt.error.is_some())
    );
    let back = Endpoint::open().await;
    assert_ne!(back.url, url);
    shop.sandbox.set_webhook(&back.url, SECRET);
    settled(&shop.control).await;
    assert_eq!(back.types(), ["customer.created"]);
}

#[tokio::test]
async fn deliveries_can_be_held_and_flushed() {
    let (shop, endpoint) = connected(|settings| settings.hold = true).await;
    shop.paid_session().await;
    settled(&shop.control).await;
    assert!(endpoint.letters().is_empty());
    assert_eq!(shop.control.flush(), 5);
    settled(&shop.control).await;
    assert_eq!(endpoint.types(), shop.event_types());
    assert_eq!(shop.control.flush(), 0);
}

#[tokio::test]
async fn deliveries_can_be_doubled_and_dropped() {
    let (shop, endpoint) = connected(|settings| {
        settings.duplicates = 2;
        settings.drop = vec!["charge.updated".to_owned()];
    })
    .await;
    shop.paid_session().await;
    settled(&shop.control).await;
    assert_eq!(endpoint.letters().len(), 4 * 3);
    assert!(!endpoint.types().contains(&"charge.updated".to_owned()));
    let missed = shop.get("/v1/events?delivery_success=false").await;
    assert_eq!(missed["data"][0]["type"], "charge.updated");
}

#[tokio::test]
async fn a_seed_shuffles_the_same_way() {
    let mut orders = Vec::new();
    for seed in [1, 1, 2] {
        let (shop, endpoint) = connected(|settings| settings.shuffle = Some(seed)).await;
        shop.paid_session().await;
        settled(&shop.control).await;
        orders.push(endpoint.types());
    }
    assert_eq!(orders[0], orders[1]);
    assert_ne!(orders[0], orders[2]);
}

#[tokio::test]
async fn the_control_handle_speaks_http() {
    let (shop, endpoint) = connected(|_| ()).await;
    let session = shop.session().await;
    let act = async |action: &str, body: serde_json::Value| {
        let response = shop.request("POST", &format!("/_sandbox/{action}")).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json::<serde_json::Value>().await.unwrap())
    };
    let (status, settings) = act("delivery", serde_json::json!({"duplicates": 1})).await;
    assert_eq!((status, &settings["duplicates"], &settings["concurrency"]), (200, &1.into(), &1.into()));
    assert_eq!(act("delivery", serde_json::json!({"dublicates": 1})).await.0, 400);
    let (status, paid) = act("pay", serde_json::json!({"session": id(&session), "card": "visa"})).await;
    assert_eq!((status, &paid["payment_status"]), (200, &"paid".into()));
    assert_eq!(act("pay", serde_json::json!({"session": id(&session)})).await.0, 400);
    assert_eq!(act("fly", serde_json::json!({})).await.0, 400);
    assert_eq!(act("wait_until_idle", serde_json::json!({})).await.1["idle"], true);
    assert_eq!(endpoint.letters().len(), 10);
    let clock: serde_json::Value = shop.request("GET", "/_sandbox/clock").send().await.unwrap().json().await.unwrap();
    assert_eq!(clock["offset"], 0);
}
