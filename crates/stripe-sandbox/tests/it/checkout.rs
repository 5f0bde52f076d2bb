//! A session's life: paid, declined, delayed, expired.

use crate::shop::{SESSION, Shop, id};
use stripe_sandbox::{Card, Config};

#[actix_web::test]
async fn a_card_pays_a_session() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    assert_eq!((&session["status"], &session["payment_status"]), (&"open".into(), &"unpaid".into()));
    assert!(session["payment_intent"].is_null());
    assert_eq!(session["amount_total"], 3800);
    assert_eq!(session["url"], format!("{}/c/pay/{}", shop.sandbox.base_url(), id(&session)));

    let paid = shop.control.pay_as(id(&session), Card::Visa, Some("ada@example.com")).unwrap();
    assert_eq!((&paid["status"], &paid["payment_status"]), (&"complete".into(), &"paid".into()));
    assert_eq!(paid["customer_details"]["email"], "ada@example.com");
    assert!(paid["url"].is_null());
    assert_eq!(
        shop.event_types(),
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "charge.updated"
        ]
    );
    let intent = shop
        .get(&format!("/v1/payment_intents/{}?expand[]=latest_charge", paid["payment_intent"].as_str().unwrap()))
        .await;
    assert_eq!(intent["metadata"]["order_id"], "order-1");
    assert_eq!(intent["amount_received"], 3800);
    assert_eq!(intent["latest_charge"]["payment_method_details"]["card"]["last4"], "4242");
    assert_eq!(shop.refused("POST", &format!("/v1/checkout/sessions/{}/expire", id(&session)), "").await.0, 400);
    assert!(shop.control.pay(id(&session), Card::Visa).is_err(), "a session was paid twice");
}

#[actix_web::test]
async fn a_decline_leaves_the_session_open() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    let declined = shop.control.decline(id(&session)).unwrap();
    assert_eq!(declined["status"], "open");
    assert!(declined["payment_intent"].is_null());
    assert_eq!(shop.event_types(), ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]);

    shop.control.pay(id(&session), Card::Mastercard).unwrap();
    assert_eq!(shop.control.objects("payment_intent").len(), 1, "the intent is kept over declines");
    let charges = shop.get("/v1/charges").await;
    assert_eq!(charges["data"][0]["status"], "succeeded");
    assert_eq!(charges["data"][1]["failure_code"], "card_declined");
}

#[actix_web::test]
async fn a_bank_debit_settles_later() {
    for (succeeds, last) in
        [(true, "checkout.session.async_payment_succeeded"), (false, "checkout.session.async_payment_failed")]
    {
        let shop = Shop::open().await;
        let session = shop.session().await;
        let complete = shop.control.pay(id(&session), Card::BankDebit).unwrap();
        assert_eq!((&complete["status"], &complete["payment_status"]), (&"complete".into(), &"unpaid".into()));
        let before =
            ["payment_intent.created", "charge.pending", "payment_intent.processing", "checkout.session.completed"];
        assert_eq!(shop.event_types(), before);
        let settled = shop.control.settle_delayed(id(&session), succeeds).unwrap();
        assert_eq!(settled["payment_status"], if succeeds { "paid" } else { "unpaid" });
        assert!(shop.event_types().contains(&last.to_owned()));
        assert!(shop.control.settle_delayed(id(&session), true).is_err(), "a payment settled twice");
    }
}

#[actix_web::test]
async fn a_bank_debit_settles_by_itself_when_set_so() {
    let shop = Shop::with(Config { settle_after: Some(60), ..Config::default() }).await;
    let (good, bad) = (shop.session().await, shop.session().await);
    shop.control.pay(id(&good), Card::BankDebit).unwrap();
    shop.control.pay(id(&bad), Card::BankDebitFailing).unwrap();
    shop.control.advance(59);
    assert!(!shop.event_types().iter().any(|kind| kind.contains("async")));
    shop.control.advance(2);
    let kinds = shop.event_types();
    assert!(kinds.contains(&"checkout.session.async_payment_succeeded".to_owned()));
    assert!(kinds.contains(&"checkout.session.async_payment_failed".to_owned()));
}

#[actix_web::test]
async fn sessions_expire_by_themselves_and_on_demand() {
    let shop = Shop::open().await;
    let soon = shop.control.now() + 1800;
    let session = shop.post("/v1/checkout/sessions", &format!("{SESSION}&expires_at={soon}")).await;
    let other = shop.session().await;
    shop.control.advance(1790);
    assert_eq!(shop.control.object(id(&session)).unwrap()["status"], "open");
    shop.control.advance(11);
    assert_eq!(shop.control.object(id(&session)).unwrap()["status"], "expired");
    assert_eq!(shop.event_types(), ["checkout.session.expired"]);
    assert!(shop.control.pay(id(&session), Card::Visa).is_err(), "an expired session was paid");

    let expired = shop.post(&format!("/v1/checkout/sessions/{}/expire", id(&other)), "").await;
    assert_eq!(expired["status"], "expired");
    let event = &shop.get("/v1/events?type=checkout.session.expired").await["data"][0];
    assert_eq!(event["data"]["object"]["id"], other["id"]);
    assert!(event["request"]["id"].as_str().unwrap().starts_with("req_"));
}

#[actix_web::test]
async fn nothing_to_pay_needs_no_card() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &SESSION.replace("unit_amount]=1900", "unit_amount]=0")).await;
    let done = shop.control.pay(id(&session), Card::Visa).unwrap();
    assert_eq!(done["payment_status"], "no_payment_required");
    assert_eq!(shop.event_types(), ["checkout.session.completed"]);
}

#[actix_web::test]
async fn a_session_may_make_its_customer() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &format!("{SESSION}&customer_creation=always")).await;
    shop.control.decline(id(&session)).unwrap();
    let paid = shop.control.pay(id(&session), Card::Visa).unwrap();
    let customers = shop.control.objects("customer");
    assert_eq!(customers.len(), 1);
    assert_eq!(paid["customer"], customers[0]["id"]);
}

#[actix_web::test]
async fn line_items_come_in_pages() {
    let shop = Shop::open().await;
    let more: String = (1..15)
        .map(|index| {
            let line = format!("&line_items[{index}]");
            format!("{line}[quantity]=1{line}[price_data][currency]=usd{line}[price_data][unit_amount]={index}{line}[price_data][product_data][name]=N{index}")
        })
        .collect();
    let session = shop.post("/v1/checkout/sessions", &format!("{SESSION}{more}")).await;
    let path = format!("/v1/checkout/sessions/{}/line_items", id(&session));
    let first = shop.get(&path).await;
    assert_eq!((first["data"].as_array().unwrap().len(), &first["has_more"]), (10, &true.into()));
    assert_eq!(first["data"][0]["description"], "Field Guide");
    let rest = shop.get(&format!("{path}?limit=100&starting_after={}", id(&first["data"][9]))).await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 5);
}
