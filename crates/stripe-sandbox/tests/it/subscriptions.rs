//! A subscription's life: begun, renewed, failing, recovered, ended.

use crate::shop::{Shop, id, subscribed, subscription_form};
use serde_json::{Value, json};
use stripe_sandbox::{Card, DunningEnd};

const DAY: i64 = 86_400;
/// So long a renewal's invoice stays a draft.
const DRAFT: i64 = 3600;

fn count(shop: &Shop, kind: &str) -> usize {
    shop.event_types().iter().filter(|found| *found == kind).count()
}

fn current(shop: &Shop, subscription: &Value) -> Value {
    shop.control.object(id(subscription)).unwrap()
}

fn invoices(shop: &Shop) -> Vec<Value> {
    shop.control.objects("invoice")
}

#[tokio::test]
async fn a_checkout_begins_a_subscription() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &subscription_form("")).await;
    assert_eq!(session["amount_total"], 900);
    let done = shop.control.pay(id(&session), Card::Visa).unwrap();
    assert_eq!((&done["payment_status"], &done["payment_intent"]), (&"paid".into(), &Value::Null));
    assert_eq!(
        shop.event_types(),
        [
            "customer.created",
            "payment_method.attached",
            "customer.subscription.created",
            "invoice.created",
            "invoice.finalized",
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice.updated",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice_payment.paid",
            "charge.updated",
            "customer.subscription.updated",
            "customer.updated",
            "checkout.session.completed",
        ]
    );
    let path = format!("/v1/subscriptions/{}?expand[]=latest_invoice.payments", done["subscription"].as_str().unwrap());
    let subscription = shop.get(&path).await;
    assert_eq!((&subscription["status"], &subscription["customer"]), (&"active".into(), &done["customer"]));
    assert_eq!(subscription["metadata"]["plan_id"], "plan-1");
    assert!(subscription.get("current_period_end").is_none(), "the period is on the items");
    let item = &subscription["items"]["data"][0];
    assert!(item["current_period_end"].as_i64().unwrap() > shop.control.now() + 27 * DAY);
    let invoice = &subscription["latest_invoice"];
    assert_eq!((&invoice["status"], &invoice["billing_reason"]), (&"paid".into(), &"subscription_create".into()));
    assert_eq!(invoice["parent"]["subscription_details"]["metadata"]["plan_id"], "plan-1");
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], subscription["id"]);
    assert_eq!(invoice["lines"]["data"][0]["period"]["end"], item["current_period_end"]);
    let intent = invoice["payments"]["data"][0]["payment"]["payment_intent"].as_str().unwrap();
    let intent = shop.get(&format!("/v1/payment_intents/{intent}")).await;
    assert_eq!((&intent["amount"], &intent["metadata"]), (&900.into(), &json!({})));
    let paid = shop.get(&format!("/v1/invoice_payments?invoice={}", id(invoice))).await;
    assert_eq!(paid["data"][0]["status"], "paid");
}

#[tokio::test]
async fn a_decline_begins_nothing() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &subscription_form("")).await;
    assert_eq!(shop.control.decline(id(&session)).unwrap()["status"], "open");
    assert!(shop.control.objects("subscription").is_empty());
    shop.control.pay(id(&session), Card::Visa).unwrap();
    assert_eq!(shop.control.objects("payment_intent").len(), 1, "the intent is kept over the decline");
    assert_eq!(shop.control.objects("customer").len(), 1);
}

#[tokio::test]
async fn each_period_is_billed_once() {
    let shop = Shop::open().await;
    let first = subscribed(&shop, "").await;
    let mut end = first["items"]["data"][0]["current_period_end"].clone();
    for renewal in 2..=4 {
        let renewed = shop.control.advance_to_renewal(Some(id(&first))).unwrap();
        let item = &renewed["items"]["data"][0];
        assert_eq!(item["current_period_start"], end, "periods follow one another");
        end = item["current_period_end"].clone();
        assert_eq!(invoices(&shop).len(), renewal);
        assert_eq!(count(&shop, "invoice.paid"), renewal);
    }
    let last = &invoices(&shop)[3];
    assert_eq!((&last["billing_reason"], &last["amount_paid"]), (&"subscription_cycle".into(), &900.into()));
    assert_ne!(last["period_end"], last["lines"]["data"][0]["period"]["end"], "invoice.period_* is the time before");
    let numbers: std::collections::HashSet<String> =
        invoices(&shop).iter().map(|invoice| invoice["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), 4);
    let event = shop.get("/v1/events?type=customer.subscription.updated").await["data"][0].clone();
    assert!(event["data"]["previous_attributes"]["items"].is_object());
    assert!(event["data"]["previous_attributes"]["latest_invoice"].is_string());
}

#[tokio::test]
async fn a_trial_costs_nothing_and_then_renews() {
    let shop = Shop::open().await;
    let trial = "&subscription_data[trial_period_days]=14";
    let session = shop.post("/v1/checkout/sessions", &subscription_form(trial)).await;
    let page = shop.request("GET", &format!("/c/pay/{}", id(&session))).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Start trial") && page.contains("then $9.00"), "{page}");
    let done = shop.control.pay(id(&session), Card::Visa).unwrap();
    assert_eq!((&done["payment_status"], &done["amount_total"]), (&"no_payment_required".into(), &0.into()));
    let subscription = shop.get(&format!("/v1/subscriptions/{}", done["subscription"].as_str().unwrap())).await;
    assert_eq!(subscription["status"], "trialing");
    assert_eq!((&invoices(&shop)[0]["status"], &invoices(&shop)[0]["total"]), (&"paid".into(), &0.into()));
    assert!(shop.control.objects("charge").is_empty());
    shop.control.advance(11 * DAY - 60);
    assert_eq!(count(&shop, "customer.subscription.trial_will_end"), 0);
    shop.control.advance(120);
    assert_eq!(count(&shop, "customer.subscription.trial_will_end"), 1);
    shop.control.advance(3 * DAY);
    assert_eq!((count(&shop, "invoice.created"), count(&shop, "invoice.finalized")), (2, 1), "a draft for an hour");
    shop.control.advance(DRAFT);
    assert_eq!(current(&shop, &subscription)["status"], "active");
    assert_eq!(shop.control.objects("charge").len(), 1);
}

#[tokio::test]
async fn a_failing_card_is_retried_and_then_the_subscription_ends() {
    for (end, status) in
        [(DunningEnd::Cancel, "canceled"), (DunningEnd::Unpaid, "unpaid"), (DunningEnd::PastDue, "past_due")]
    {
        let shop = Shop::open().await;
        shop.control.set_dunning_end(end);
        let subscription = subscribed(&shop, "").await;
        let customer = subscription["customer"].as_str().unwrap();
        shop.control.turn_cards(customer, Card::Declined).unwrap();
        shop.control.advance_to_renewal(None).unwrap();
        assert_eq!(current(&shop, &subscription)["status"], "past_due");
        assert_eq!(shop.control.object(customer).unwrap()["delinquent"], true);
        for (days, attempts) in [(3, 2), (5, 3), (7, 4)] {
            assert_eq!(current(&shop, &subscription)["status"], "past_due");
            shop.control.advance(days * DAY);
            assert_eq!(invoices(&shop)[1]["attempt_count"], attempts);
        }
        assert_eq!(current(&shop, &subscription)["status"], status);
        assert!(invoices(&shop)[1]["next_payment_attempt"].is_null());
        assert_eq!(count(&shop, "invoice.payment_failed"), 4);
        assert_eq!(count(&shop, "customer.subscription.deleted"), usize::from(status == "canceled"));
        let reason = &current(&shop, &subscription)["cancellation_details"]["reason"];
        assert_eq!(*reason, if status == "canceled" { json!("payment_failed") } else { Value::Null });
        shop.control.advance(60 * DAY);
        let charges = shop.control.objects("charge").len();
        assert_eq!(charges > 5, status == "past_due", "only a past due subscription is billed further");
    }
}

#[tokio::test]
async fn an_attempt_by_hand_takes_the_place_of_the_planned_one() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    shop.control.turn_cards(subscription["customer"].as_str().unwrap(), Card::Declined).unwrap();
    shop.control.advance_to_renewal(None).unwrap();
    shop.control.advance(DAY);
    shop.control.retry_payment(id(&subscription)).unwrap();
    shop.control.advance(3 * DAY);
    assert_eq!(invoices(&shop)[1]["attempt_count"], 2, "the attempt planned before was made all the same");
    shop.control.advance(2 * DAY);
    assert_eq!(invoices(&shop)[1]["attempt_count"], 3);
}

#[tokio::test]
async fn nothing_is_collected_after_the_end() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    shop.control.turn_cards(subscription["customer"].as_str().unwrap(), Card::Declined).unwrap();
    shop.control.advance_to_renewal(None).unwrap();
    shop.send("DELETE", &format!("/v1/subscriptions/{}", id(&subscription)), "", None).await;
    shop.control.turn_cards(subscription["customer"].as_str().unwrap(), Card::Visa).unwrap();
    shop.control.advance(90 * DAY);
    assert_eq!(shop.control.objects("charge").len(), 2);
    assert!(invoices(&shop)[1]["next_payment_attempt"].is_null());
}

#[tokio::test]
async fn the_latest_invoice_decides() {
    let shop = Shop::open().await;
    let weekly = subscription_form("").replace("[interval]=month", "[interval]=week");
    let session = shop.post("/v1/checkout/sessions", &weekly).await;
    let customer = shop.control.pay(id(&session), Card::Visa).unwrap()["customer"].as_str().unwrap().to_owned();
    let subscription = shop.control.objects("subscription").pop().unwrap();
    shop.control.turn_cards(&customer, Card::Declined).unwrap();
    shop.control.advance(14 * DAY + DRAFT + 60);
    assert_eq!(invoices(&shop).len(), 3);
    shop.control.turn_cards(&customer, Card::Visa).unwrap();
    shop.post(&format!("/v1/invoices/{}/pay", id(&invoices(&shop)[1])), "").await;
    assert_eq!(current(&shop, &subscription)["status"], "past_due");
    shop.post(&format!("/v1/invoices/{}/pay", id(&invoices(&shop)[2])), "").await;
    assert_eq!(current(&shop, &subscription)["status"], "active");
    // And an older one that is open does not.
    shop.control.turn_cards(&customer, Card::Declined).unwrap();
    shop.control.advance(14 * DAY);
    assert_eq!(current(&shop, &subscription)["status"], "past_due");
    shop.control.turn_cards(&customer, Card::Visa).unwrap();
    shop.post(&format!("/v1/invoices/{}/pay", id(&invoices(&shop)[4])), "").await;
    assert_eq!(
        (&invoices(&shop)[3]["status"], &current(&shop, &subscription)["status"]),
        (&json!("open"), &json!("active"))
    );
}

#[tokio::test]
async fn another_card_recovers_a_subscription() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &subscription_form("")).await;
    let done = shop.control.pay(id(&session), Card::FailsLater).unwrap();
    let subscription = shop.control.object(done["subscription"].as_str().unwrap()).unwrap();
    assert_eq!(subscription["status"], "active");
    shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(current(&shop, &subscription)["status"], "past_due");
    let customer = subscription["customer"].as_str().unwrap();
    assert!(shop.control.save_card(customer, Card::Declined).is_err());
    shop.control.save_card(customer, Card::Mastercard).unwrap();
    let recovered = current(&shop, &subscription);
    assert_eq!(recovered["status"], "active");
    assert_ne!(recovered["default_payment_method"], subscription["default_payment_method"]);
    assert_eq!(invoices(&shop)[1]["status"], "paid");
    shop.control.advance(10 * DAY);
    assert_eq!(count(&shop, "invoice.paid"), 2, "a stale retry paid twice");
}

#[tokio::test]
async fn a_card_expires() {
    let shop = Shop::open().await;
    let session = shop.post("/v1/checkout/sessions", &subscription_form("")).await;
    let page = format!("/c/pay/{}", id(&session));
    let fields = "email=ada@example.com&number=4242424242424242&expiry=12+/+26&cvc=123&name=Ada&go=pay";
    let request = shop.request("POST", &page).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(request.body(fields).send().await.unwrap().status(), 303);
    let subscription = shop.control.objects("subscription").pop().unwrap();
    for _ in 0..24 {
        if current(&shop, &subscription)["status"] != "active" {
            break;
        }
        shop.control.advance_to_renewal(None).unwrap();
    }
    assert_eq!(shop.control.objects("charge").pop().unwrap()["failure_code"], "expired_card");
}

#[tokio::test]
async fn cancelling_at_the_periods_end_can_be_undone() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let why = "cancellation_details[comment]=moving&cancellation_details[feedback]=too_expensive";
    let ending = shop.post(&path, &format!("cancel_at_period_end=true&{why}")).await;
    let end = &ending["items"]["data"][0]["current_period_end"];
    assert_eq!((&ending["cancel_at"], &ending["cancel_at_period_end"]), (end, &true.into()));
    assert_eq!(ending["cancellation_details"]["comment"], "moving");
    assert_eq!(ending["cancellation_details"]["reason"], "cancellation_requested");
    let resumed = shop.post(&path, "cancel_at_period_end=false").await;
    assert_eq!((&resumed["cancel_at"], &resumed["canceled_at"]), (&Value::Null, &Value::Null));
    shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(current(&shop, &subscription)["status"], "active", "it was taken back");

    shop.post(&path, "cancel_at_period_end=true").await;
    let before = invoices(&shop).len();
    shop.control.advance_to_renewal(None).unwrap();
    let ended = current(&shop, &subscription);
    assert_eq!((&ended["status"], &ended["ended_at"]), (&"canceled".into(), &ended["cancel_at"]));
    assert_eq!(invoices(&shop).len(), before, "the period after the end was billed");
    assert_eq!(count(&shop, "customer.subscription.deleted"), 1);
    assert_eq!(shop.refused("POST", &path, "cancel_at_period_end=false").await.0, 400);
}

#[tokio::test]
async fn cancelling_in_the_portal_sets_only_cancel_at() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    let ending = shop.control.cancel_in_portal(id(&subscription)).unwrap();
    assert_eq!(ending["cancel_at_period_end"], false);
    assert_eq!(ending["cancel_at"], subscription["items"]["data"][0]["current_period_end"]);
    shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(current(&shop, &subscription)["status"], "canceled");
}

#[tokio::test]
async fn cancelling_now_ends_at_once() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    shop.control.advance(10 * DAY);
    let response = shop.send("DELETE", &path, "prorate=true&invoice_now=true", None).await;
    let ended: Value = response.json().await.unwrap();
    assert_eq!(ended["status"], "canceled");
    let customer = shop.control.object(subscription["customer"].as_str().unwrap()).unwrap();
    let credit = customer["balance"].as_i64().unwrap();
    assert!((-640..-570).contains(&credit), "about two thirds of $9.00 come back as credit: {credit}");
    assert_eq!(shop.refused("DELETE", &path, "").await.0, 404);
    let listed = shop.get("/v1/subscriptions").await;
    assert!(listed["data"].as_array().unwrap().is_empty());
    for status in ["all", "canceled", "ended"] {
        let listed = shop.get(&format!("/v1/subscriptions?status={status}")).await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn collection_can_be_paused() {
    for (behavior, status) in [("void", "void"), ("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible")] {
        let shop = Shop::open().await;
        let subscription = subscribed(&shop, "").await;
        let resumes = shop.control.now() + 40 * DAY;
        let form = format!("pause_collection[behavior]={behavior}&pause_collection[resumes_at]={resumes}");
        shop.post(&format!("/v1/subscriptions/{}", id(&subscription)), &form).await;
        shop.control.advance_to_renewal(None).unwrap();
        assert_eq!(invoices(&shop)[1]["status"], status);
        assert_eq!(current(&shop, &subscription)["status"], "active");
        shop.control.advance_to_renewal(None).unwrap();
        assert_eq!(invoices(&shop)[2]["status"], "paid", "collection goes on by itself");
    }
}

#[tokio::test]
async fn a_paused_subscription_is_not_billed_until_it_resumes() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    assert_eq!(shop.post(&format!("{path}/pause"), "").await["status"], "paused");
    shop.control.advance(70 * DAY);
    assert_eq!(invoices(&shop).len(), 1);
    let resumed = shop.post(&format!("{path}/resume"), "").await;
    assert_eq!(resumed["status"], "active");
    assert_eq!(invoices(&shop).len(), 2);
    assert!(resumed["items"]["data"][0]["current_period_end"].as_i64().unwrap() > shop.control.now() + 27 * DAY);
    shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(invoices(&shop).len(), 3, "one timer, one renewal");
}

#[tokio::test]
async fn a_deleted_customer_has_no_subscriptions() {
    let shop = Shop::open().await;
    let subscription = subscribed(&shop, "").await;
    let path = format!("/v1/customers/{}", subscription["customer"].as_str().unwrap());
    assert_eq!(shop.send("DELETE", &path, "", None).await.status(), 200);
    assert_eq!(current(&shop, &subscription)["status"], "canceled");
    assert_eq!(shop.refused("DELETE", &path, "").await.0, 404);
}

#[tokio::test]
async fn setup_mode_saves_a_card() {
    let shop = Shop::open().await;
    let form = "mode=setup&currency=usd&success_url=http://shop.test/{CHECKOUT_SESSION_ID}&customer_creation=always";
    let session = shop.post("/v1/checkout/sessions", form).await;
    let done = shop.control.pay(id(&session), Card::Visa).unwrap();
    let intent = shop.control.object(done["setup_intent"].as_str().unwrap()).unwrap();
    assert_eq!(intent["status"], "succeeded");
    let methods = shop.get(&format!("/v1/customers/{}/payment_methods", done["customer"].as_str().unwrap())).await;
    assert_eq!(methods["data"][0]["id"], intent["payment_method"]);
}
