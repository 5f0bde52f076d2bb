//! Changing the plan: prorations, credits, previews, schedules.

use crate::shop::{Shop, id, subscribed};
use serde_json::Value;

async fn price(shop: &Shop, product: &str, amount: i64, interval: &str) -> String {
    let form = format!("currency=usd&unit_amount={amount}&recurring[interval]={interval}&product={product}");
    id(&shop.post("/v1/prices", &form).await).to_owned()
}

/// A subscription at $9.00 a month in the middle of its period, and what is needed to change it.
struct Halfway {
    shop: Shop,
    path: String,
    subscription: String,
    item: String,
    product: String,
}

impl Halfway {
    async fn begin() -> Self {
        let shop = Shop::open().await;
        let found = subscribed(&shop, "").await;
        let item = &found["items"]["data"][0];
        let length = item["current_period_end"].as_i64().unwrap() - item["current_period_start"].as_i64().unwrap();
        shop.control.advance(length / 2);
        let subscription = id(&found).to_owned();
        Self {
            path: format!("/v1/subscriptions/{subscription}"),
            subscription,
            item: id(item).to_owned(),
            product: item["price"]["product"].as_str().unwrap().to_owned(),
            shop,
        }
    }

    fn invoice(&self) -> Value {
        self.shop.control.objects("invoice").pop().unwrap()
    }

    fn amounts(&self) -> Vec<i64> {
        amounts(&self.invoice())
    }
}

fn amounts(invoice: &Value) -> Vec<i64> {
    invoice["lines"]["data"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn an_upgrade_can_be_billed_at_once() {
    let half = Halfway::begin().await;
    let big = price(&half.shop, &half.product, 2900, "month").await;
    let form = format!("items[0][id]={}&items[0][price]={big}&proration_behavior=always_invoice", half.item);
    let upgraded = half.shop.post(&half.path, &form).await;
    assert_eq!(upgraded["items"]["data"].as_array().unwrap().len(), 1);
    assert_eq!(upgraded["items"]["data"][0]["price"]["id"], big);
    assert_eq!(half.amounts(), [-450, 1450]);
    let invoice = half.invoice();
    assert_eq!((&invoice["billing_reason"], &invoice["amount_paid"]), (&"subscription_update".into(), &1000.into()));
    let details = &invoice["lines"]["data"][0]["parent"]["subscription_item_details"];
    assert_eq!(details["proration"], true);
    half.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(half.amounts(), [2900]);
}

#[tokio::test]
async fn prorations_wait_for_the_next_invoice_or_are_left_out() {
    for (behavior, next) in [("create_prorations", vec![-450, 1450, 2900]), ("none", vec![2900])] {
        let half = Halfway::begin().await;
        let big = price(&half.shop, &half.product, 2900, "month").await;
        let form = format!("items[0][id]={}&items[0][price]={big}&proration_behavior={behavior}", half.item);
        half.shop.post(&half.path, &form).await;
        assert_eq!(half.shop.control.objects("invoice").len(), 1, "{behavior}");
        half.shop.control.advance_to_renewal(None).unwrap();
        assert_eq!(half.amounts(), next, "{behavior}");
        half.shop.control.advance_to_renewal(None).unwrap();
        assert_eq!(half.amounts(), [2900], "{behavior}: billed twice");
    }
}

#[tokio::test]
async fn a_downgrade_leaves_a_credit_that_is_used_up() {
    let half = Halfway::begin().await;
    let small = price(&half.shop, &half.product, 300, "month").await;
    let form = format!("items[0][id]={}&items[0][price]={small}&proration_behavior=always_invoice", half.item);
    let changed = half.shop.post(&half.path, &form).await;
    assert_eq!(half.amounts(), [-450, 150]);
    assert_eq!((&half.invoice()["status"], &half.invoice()["amount_due"]), (&"paid".into(), &0.into()));
    let customer = changed["customer"].as_str().unwrap();
    assert_eq!(half.shop.control.object(customer).unwrap()["balance"], -300);
    half.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!((&half.invoice()["total"], &half.invoice()["amount_due"]), (&300.into(), &0.into()));
    assert_eq!(half.shop.control.object(customer).unwrap()["balance"], 0);
    half.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(half.invoice()["amount_due"], 300);
}

#[tokio::test]
async fn another_interval_begins_a_new_period() {
    let half = Halfway::begin().await;
    let yearly = price(&half.shop, &half.product, 9000, "year").await;
    let changed = half.shop.post(&half.path, &format!("items[0][id]={}&items[0][price]={yearly}", half.item)).await;
    assert_eq!(half.amounts(), [-450, 9000]);
    let period = &changed["items"]["data"][0];
    let days = (period["current_period_end"].as_i64().unwrap() - half.shop.control.now()) / 86_400;
    assert!((364..=366).contains(&days));
    half.shop.control.advance(40 * 86_400);
    assert_eq!(half.shop.control.objects("invoice").len(), 2, "the old monthly renewal still fires");
}

#[tokio::test]
async fn a_preview_tells_what_will_happen_and_changes_nothing() {
    for behavior in ["always_invoice", "create_prorations"] {
        let half = Halfway::begin().await;
        let big = price(&half.shop, &half.product, 2900, "month").await;
        let events = half.shop.event_types().len();
        let form = format!(
            "subscription={}&subscription_details[items][0][id]={}&subscription_details[items][0][price]={big}\
             &subscription_details[proration_behavior]={behavior}",
            half.subscription, half.item
        );
        let preview = half.shop.post("/v1/invoices/create_preview", &form).await;
        assert_eq!((&preview["status"], &preview["number"]), (&"draft".into(), &Value::Null));
        assert_eq!(half.shop.event_types().len(), events);
        assert_eq!(half.shop.control.objects("invoice").len(), 1);
        half.shop
            .post(
                &half.path,
                &format!("items[0][id]={}&items[0][price]={big}&proration_behavior={behavior}", half.item),
            )
            .await;
        if behavior == "create_prorations" {
            half.shop.control.advance_to_renewal(None).unwrap();
        }
        assert_eq!(amounts(&preview), half.amounts(), "{behavior}");
        assert_eq!(preview["amount_due"], half.invoice()["amount_due"], "{behavior}");
    }
    let half = Halfway::begin().await;
    let next = half.shop.post("/v1/invoices/create_preview", &format!("subscription={}", half.subscription)).await;
    assert_eq!(amounts(&next), [900]);
    half.shop.post(&half.path, "cancel_at_period_end=true").await;
    let preview = format!("subscription={}", half.subscription);
    let (status, error) = half.shop.refused("POST", "/v1/invoices/create_preview", &preview).await;
    assert_eq!((status, &error["code"]), (404, &"invoice_upcoming_none".into()));
}

#[tokio::test]
async fn a_preview_for_a_new_customer() {
    let half = Halfway::begin().await;
    let big = price(&half.shop, &half.product, 2900, "month").await;
    let customer = half.shop.post("/v1/customers", "").await;
    let form = format!("customer={}&subscription_details[items][0][price]={big}", id(&customer));
    let preview = half.shop.post("/v1/invoices/create_preview", &form).await;
    assert_eq!(amounts(&preview), [2900]);
    assert_eq!(half.shop.control.objects("subscription").len(), 1);
}

#[tokio::test]
async fn an_item_without_its_id_is_added() {
    let half = Halfway::begin().await;
    let other = price(&half.shop, &half.product, 500, "month").await;
    let changed = half.shop.post(&half.path, &format!("items[0][price]={other}")).await;
    assert_eq!(changed["items"]["data"].as_array().unwrap().len(), 2);
    let added = id(&changed["items"]["data"][1]).to_owned();
    let changed = half.shop.post(&half.path, &format!("items[0][id]={added}&items[0][deleted]=true")).await;
    assert_eq!(changed["items"]["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_changes_are_refused_and_change_nothing() {
    let half = Halfway::begin().await;
    let yearly = price(&half.shop, &half.product, 9000, "year").await;
    let once = half.shop.post("/v1/prices", &format!("currency=usd&unit_amount=100&product={}", half.product)).await;
    let before = half.shop.get(&half.path).await;
    for form in [
        "items[0][id]=si_none&items[0][quantity]=2".to_owned(),
        format!("items[0][id]={}&items[0][price]=price_none", half.item),
        format!("items[0][id]={}&items[0][price]={}", half.item, id(&once)),
        format!("items[0][price]={yearly}"),
        format!("items[0][id]={}&items[0][deleted]=true", half.item),
        "trial_end=100".to_owned(),
        format!("items[0][id]={}&items[0][quantity]=2&cancel_at=100", half.item),
        "cancel_at_period_end=maybe".to_owned(),
        "current_period_end=1".to_owned(),
    ] {
        assert_eq!(half.shop.refused("POST", &half.path, &form).await.0, 400, "{form}");
    }
    assert_eq!(half.shop.get(&half.path).await, before);
}

#[tokio::test]
async fn a_change_that_must_be_paid_is_not_made_otherwise() {
    let half = Halfway::begin().await;
    let big = price(&half.shop, &half.product, 2900, "month").await;
    let before = half.shop.get(&half.path).await;
    half.shop.control.turn_cards(before["customer"].as_str().unwrap(), stripe_sandbox::Card::Declined).unwrap();
    let form = format!("items[0][id]={}&items[0][price]={big}&proration_behavior=always_invoice", half.item);
    let strict = format!("{form}&payment_behavior=error_if_incomplete");
    let (status, error) = half.shop.refused("POST", &half.path, &strict).await;
    assert_eq!((status, &error["code"]), (402, &"card_declined".into()));
    assert_eq!(half.shop.get(&half.path).await, before);
    assert_eq!(half.shop.post(&half.path, &form).await["status"], "past_due");
}

#[tokio::test]
async fn a_schedule_changes_the_plan_at_the_periods_end() {
    let half = Halfway::begin().await;
    let small = price(&half.shop, &half.product, 300, "month").await;
    let made = half.shop.post("/v1/subscription_schedules", &format!("from_subscription={}", half.subscription)).await;
    assert_eq!(half.shop.get(&half.path).await["schedule"], made["id"]);
    let phase = &made["phases"][0];
    let form = format!(
        "end_behavior=release&phases[0][items][0][price]={}&phases[0][start_date]={}&phases[0][end_date]={}\
         &phases[1][items][0][price]={small}&phases[1][duration][interval]=month&proration_behavior=none",
        phase["items"][0]["price"].as_str().unwrap(),
        phase["start_date"],
        phase["end_date"]
    );
    let path = format!("/v1/subscription_schedules/{}", id(&made));
    let updated = half.shop.post(&path, &form).await;
    assert_eq!(updated["phases"].as_array().unwrap().len(), 2);
    assert_eq!(half.shop.get(&half.path).await["items"]["data"][0]["price"]["unit_amount"], 900);
    half.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(half.shop.get(&half.path).await["items"]["data"][0]["price"]["id"], small);
    assert_eq!(half.amounts(), [300]);
    half.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(half.amounts(), [300]);
    let over = half.shop.get(&path).await;
    assert_eq!(
        (&over["status"], &over["released_subscription"]),
        (&"released".into(), &half.subscription.clone().into())
    );
    assert!(half.shop.get(&half.path).await["schedule"].is_null());
}

#[tokio::test]
async fn a_schedule_may_change_the_interval() {
    let half = Halfway::begin().await;
    half.shop.control.advance_to_renewal(None).unwrap();
    let yearly = price(&half.shop, &half.product, 9000, "year").await;
    let made = half.shop.post("/v1/subscription_schedules", &format!("from_subscription={}", half.subscription)).await;
    let phase = &made["phases"][0];
    let form = format!(
        "phases[0][items][0][price]={}&phases[0][end_date]={}&phases[1][items][0][price]={yearly}",
        phase["items"][0]["price"].as_str().unwrap(),
        phase["end_date"]
    );
    half.shop.post(&format!("/v1/subscription_schedules/{}", id(&made)), &form).await;
    half.shop.control.advance_to_renewal(None).unwrap();
    assert_eq!(half.amounts(), [9000]);
    let item = &half.shop.get(&half.path).await["items"]["data"][0];
    let length = item["current_period_end"].as_i64().unwrap() - item["current_period_start"].as_i64().unwrap();
    assert!((365..=366).contains(&(length / 86_400)), "a whole year from the change");
}

#[tokio::test]
async fn a_schedule_can_be_released() {
    let half = Halfway::begin().await;
    let made = half.shop.post("/v1/subscription_schedules", &format!("from_subscription={}", half.subscription)).await;
    let path = format!("/v1/subscription_schedules/{}", id(&made));
    assert_eq!(half.shop.post(&format!("{path}/release"), "").await["status"], "released");
    assert_eq!(half.shop.refused("POST", &format!("{path}/release"), "").await.0, 400);
    assert_eq!(half.shop.get(&half.path).await["status"], "active");
}

#[tokio::test]
async fn an_open_invoice_can_be_paid_by_hand() {
    let half = Halfway::begin().await;
    let found = half.shop.get(&half.path).await;
    let customer = found["customer"].as_str().unwrap();
    half.shop.control.turn_cards(customer, stripe_sandbox::Card::Declined).unwrap();
    half.shop.control.advance_to_renewal(None).unwrap();
    let path = format!("/v1/invoices/{}", id(&half.invoice()));
    assert_eq!(half.shop.refused("POST", &format!("{path}/pay"), "").await.0, 402);
    half.shop.control.turn_cards(customer, stripe_sandbox::Card::Visa).unwrap();
    assert_eq!(half.shop.post(&format!("{path}/pay"), "").await["status"], "paid");
    assert_eq!(half.shop.refused("POST", &format!("{path}/pay"), "").await.0, 400);
    assert_eq!(half.shop.get(&half.path).await["status"], "active");
    let listed = half.shop.get(&format!("/v1/invoices?subscription={}&status=paid", half.subscription)).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert_eq!(half.shop.get(&format!("{path}/lines")).await["data"][0]["amount"], 900);
}
