//! The customer portal and the invoice page.

use crate::shop::{Shop, id, subscribed};
use serde_json::Value;
use stripe_sandbox::Card;

const CARD: &str = "action=card&number=5555555555554444&expiry=12+/+34&cvc=123&name=Ada";

struct Portal {
    shop: Shop,
    subscription: Value,
    path: String,
}

impl Portal {
    async fn open(more: &str) -> Self {
        let shop = Shop::open().await;
        let subscription = subscribed(&shop, "").await;
        let customer = subscription["customer"].as_str().unwrap();
        let form = format!("customer={customer}&return_url=http://shop.test/account{more}");
        let session = shop.post("/v1/billing_portal/sessions", &form).await;
        let path = session["url"].as_str().unwrap().strip_prefix(&shop.sandbox.base_url()).unwrap().to_owned();
        Self { shop, subscription, path }
    }

    async fn page(&self) -> (u16, String) {
        let response = self.shop.request("GET", &self.path).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn press(&self, fields: &str) -> (u16, String, String) {
        let request = self.shop.request("POST", &self.path);
        let form = request.header("content-type", "application/x-www-form-urlencoded").body(fields.to_owned());
        let response = form.send().await.unwrap();
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), location.unwrap_or_default(), response.text().await.unwrap())
    }

    fn current(&self) -> Value {
        self.shop.control.object(id(&self.subscription)).unwrap()
    }
}

#[tokio::test]
async fn a_customer_cancels_and_thinks_better_of_it() {
    let portal = Portal::open("").await;
    let (status, text) = portal.page().await;
    assert_eq!(status, 200);
    for part in ["Studio plan", "$9.00 &#x2f; month", "Renews on", "Visa ending in 4242", "Cancel plan", "Back to"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let cancel = format!("action=cancel&subscription={}", id(&portal.subscription));
    assert_eq!(portal.press(&cancel).await.0, 303);
    assert_eq!(
        (&portal.current()["cancel_at_period_end"], portal.current()["cancel_at"].is_null()),
        (&false.into(), false)
    );
    assert!(portal.page().await.1.contains("Ends on"));
    portal.press(&cancel.replace("cancel", "resume")).await;
    assert!(portal.current()["cancel_at"].is_null());
}

#[tokio::test]
async fn a_customer_mends_a_failed_payment() {
    let portal = Portal::open("").await;
    let customer = portal.subscription["customer"].as_str().unwrap();
    portal.shop.control.turn_cards(customer, Card::Declined).unwrap();
    portal.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(portal.current()["status"], "past_due");
    assert_eq!(portal.page().await.0, 410, "a link does not work for ever");

    let session = portal.shop.post("/v1/billing_portal/sessions", &format!("customer={customer}")).await;
    let path = session["url"].as_str().unwrap().strip_prefix(&portal.shop.sandbox.base_url()).unwrap().to_owned();
    let portal = Portal { path, ..portal };
    let (status, _, text) = portal.press(&CARD.replace("5555555555554444", "4000000000000002")).await;
    assert!(status == 200 && text.contains("Your card was declined."));
    let (status, _, text) = portal.press(&CARD.replace("cvc=123", "cvc=")).await;
    assert!(status == 200 && text.contains("security code is incomplete"));
    assert_eq!(portal.press(CARD).await.0, 303);
    assert_eq!(portal.current()["status"], "active");
    assert!(portal.page().await.1.contains("Mastercard ending in 4444"));
}

#[tokio::test]
async fn a_flow_leads_back_to_the_shop() {
    let flow = "&flow_data[type]=payment_method_update&flow_data[after_completion][type]=redirect\
                &flow_data[after_completion][redirect][return_url]=http://shop.test/mended";
    let portal = Portal::open(flow).await;
    let (status, location, _) = portal.press(CARD).await;
    assert_eq!((status, location.as_str()), (303, "http://shop.test/mended"));
}

#[tokio::test]
async fn the_portal_is_the_customers_own() {
    let portal = Portal::open("").await;
    let other = subscribed(&portal.shop, "").await;
    portal.press(&format!("action=cancel&subscription={}", id(&other))).await;
    assert!(portal.shop.control.object(id(&other)).unwrap()["cancel_at"].is_null());
    assert_eq!(portal.shop.refused("POST", "/v1/billing_portal/sessions", "").await.0, 400);
    assert_eq!(portal.shop.refused("POST", "/v1/billing_portal/sessions", "customer=cus_none").await.0, 400);
    let wrong = Portal { path: "/p/session/test_x".to_owned(), ..portal };
    assert_eq!(wrong.page().await.0, 410);
}

#[tokio::test]
async fn an_invoice_has_a_page_where_it_can_be_paid() {
    let portal = Portal::open("").await;
    let customer = portal.subscription["customer"].as_str().unwrap();
    portal.shop.control.turn_cards(customer, Card::Declined).unwrap();
    portal.shop.control.advance_to_renewal(None).unwrap();
    let invoice = portal.shop.control.objects("invoice").pop().unwrap();
    let path = invoice["hosted_invoice_url"].as_str().unwrap();
    let path = path.strip_prefix(&portal.shop.sandbox.base_url()).unwrap().to_owned();
    let page = Portal { path, ..portal };
    let (_, text) = page.page().await;
    assert!(text.contains("Pay $9.00") && text.contains("Studio plan"), "{text}");
    assert_eq!(page.press(CARD).await.0, 303);
    assert!(page.page().await.1.contains("This invoice is paid"));
    assert_eq!(page.current()["status"], "active");
}
