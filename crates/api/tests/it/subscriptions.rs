//! Plans and subscriptions: buying, renewing, failing, changing, ending; what they give and take.

mod at_stripe;
mod between;
mod changes;
mod life;
mod money;
mod owner;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use stripe_sandbox::Card;
use uuid::Uuid;
use vitrine::db::sql;
use vitrine_client::Client;
use vitrine_types::{
    Code, Currency, Money, PageQuery,
    accounts::Credentials,
    catalog::{Access, ProductKind},
    checkout::{CheckoutStatus, LineKind, NewCheckout, OrderStatus},
    subscriptions::{AdminPlan, Includes, NewPlan, PlanPatch, PlanStatus, Subscription, SubscriptionStatus},
};

use crate::harness::{PASSWORD, Shop, eventually, with_shop};

/// A published monthly plan with ten tokens per period, of which four can be carried over.
pub async fn plan(shop: &Shop, name: &str, price: i64, change: impl FnOnce(&mut NewPlan)) -> AdminPlan {
    let mut new: NewPlan = serde_json::from_value(json!({
        "name": name, "price": Money::new(price, Currency::USD), "interval": "month", "tokens_per_period": 10,
        "rollover_cap": 4,
    }))
    .unwrap();
    change(&mut new);
    shop.admin().await.create_plan(&new).await.unwrap()
}

fn to(plan: Uuid) -> NewCheckout {
    NewCheckout { plan_id: Some(plan), ..NewCheckout::default() }
}

/// The customer's newest subscription.
pub async fn current(customer: &Client) -> Option<Subscription> {
    customer.list_subscriptions(&PageQuery::default()).await.unwrap().data.into_iter().next()
}

/// Subscribes with a card that works, and waits until the webhooks have done their work.
pub async fn subscribe(shop: &Shop, customer: &Client, plan: Uuid) -> Subscription {
    let checkout = customer.create_checkout_session(&to(plan), None).await.unwrap();
    shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
    shop.order_becomes(customer, checkout.order_id, OrderStatus::Paid).await;
    becomes(customer, "is there", |_| true).await
}

/// Waits until the customer's newest subscription is like this.
pub async fn becomes(customer: &Client, what: &str, is: impl Fn(&Subscription) -> bool) -> Subscription {
    eventually(&format!("the subscription {what}"), || async { current(customer).await.filter(|found| is(found)) })
        .await
}

/// Lets time pass on both clocks. Access tokens do not last that long: Ada signs in again.
pub async fn later(shop: &Shop, ada: &Client, time: TimeDelta) {
    shop.pass(time);
    ada.login(&Credentials { email: "ada@example.com".into(), password: PASSWORD.into(), ..Default::default() })
        .await
        .unwrap();
}

/// To the hour in which the next period has begun and its invoice is still a draft.
pub async fn begin_next(shop: &Shop, ada: &Client, end: DateTime<Utc>) {
    later(shop, ada, end - shop.server.state.clock.now() + TimeDelta::minutes(1)).await;
}

/// To where the next period's invoice has been collected.
pub async fn renew(shop: &Shop, ada: &Client, end: DateTime<Utc>) {
    begin_next(shop, ada, end).await;
    later(shop, ada, TimeDelta::hours(1)).await;
}

/// Pays for a booking with tokens.
pub async fn spend(shop: &Shop, customer: &Client, account: Uuid, amount: i64, booking: Uuid) -> Result<(), Code> {
    let state = &shop.server.state;
    let id = customer.get_account().await.unwrap().id;
    let mut tx = state.db.begin().await.unwrap();
    let spent = vitrine::tokens::service::spend(&mut tx, &state.clock, id, account, amount, booking).await;
    spent.map_err(|error| error.code())?;
    tx.commit().await.unwrap();
    Ok(())
}

/// Comparing with Stripe would mend what events have to do.
pub async fn stop_comparing(shop: &Shop) {
    let state = &shop.server.state;
    let stop = "delete from jobs where kind = 'reconcile' and locked_until is null and attempts = 0 and run_at > $1";
    while sql(&state.db, stop).bind(state.clock.now()).exec().await.unwrap() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Stripe's id of a subscription.
async fn stripe_id(shop: &Shop, subscription: Uuid) -> String {
    let found = vitrine::subscriptions::store::find_subscription(&shop.server.state.db, subscription).await.unwrap();
    found.unwrap().stripe_subscription_id
}

#[test]
fn a_plan_brings_tokens_and_opens_what_it_includes() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Field Guide", 1900).await.product;
        let embed = shop.product(ProductKind::Embed, "Lesson", 900).await.product;
        let studio = plan(shop, "Studio", 2900, |new| {
            new.includes = Includes { all_downloads: true, product_ids: vec![embed.id] };
            new.benefits = vec!["Every download".into()];
        })
        .await
        .plan;
        let shown = shop.visitor().list_plans().await.unwrap().data;
        assert_eq!(shown, std::slice::from_ref(&studio));
        let customer = shop.customer("ada").await;
        let checkout = customer.create_checkout_session(&to(studio.id), None).await.unwrap();
        assert_eq!(checkout.status, CheckoutStatus::Open);
        let again = customer.create_checkout_session(&to(studio.id), None).await.unwrap();
        assert_eq!(again, checkout, "a second click is the same order and page");
        let session = shop.session_of(checkout.order_id).await;
        shop.stripe.pay(&session, Card::Visa).unwrap();
        // The page after payment need not wait for any webhook.
        let done = customer.get_checkout_session(&session).await.unwrap();
        assert_eq!((done.status, done.order.status), (CheckoutStatus::Complete, OrderStatus::Paid));
        let line = &done.order.lines[0];
        assert_eq!((line.kind, line.product_id, line.total.amount), (LineKind::Plan, studio.id, 2900));
        let subscription = current(&customer).await.unwrap();
        assert_eq!((subscription.status, subscription.tokens.balance), (SubscriptionStatus::Active, 10));
        assert_eq!((subscription.tokens.allotted, subscription.tokens.spent), (10, 0));
        assert_eq!(subscription.plan, studio);
        assert!(!subscription.cancel_at_period_end && subscription.has_benefits);
        let access = |slug: &'static str| {
            let customer = customer.clone();
            async move { customer.get_product(slug).await.unwrap().access }
        };
        assert_eq!(access("field-guide").await, Access::Included);
        assert_eq!(access("lesson").await, Access::Included);
        let owned = customer.list_entitlements(&PageQuery::default()).await.unwrap().data;
        assert_eq!(owned.len(), 2);
        let guide = owned.iter().find(|owned| owned.product.id == product.id).unwrap();
        customer.create_download(guide.id, guide.files[0].id).await.unwrap();
        // What is published later is open too, and what the plan no longer names closes.
        shop.product(ProductKind::Download, "Sequel", 2100).await;
        eventually("the new download opens", || async { (access("sequel").await == Access::Included).then_some(()) })
            .await;
        let patch = PlanPatch { includes: Some(Includes::default()), ..PlanPatch::default() };
        shop.admin().await.update_plan(studio.id, &patch).await.unwrap();
        assert_eq!(access("field-guide").await, Access::None);
    });
}

#[test]
fn nobody_subscribes_twice() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let atelier = plan(shop, "Atelier", 5900, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        // Who looks at another plan has left the first one's order.
        let first = customer.create_checkout_session(&to(atelier.id), None).await.unwrap();
        let clicks = (0..4).map(|_| {
            let customer = customer.clone();
            async move { customer.create_checkout_session(&to(studio.id), None).await.unwrap().order_id }
        });
        let orders = futures_util::future::join_all(clicks).await;
        assert!(orders.iter().all(|order| *order == orders[0]), "many clicks, one order");
        assert_eq!(customer.get_order(first.order_id).await.unwrap().status, OrderStatus::Expired);
        shop.stripe.pay(&shop.session_of(orders[0]).await, Card::Visa).unwrap();
        shop.order_becomes(&customer, orders[0], OrderStatus::Paid).await;
        let code = |plan: Uuid| {
            let customer = customer.clone();
            async move { customer.create_checkout_session(&to(plan), None).await.unwrap_err().code() }
        };
        assert_eq!(code(studio.id).await, Some(Code::AlreadySubscribed));
        assert_eq!(code(atelier.id).await, Some(Code::ChangePlanInstead));
        assert_eq!(code(Uuid::now_v7()).await, Some(Code::InvalidRequest));
        assert_eq!(shop.stripe.objects("customer").len(), 1, "one customer at Stripe");
        // The left page was paid all the same: it gives nothing, and the owner is told.
        let session = shop.session_of(first.order_id).await;
        if shop.stripe.pay(&session, Card::Visa).is_ok() {
            shop.order_becomes(&customer, first.order_id, OrderStatus::NeedsReview).await;
            let tokens: i64 = customer
                .list_subscriptions(&PageQuery::default())
                .await
                .unwrap()
                .data
                .iter()
                .map(|s| s.tokens.balance)
                .sum();
            assert_eq!(tokens, 10);
        }
    });
}

#[test]
fn edits_of_a_plan_leave_what_was_granted() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let (ada, ben) = (shop.customer("ada").await, shop.customer("ben").await);
        subscribe(shop, &ada, studio.id).await;
        let patch = PlanPatch {
            price: Some(Money::new(3900, Currency::USD)),
            tokens_per_period: Some(12),
            ..PlanPatch::default()
        };
        let edited = admin.update_plan(studio.id, &patch).await.unwrap();
        assert_eq!((edited.plan.price.amount, edited.subscribers), (3900, 1));
        let mine = current(&ada).await.unwrap();
        assert_eq!((mine.price.amount, mine.tokens.balance), (2900, 10));
        let theirs = subscribe(shop, &ben, studio.id).await;
        assert_eq!((theirs.price.amount, theirs.tokens.balance), (3900, 12));
        let archived = PlanPatch { status: Some(PlanStatus::Archived), ..PlanPatch::default() };
        admin.update_plan(studio.id, &archived).await.unwrap();
        assert!(shop.visitor().list_plans().await.unwrap().data.is_empty());
        let cleo = shop.customer("cleo").await;
        let refused = cleo.create_checkout_session(&to(studio.id), None).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::InvalidRequest));
        assert_eq!(current(&ada).await.unwrap().status, SubscriptionStatus::Active);
        let same = json!({
            "name": "Other", "slug": "studio", "price": { "amount": 100, "currency": "usd" }, "interval": "year",
        });
        let refused = admin.create_plan(&serde_json::from_value(same).unwrap()).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::PlanSlugTaken));
    });
}
