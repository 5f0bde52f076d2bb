//! Money for plans that goes wrong: disputes, pages that nobody shall pay on any more, looks that overtake each other.

use serde_json::Value;
use stripe_sandbox::{Card, DisputeEnd};
use uuid::Uuid;
use vitrine::{subscriptions::service as subscriptions, tokens::service as tokens, webhook::handle::store_event};
use vitrine_client::Client;
use vitrine_types::{
    Code,
    catalog::{Access, ProductKind},
    checkout::OrderStatus,
    subscriptions::{Cancellation, Includes, Subscription, SubscriptionQuery, SubscriptionStatus},
    tokens::TokenSource,
};

use super::{becomes, current, plan, renew, stripe_id, subscribe, to};
use crate::harness::{PASSWORD, Shop, eventually, with_shop};

/// A plan that opens a download.
async fn studio(shop: &Shop) -> Uuid {
    shop.product(ProductKind::Download, "Field Guide", 1900).await;
    let all = Includes { all_downloads: true, product_ids: vec![] };
    plan(shop, "Studio", 2900, |new| new.includes = all).await.plan.id
}

async fn access(customer: &Client) -> Access {
    customer.get_product("field-guide").await.unwrap().access
}

/// Tries to spend a token.
async fn spend(shop: &Shop, of: &Subscription, customer: &Client) -> Result<(), Code> {
    super::spend(shop, customer, of.id, 1, Uuid::now_v7()).await
}

/// The payment of a subscription's newest invoice.
fn last_payment(shop: &Shop) -> String {
    shop.stripe.objects("payment_intent").last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// A renewal's payment is disputed: nothing is open and no token is spent until the bank has decided.
#[test]
fn a_disputed_renewal_waits_for_the_bank() {
    for end in [DisputeEnd::Won, DisputeEnd::Lost] {
        with_shop(|shop| async move {
            let studio = studio(shop).await;
            let customer = shop.customer("ada").await;
            let first = subscribe(shop, &customer, studio).await;
            renew(shop, &customer, first.current_period_end).await;
            let renewed = becomes(&customer, "is renewed", |s| s.tokens.balance == 14).await;
            let (clock, db) = (&shop.server.state.clock, &shop.server.state.db);
            let mut tx = db.begin().await.unwrap();
            let gift = tokens::Grant {
                fact: "gift",
                source: TokenSource::TopUp,
                source_ref: None,
                amount: 5,
                expires_at: None,
                order_line: None,
            };
            tokens::grant(&mut tx, clock, first.id, &gift).await.unwrap();
            tx.commit().await.unwrap();
            spend(shop, &renewed, &customer).await.unwrap();
            let dispute = shop.stripe.open_dispute(&last_payment(shop)).unwrap();
            let waits = becomes(&customer, "is disputed", |s| s.disputed).await;
            assert!(!waits.has_benefits && waits.status == SubscriptionStatus::Active);
            assert_eq!(access(&customer).await, Access::None);
            assert_eq!(spend(shop, &waits, &customer).await, Err(Code::TokensFrozen));
            // The owner is told, and finds it.
            let admin = shop.admin().await;
            assert_eq!(admin.get_overview().await.unwrap().disputed_subscriptions, 1);
            let disputed = SubscriptionQuery { disputed: Some(true), ..SubscriptionQuery::default() };
            let found = admin.list_admin_subscriptions(&disputed).await.unwrap().data;
            assert_eq!(found.iter().map(|found| found.subscription.id).collect::<Vec<_>>(), [first.id]);
            assert_eq!(found[0].disputes[0].stripe_dispute_id, dispute["id"].as_str().unwrap());
            assert_eq!(found[0].disputes[0].amount, found[0].subscription.price);
            let others = SubscriptionQuery { disputed: Some(false), ..SubscriptionQuery::default() };
            assert_eq!(admin.list_admin_subscriptions(&others).await.unwrap().data, []);
            // Whatever is reported meanwhile opens nothing.
            subscriptions::follow(&shop.server.state, &stripe_id(shop, first.id).await).await.unwrap();
            assert_eq!(access(&customer).await, Access::None);
            shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), end).unwrap();
            if end == DisputeEnd::Won {
                let back = becomes(&customer, "is decided", |s| !s.disputed).await;
                assert!(back.has_benefits && back.tokens.balance == 18, "{back:?}");
                assert_eq!(access(&customer).await, Access::Included);
                spend(shop, &back, &customer).await.unwrap();
                return;
            }
            let over = becomes(&customer, "is over", |s| s.status == SubscriptionStatus::Canceled).await;
            assert_eq!(over.tokens.balance, 5, "what did not come with the plan stays");
            assert_eq!(access(&customer).await, Access::None);
            spend(shop, &over, &customer).await.unwrap();
            let stripe = stripe_id(shop, first.id).await;
            assert_eq!(shop.stripe.object(&stripe).unwrap()["status"], "canceled", "and pays no more");
        });
    }
}

/// The dispute is all that is ever reported: the first payment is settled with it, in that order.
#[test]
fn a_dispute_that_comes_first_is_not_lost() {
    with_shop(|shop| async move {
        let studio = studio(shop).await;
        let customer = shop.customer("ada").await;
        shop.stripe.set_webhook(None, Vec::new());
        let checkout = customer.create_checkout_session(&to(studio), None).await.unwrap();
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        let payment = last_payment(shop);
        shop.stripe.open_dispute(&payment).unwrap();
        report(shop, "charge.dispute.created").await;
        shop.order_becomes(&customer, checkout.order_id, OrderStatus::Disputed).await;
        let waits = current(&customer).await.unwrap();
        assert!(waits.disputed && !waits.has_benefits);
        assert_eq!((access(&customer).await, waits.tokens.balance), (Access::None, 10));
        assert_eq!(spend(shop, &waits, &customer).await, Err(Code::TokensFrozen));
        let dispute = shop.stripe.objects("dispute")[0]["id"].as_str().unwrap().to_owned();
        shop.stripe.close_dispute(&dispute, DisputeEnd::Won).unwrap();
        report(shop, "charge.dispute.closed").await;
        shop.order_becomes(&customer, checkout.order_id, OrderStatus::Paid).await;
        assert_eq!(access(&customer).await, Access::Included);
        // The first report once more, late: what is decided stays so.
        let state = &shop.server.state;
        let record =
            subscriptions::find_by_stripe_id(&state.db, &stripe_id(shop, waits.id).await).await.unwrap().unwrap();
        let old =
            serde_json::from_value(serde_json::json!({"id": dispute, "amount": 2900, "status": "needs_response"}));
        let mut tx = state.db.begin().await.unwrap();
        subscriptions::apply_disputes(&mut tx, state, &record, &payment, &[old.unwrap()]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(access(&customer).await, Access::Included);
    });
}

#[test]
fn a_refund_that_comes_first_is_not_lost() {
    with_shop(|shop| async move {
        let studio = studio(shop).await;
        let customer = shop.customer("ada").await;
        shop.stripe.set_webhook(None, Vec::new());
        let checkout = customer.create_checkout_session(&to(studio), None).await.unwrap();
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        shop.stripe.refund(&last_payment(shop), Some(900)).unwrap();
        report(shop, "refund.created").await;
        let order = shop.order_becomes(&customer, checkout.order_id, OrderStatus::PartiallyRefunded).await;
        assert_eq!(order.refunded.amount, 900);
        assert_eq!(current(&customer).await.unwrap().tokens.balance, 10);
    });
}

/// Reports the newest event of a kind, and no other.
async fn report(shop: &Shop, kind: &str) {
    let events: Vec<Value> = shop.stripe.objects("event");
    let event = events.iter().rfind(|event| event["type"] == kind).unwrap();
    store_event(&shop.server.state, event.to_string().as_bytes()).await.unwrap();
    eventually("the event is dealt with", || async {
        let id = event["id"].as_str().unwrap().to_owned();
        let found: Option<(String,)> =
            vitrine::db::sql(&shop.server.state.db, "select status from webhook_events where stripe_event_id = $1")
                .bind(id)
                .opt()
                .await
                .unwrap();
        found.filter(|(status,)| status == "processed")
    })
    .await;
}

async fn closes(shop: &Shop, session: &str) {
    eventually("Stripe closes the page", || async {
        (shop.stripe.object(session).unwrap()["status"] == "expired").then_some(())
    })
    .await;
}

#[test]
fn nobody_pays_on_a_page_that_was_left() {
    with_shop(|shop| async move {
        let studio = studio(shop).await;
        let atelier = plan(shop, "Atelier", 5900, |_| {}).await.plan.id;
        let customer = shop.customer("ada").await;
        let left = customer.create_checkout_session(&to(studio), None).await.unwrap();
        let session = shop.session_of(left.order_id).await;
        let second = customer.create_checkout_session(&to(atelier), None).await.unwrap();
        closes(shop, &session).await;
        let second = shop.session_of(second.order_id).await;
        let lesson = shop.product(ProductKind::Embed, "Lesson", 900).await.product.id;
        let bought = shop.check_out(&customer, &[lesson]).await;
        let bought = shop.session_of(bought.order_id).await;
        assert_eq!(shop.stripe.object(&second).unwrap()["status"], "open");
        customer.delete_account(PASSWORD).await.unwrap();
        closes(shop, &second).await;
        closes(shop, &bought).await;
    });
}

/// Paid in the moment in which the account was deleted: the subscription is ended, the owner is told.
#[test]
fn who_is_gone_does_not_subscribe() {
    with_shop(|shop| async move {
        let studio = studio(shop).await;
        let customer = shop.customer("ada").await;
        let checkout = customer.create_checkout_session(&to(studio), None).await.unwrap();
        shop.stripe.set_delivery(|delivery| delivery.hold = true);
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        customer.delete_account(PASSWORD).await.unwrap();
        shop.stripe.set_delivery(|delivery| delivery.hold = false);
        shop.stripe.flush();
        eventually("Stripe ends it", || async {
            (shop.stripe.objects("subscription")[0]["status"] == "canceled").then_some(())
        })
        .await;
        eventually("the owner is told", || async {
            let order = shop.admin().await.get_admin_order(checkout.order_id).await.unwrap().order;
            (order.status == OrderStatus::NeedsReview).then_some(())
        })
        .await;
    });
}

/// Two looks at Stripe at the same time: the one that began first is answered last.
#[test]
fn an_answer_that_was_overtaken_changes_nothing() {
    with_shop(|shop| async move {
        let studio = studio(shop).await;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio).await;
        let state = &shop.server.state;
        let old = subscriptions::look(state, &stripe_id(shop, first.id).await).await.unwrap().unwrap();
        let now = Cancellation { at_period_end: false, reason: None };
        customer.cancel_subscription(first.id, &now).await.unwrap();
        let mut tx = state.db.begin().await.unwrap();
        let told = subscriptions::apply(&mut tx, state, &old).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told.status, "canceled");
        assert_eq!(current(&customer).await.unwrap().status, SubscriptionStatus::Canceled);
        assert_eq!(access(&customer).await, Access::None);
    });
}
