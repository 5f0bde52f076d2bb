//! Idempotency keys, and faults of the API.

use crate::shop::{SESSION, Shop};
use serde_json::Value;
use stripe_sandbox::{Fault, FaultKind};

const PATH: &str = "/v1/checkout/sessions";

async fn body(response: reqwest::Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

#[actix_web::test]
async fn the_same_request_has_one_effect_and_one_answer() {
    let shop = Shop::open().await;
    let first = body(shop.send("POST", PATH, SESSION, Some("key-1")).await).await;
    let again = shop.send("POST", PATH, SESSION, Some("key-1")).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(body(again).await, first);
    assert_eq!(shop.control.objects("checkout.session").len(), 1);
    assert_eq!(body(shop.send("POST", PATH, SESSION, Some("key-2")).await).await.0, 200);
    assert_eq!(shop.control.objects("checkout.session").len(), 2);
    let keys: Vec<_> =
        shop.control.requests().into_iter().map(|request| (request.idempotency_key, request.replayed)).collect();
    let expected = [("key-1", false), ("key-1", true), ("key-2", false)];
    assert_eq!(keys, expected.map(|(key, replayed)| (Some(key.to_owned()), replayed)));
}

#[actix_web::test]
async fn another_request_under_the_same_key_is_refused() {
    let shop = Shop::open().await;
    shop.send("POST", PATH, SESSION, Some("key")).await;
    let (status, answer) = body(shop.send("POST", PATH, &format!("{SESSION}&locale=de"), Some("key")).await).await;
    assert_eq!((status, &answer["error"]["type"]), (400, &"idempotency_error".into()));
    let (status, _) = body(shop.send("POST", "/v1/customers", "", Some("key")).await).await;
    assert_eq!(status, 400);
}

#[actix_web::test]
async fn a_request_that_failed_validation_does_not_take_its_key() {
    let shop = Shop::open().await;
    let (status, _) = body(shop.send("POST", PATH, "mode=pay", Some("key")).await).await;
    assert_eq!(status, 400);
    let (status, _) = body(shop.send("POST", PATH, SESSION, Some("key")).await).await;
    assert_eq!(status, 200);
}

#[actix_web::test]
async fn refusals_of_a_valid_request_are_kept() {
    let shop = Shop::open().await;
    let first = body(shop.send("POST", "/v1/refunds", "payment_intent=pi_none", Some("key")).await).await;
    assert_eq!(first.0, 404);
    assert_eq!(body(shop.send("POST", "/v1/refunds", "payment_intent=pi_none", Some("key")).await).await, first);
}

#[actix_web::test]
async fn a_key_in_use_is_a_conflict() {
    let shop = Shop::open().await;
    // Both are slow: whichever comes first is still being served when the other comes.
    shop.control.add_fault(Fault::new(FaultKind::Slow(1500)).times(2));
    let send = || shop.send("POST", PATH, SESSION, Some("key"));
    let (one, other) = futures_util::future::join(send(), send()).await;
    let mut statuses = [one.status().as_u16(), other.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(shop.control.objects("checkout.session").len(), 1);
}

#[actix_web::test]
async fn an_error_before_the_effect_has_none() {
    let shop = Shop::open().await;
    shop.control.add_fault(Fault::new(FaultKind::Status(503)).times(2).on("POST", "checkout"));
    for status in [503, 503, 200] {
        assert_eq!(body(shop.send("POST", PATH, SESSION, Some("key")).await).await.0, status);
    }
    assert_eq!(shop.control.objects("checkout.session").len(), 1);
}

#[actix_web::test]
async fn an_error_after_the_effect_is_given_again() {
    let shop = Shop::open().await;
    shop.control.add_fault(Fault::new(FaultKind::Status(500)).after_effect());
    for _ in 0..2 {
        let (status, answer) = body(shop.send("POST", PATH, SESSION, Some("key")).await).await;
        assert_eq!((status, &answer["error"]["type"]), (500, &"api_error".into()));
    }
    assert_eq!(shop.control.objects("checkout.session").len(), 1);
}

#[actix_web::test]
async fn a_lost_answer_can_be_asked_for_again() {
    for kind in [FaultKind::Drop, FaultKind::Timeout(50)] {
        for after_effect in [true, false] {
            let shop = Shop::open().await;
            shop.control.add_fault(Fault { after_effect, ..Fault::new(kind) });
            let lost = shop.try_send("POST", PATH, SESSION, Some("key")).await;
            assert!(lost.is_err(), "{kind:?} {after_effect}: {lost:?}");
            assert_eq!(shop.control.objects("checkout.session").len(), usize::from(after_effect));
            let again = shop.send("POST", PATH, SESSION, Some("key")).await;
            assert_eq!(again.status(), 200);
            assert_eq!(shop.control.objects("checkout.session").len(), 1);
        }
    }
}

#[actix_web::test]
async fn an_answer_can_be_garbage() {
    let shop = Shop::open().await;
    shop.control.add_fault(Fault::new(FaultKind::Garbage));
    let response = shop.send("POST", PATH, SESSION, Some("key")).await;
    assert_eq!(response.status(), 200);
    assert!(response.json::<Value>().await.is_err());
    assert_eq!(shop.send("POST", PATH, SESSION, Some("key")).await.status(), 200);
    assert_eq!(shop.control.objects("checkout.session").len(), 1);
}

#[actix_web::test]
async fn long_keys_are_refused() {
    let shop = Shop::open().await;
    assert_eq!(shop.send("POST", PATH, SESSION, Some(&"k".repeat(256))).await.status(), 400);
    assert_eq!(shop.send("POST", PATH, SESSION, Some(&"k".repeat(255))).await.status(), 200);
}
