//! The events of a first purchase, in any order and twice: one end state.

use serde_json::Value;
use stripe_sandbox::Card;
use vitrine::{db::sql, webhook::handle::store_event};
use vitrine_types::{
    PageQuery,
    catalog::ProductKind,
    checkout::OrderStatus,
    subscriptions::{Includes, SubscriptionStatus},
};

use super::{current, plan, to};
use crate::harness::{Shop, with_shop};

/// What a first purchase is reported by.
const GROUP: [&str; 6] = [
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.paid",
    "payment_method.attached",
    "customer.updated",
    "checkout.session.completed",
];

/// The `number`th of the 720 orders of six things.
fn order(mut number: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..6).collect();
    let mut order = Vec::new();
    for size in (1..=6).rev() {
        order.push(left.remove(number % size));
        number /= size;
    }
    order
}

/// Reports an event and waits until it is dealt with.
async fn report(shop: &Shop, event: &Value) {
    store_event(&shop.server.state, event.to_string().as_bytes()).await.unwrap();
    for _ in 0..4000 {
        let waiting =
            sql(&shop.server.state.db, "select id from webhook_events where status in ('received', 'failed')");
        if waiting.all::<(uuid::Uuid,)>().await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{} is not dealt with", event["type"]);
}

/// All 720 with `VITRINE_TEST_ALL=1`, else every sixtieth.
#[test]
fn a_first_purchase_is_the_same_in_every_order() {
    with_shop(|shop| async move {
        shop.product(ProductKind::Embed, "Lesson", 900).await;
        let product = shop.product(ProductKind::Download, "Field Guide", 1900).await.product;
        let all = Includes { all_downloads: true, product_ids: vec![] };
        let studio = plan(shop, "Studio", 2900, |new| new.includes = all).await.plan;
        let step = if std::env::var_os("VITRINE_TEST_ALL").is_some() { 1 } else { 61 };
        shop.stripe.set_delivery(|delivery| delivery.hold = true);
        for number in (0..720).step_by(step) {
            let customer = shop.customer(&format!("ada-{number}")).await;
            let checkout = customer.create_checkout_session(&to(studio.id), None).await.unwrap();
            let known = shop.stripe.objects("event").len();
            shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
            let events: Vec<Value> = shop.stripe.objects("event").into_iter().skip(known).collect();
            for place in order(number) {
                let event = events.iter().find(|event| event["type"] == GROUP[place]).unwrap();
                report(shop, event).await;
                report(shop, event).await;
            }
            let subscription = current(&customer).await.unwrap();
            let paid = customer.get_order(checkout.order_id).await.unwrap();
            assert_eq!((subscription.status, paid.status), (SubscriptionStatus::Active, OrderStatus::Paid), "{number}");
            let statement = customer.get_tokens(subscription.id, &PageQuery::default()).await.unwrap();
            assert_eq!((statement.balance, statement.entries.len()), (10, 1), "{number}");
            let owned = customer.list_entitlements(&PageQuery::default()).await.unwrap().data;
            assert_eq!(owned.iter().map(|own| own.product.id).collect::<Vec<_>>(), [product.id], "{number}");
        }
    });
}
