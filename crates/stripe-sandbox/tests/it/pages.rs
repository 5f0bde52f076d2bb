//! The pages, as a browser without scripts uses them.

use crate::shop::{SESSION, Shop, id};
use serde_json::Value;
use stripe_sandbox::Card;

const GOOD: &str =
    "email=ada@example.com&method=card&number=4242+4242+4242+4242&expiry=12+/+34&cvc=123&name=Ada&go=pay";

async fn page(shop: &Shop, session: &Value) -> (u16, String) {
    let response = shop.request("GET", &format!("/c/pay/{}", id(session))).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Submits the pay form: status, where to, and the page.
async fn submit(shop: &Shop, session: &Value, fields: &str) -> (u16, Option<String>, String) {
    let request = shop.request("POST", &format!("/c/pay/{}", id(session)));
    let response = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields.to_owned())
        .send()
        .await
        .unwrap();
    let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), location, response.text().await.unwrap())
}

#[actix_web::test]
async fn paying_leads_back_to_the_shop() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    let (status, text) = page(&shop, &session).await;
    assert_eq!(status, 200);
    for part in ["Field Guide", "2 × $19.00", "Pay $38.00", "TEST MODE", "http:&#x2f;&#x2f;shop.test&#x2f;cart"] {
        assert!(text.contains(part), "{part} is not on the page: {text}");
    }
    assert!(!text.contains("https://"), "the page loads something from elsewhere");

    let (status, location, _) = submit(&shop, &session, GOOD).await;
    assert_eq!((status, location), (303, Some(format!("http://shop.test/done?session_id={}", id(&session)))));
    assert_eq!(shop.control.object(id(&session)).unwrap()["customer_details"]["email"], "ada@example.com");
    assert!(page(&shop, &session).await.1.contains("All done here"));
    let (status, ..) = submit(&shop, &session, GOOD).await;
    assert_eq!(status, 200);
    assert_eq!(shop.control.objects("charge").len(), 1);
}

#[actix_web::test]
async fn a_decline_is_shown_and_the_page_stays() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    let (status, _, text) = submit(&shop, &session, &GOOD.replace("4242+4242+4242+4242", "4000000000000002")).await;
    assert_eq!(status, 200);
    assert!(text.contains("Your card was declined."));
    assert!(text.contains("value=\"Ada\""), "what was typed is gone");
    assert_eq!(submit(&shop, &session, GOOD).await.0, 303);
}

#[actix_web::test]
async fn what_is_typed_is_judged() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    for (good, bad, told) in [
        ("ada@example.com", "ada", "Your email is incomplete."),
        ("name=Ada", "name=+", "Your name is missing."),
        ("number=4242+4242+4242+4242", "number=4242+4242+4242+4241", "Your card number is invalid."),
        ("number=4242+4242+4242+4242", "number=4111111111111111", "only test cards"),
        ("expiry=12+/+34", "expiry=13+/+34", "expiry date is incomplete"),
        ("expiry=12+/+34", "expiry=01+/+20", "in the past"),
        ("cvc=123", "cvc=1", "security code is incomplete"),
    ] {
        let (status, _, text) = submit(&shop, &session, &GOOD.replace(good, bad)).await;
        assert_eq!(status, 200, "{bad}");
        assert!(text.contains(told) && text.contains("aria-invalid=\"true\""), "{bad}: {text}");
    }
    assert!(shop.control.objects("charge").is_empty());
}

#[actix_web::test]
async fn test_cards_fill_without_scripts() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    let (status, _, text) = submit(&shop, &session, "email=ada@example.com&fill=4000+0000+0000+0002").await;
    assert_eq!(status, 200);
    assert!(text.contains("value=\"4000 0000 0000 0002\"") && text.contains("value=\"ada@example.com\""));
}

#[actix_web::test]
async fn a_bank_debit_needs_no_card() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    let fields = "email=ada@example.com&method=bank&account=succeeds&name=Ada&number=&expiry=&cvc=&go=pay";
    assert_eq!(submit(&shop, &session, fields).await.0, 303);
    assert_eq!(shop.control.object(id(&session)).unwrap()["payment_status"], "unpaid");
}

#[actix_web::test]
async fn a_known_email_stays() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &format!("{SESSION}&customer_email=ada@example.com")).await;
    let (_, text) = page(&shop, &session).await;
    assert!(text.contains("value=\"ada@example.com\" readonly"), "{text}");
    submit(&shop, &session, &GOOD.replace("ada@", "eve@")).await;
    assert_eq!(shop.control.object(id(&session)).unwrap()["customer_details"]["email"], "ada@example.com");
}

#[actix_web::test]
async fn other_states_say_so() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    shop.control.expire(id(&session)).unwrap();
    let (status, text) = page(&shop, &session).await;
    assert_eq!(status, 410);
    assert!(text.contains("This page has expired"));
    assert_eq!(submit(&shop, &session, GOOD).await.0, 410);
    assert_eq!(page(&shop, &serde_json::json!({"id": "cs_test_none"})).await.0, 404);
    let free = shop.post("/v1/checkout/sessions", &SESSION.replace("unit_amount]=1900", "unit_amount]=0")).await;
    let (_, text) = page(&shop, &free).await;
    assert!(text.contains("Complete order") && !text.contains("Card number"));
}

#[actix_web::test]
async fn names_are_shown_as_text() {
    let shop = Shop::open().await;
    let session =
        shop.post("/v1/checkout/sessions", &SESSION.replace("Field+Guide", "%3Cscript%3Ealert(1)%3C/script%3E")).await;
    let (_, text) = page(&shop, &session).await;
    assert!(!text.contains("<script>alert") && text.contains("&lt;script&gt;"));
}

#[actix_web::test]
async fn the_control_page_steers() {
    let shop = Shop::open().await;
    let desk = async || shop.request("GET", "/").send().await.unwrap().text().await.unwrap();
    assert!(desk().await.contains("Sessions appear here"));
    let press = async |fields: &str| {
        let request = shop.request("POST", "/_desk").header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(fields.to_owned()).send().await.unwrap();
        assert_eq!(response.status(), 303);
        response.headers()["location"].to_str().unwrap().to_owned()
    };
    let session = shop.session().await;
    assert!(desk().await.contains("Field Guide"));
    let arguments = format!("arguments={{\"session\":\"{}\"}}", id(&session));
    assert_eq!(press(&format!("command=pay&{arguments}")).await, "/?notice=Done.");
    assert!(press(&format!("command=pay&{arguments}")).await.contains("problem="));
    let intent = shop.control.objects("payment_intent")[0]["id"].as_str().unwrap().to_owned();
    let refund = format!("command=refund&currency=usd&arguments={{\"payment_intent\":\"{intent}\"}}");
    press(&format!("{refund}&amount=5.50")).await;
    assert!(desk().await.contains("partly refunded"));
    assert_eq!(shop.control.objects("charge")[0]["amount_refunded"], 550);
    assert!(press(&format!("{refund}&amount=a+lot")).await.contains("problem="));
    press("command=delivery&hold=on&duplicates=3&shuffle=on").await;
    let settings = shop.control.delivery_settings();
    assert_eq!((settings.hold, settings.duplicates, settings.shuffle), (true, 3, Some(1)));

    let other = shop.session().await;
    shop.control.pay(id(&other), Card::Visa).unwrap();
    let intent = shop.control.object(id(&other)).unwrap()["payment_intent"].as_str().unwrap().to_owned();
    shop.control.open_dispute(&intent).unwrap();
    assert!(desk().await.contains("Shop wins"));
}
