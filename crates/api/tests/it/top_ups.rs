//! Tokens as a product: who can buy them, what they bring, and what becomes of them with their money.

mod money;

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use stripe_sandbox::Card;
use uuid::Uuid;
use vitrine::{checkout::settle, db::sql, tokens::service as tokens};
use vitrine_client::Client;
use vitrine_types::{
    Code, Currency, Money, PageQuery,
    accounts::Credentials,
    catalog::{Access, NewProduct, Product, ProductKind, ProductPatch, ProductQuery, ProductTokens},
    checkout::{CheckoutItem, CheckoutStatus, LineKind, NewCheckout, NewRefund, Order, OrderStatus},
    entitlements::{Entitlement, NewGift},
    mail::MailQuery,
    subscriptions::{Cancellation, Includes, Subscription, SubscriptionStatus},
    tokens::{BoughtTokens, TokenEntry, TokenEntryKind, TokenSource},
};

use crate::{
    harness::{PASSWORD, Shop, eventually, items, with_shop},
    subscriptions::{becomes, current, plan, subscribe},
    tokens::books_balance,
};

const NOW: Cancellation = Cancellation { at_period_end: false, reason: None };

/// A pack of five tokens: a download without a file.
async fn pack(shop: &Shop, price: i64, valid_days: Option<u32>) -> Product {
    let new: NewProduct = serde_json::from_value(json!({
        "name": "Five tokens", "kind": "download", "price": Money::new(price, Currency::USD), "published": true,
        "tokens": ProductTokens { amount: 5, valid_days },
    }))
    .unwrap();
    shop.admin().await.create_product(&new).await.unwrap().product
}

/// Ada, with a subscription that holds ten tokens for a month.
async fn ada(shop: &Shop) -> (Client, Subscription) {
    let all = Includes { all_downloads: true, product_ids: vec![] };
    let studio = plan(shop, "Studio", 2900, |new| new.includes = all).await.plan.id;
    let ada = shop.customer("ada").await;
    let subscription = subscribe(shop, &ada, studio).await;
    (ada, subscription)
}

fn several(product_id: Uuid, quantity: u32) -> NewCheckout {
    NewCheckout { items: Some(vec![CheckoutItem { product_id, quantity, booking: None }]), ..NewCheckout::default() }
}

async fn balance(customer: &Client) -> i64 {
    current(customer).await.unwrap().tokens.balance
}

async fn entries(customer: &Client, subscription: Uuid) -> Vec<TokenEntry> {
    customer.get_tokens(subscription, &PageQuery::default()).await.unwrap().entries
}

async fn owned(customer: &Client) -> Vec<Entitlement> {
    customer.list_entitlements(&PageQuery::default()).await.unwrap().data
}

/// Nothing is reported any more, and all the books agree.
async fn all_is_well(shop: &Shop) {
    assert!(shop.stripe.wait_until_idle(Duration::from_secs(10)).await);
    books_balance(shop).await;
    let health = shop.admin().await.get_health().await.unwrap();
    let books = health.checks.iter().find(|check| check.name == "books").unwrap();
    assert!(books.ok, "{}", books.detail);
}

async fn spend(shop: &Shop, customer: &Client, of: Uuid, amount: i64) -> Result<Uuid, Code> {
    let (state, booking) = (&shop.server.state, Uuid::now_v7());
    let id = customer.get_account().await.unwrap().id;
    let mut tx = state.db.begin().await.unwrap();
    tokens::spend(&mut tx, &state.clock, id, of, amount, booking).await.map_err(|error| error.code())?;
    tx.commit().await.unwrap();
    Ok(booking)
}

/// A booking is cancelled in time.
async fn give_back(shop: &Shop, booking: Uuid) {
    let state = &shop.server.state;
    let mut tx = state.db.begin().await.unwrap();
    tokens::give_back(&mut tx, &state.clock, booking).await.unwrap();
    tx.commit().await.unwrap();
}

/// Time passes, and Ada signs in again.
async fn later(shop: &Shop, ada: &Client, time: TimeDelta) {
    shop.pass(time);
    let ada_again = Credentials { email: "ada@example.com".into(), password: PASSWORD.into(), ..Default::default() };
    ada.login(&ada_again).await.unwrap();
}

#[test]
fn a_pack_brings_what_was_ordered_once_however_often_it_is_told() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let pack = pack(shop, 900, Some(90)).await;
        assert_eq!((pack.tokens, pack.only_tokens), (Some(ProductTokens { amount: 5, valid_days: Some(90) }), true));
        shop.stripe.set_delivery(|delivery| {
            delivery.duplicates = 2;
            delivery.shuffle = Some(7);
        });
        let checkout = ada.create_checkout_session(&several(pack.id, 2), None).await.unwrap();
        // What was sold is what was ordered.
        let richer =
            ProductPatch { tokens: Some(Some(ProductTokens { amount: 99, valid_days: None })), ..Default::default() };
        shop.admin().await.update_product(pack.id, &richer).await.unwrap();
        let session = shop.session_of(checkout.order_id).await;
        shop.stripe.pay(&session, Card::Visa).unwrap();
        let looks = futures_util::future::join_all((0..4).map(|_| ada.get_checkout_session(&session))).await;
        assert!(looks.into_iter().all(|look| look.unwrap().status == CheckoutStatus::Complete));
        let order = shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        let bought = BoughtTokens { amount: 10, valid_days: Some(90), subscription_id: subscription.id };
        assert_eq!((order.lines[0].kind, order.lines[0].tokens), (LineKind::Tokens, Some(bought)));
        all_is_well(shop).await;

        // As if nothing else kept it from being settled twice.
        let (state, payment) = (&shop.server.state, shop.payment_of(order.id).await);
        let mut tx = state.db.begin().await.unwrap();
        settle::complete(&mut tx, state, order.id, Some(&session), Some(&payment)).await.unwrap();
        tx.commit().await.unwrap();

        let statement = ada.get_tokens(subscription.id, &PageQuery::default()).await.unwrap();
        assert_eq!((statement.balance, statement.allotted, statement.waiting), (20, 10, 0));
        let lot = statement.lots.iter().find(|lot| lot.source == TokenSource::TopUp).unwrap();
        assert_eq!((lot.remaining, lot.expires_at), (10, order.paid_at.map(|at| at + TimeDelta::days(90))));
        let entry = &statement.entries[0];
        assert_eq!((entry.kind, entry.amount, entry.source), (TokenEntryKind::Grant, 10, Some(TokenSource::TopUp)));
        assert_eq!(entry.source_ref, Some(order.id.to_string()));
        assert_eq!(statement.entries.len(), 2);
        let mine = owned(&ada).await;
        assert_eq!(mine.iter().map(|own| own.tokens).collect::<Vec<_>>(), [Some(bought)], "and no plan includes it");
        let mails = shop.admin().await.list_mails(&MailQuery::default()).await.unwrap().data;
        let receipt = mails.iter().find(|mail| mail.subject.contains(&order.number)).unwrap();
        assert!(receipt.text.contains("10 tokens, good until ") && receipt.text.contains("See your tokens: "));
        assert!(receipt.text.contains(&format!("/account/plan/{}/tokens", subscription.id)));
        assert!(!receipt.text.contains("Download"), "{}", receipt.text);
    });
}

#[test]
fn tokens_come_with_every_kind_and_end_when_their_product_says() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let tokens =
            |valid_days| move |new: &mut NewProduct| new.tokens = Some(ProductTokens { amount: 3, valid_days });
        shop.product(ProductKind::Download, "Plain", 900).await;
        let guide = shop.product_with(ProductKind::Download, "Guide", 1900, tokens(Some(2))).await.product;
        let lesson = shop.product_with(ProductKind::Embed, "Lesson", 900, tokens(None)).await.product;
        let talk = shop.product_with(ProductKind::Service, "Talk", 5000, tokens(None)).await.product;
        let with_tokens = ProductQuery { tokens: Some(true), kind: Some(ProductKind::Download), ..Default::default() };
        let listed = shop.visitor().list_products(&with_tokens).await.unwrap().data;
        assert_eq!(listed.iter().map(|one| (one.id, one.only_tokens)).collect::<Vec<_>>(), [(guide.id, false)]);
        let shown = ada.get_product(&guide.slug).await.unwrap();
        assert!(
            !shown.only_tokens && shown.access == Access::Included,
            "the file comes with the plan, its tokens do not"
        );
        let order = shop.buy(&ada, &[guide.id, lesson.id, talk.id]).await;
        assert_eq!(order.lines[0].kind, LineKind::Download);
        assert_eq!(balance(&ada).await, 19);
        later(shop, &ada, TimeDelta::days(2) + TimeDelta::minutes(1)).await;
        assert_eq!(balance(&ada).await, 16);
        eventually("the end is booked", || async {
            let entry = entries(&ada, subscription.id).await.remove(0);
            (entry.kind == TokenEntryKind::Expire && entry.amount == -3).then_some(())
        })
        .await;
        // What was taken away is sold no more.
        let plain = ProductPatch { tokens: Some(None), ..Default::default() };
        assert_eq!(shop.admin().await.update_product(lesson.id, &plain).await.unwrap().product.tokens, None);
        shop.buy(&ada, &[lesson.id]).await;
        assert_eq!(balance(&ada).await, 16);
        all_is_well(shop).await;
    });
}

#[test]
fn who_has_no_plan_cannot_buy_them() {
    with_shop(|shop| async move {
        let pack = pack(shop, 900, None).await;
        let bob = shop.customer("bob").await;
        let refused = bob.create_checkout_session(&items(&[pack.id]), None).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::NoSubscription));
        assert!(shop.stripe.objects("checkout.session").is_empty());
        assert!(bob.list_orders(&PageQuery::default()).await.unwrap().data.is_empty());

        let (ada, subscription) = ada(shop).await;
        // A payment is missing for too long; then it is there. A late event may open it once more meanwhile.
        for (text, code) in [
            ("update subscriptions set has_benefits = false", Some(Code::NoSubscription)),
            ("update subscriptions set has_benefits = true", None),
        ] {
            eventually(text, || async {
                sql(&shop.server.state.db, text).exec().await.unwrap();
                let answer = ada.create_checkout_session(&items(&[pack.id]), None).await;
                (answer.err().and_then(|error| error.code()) == code).then_some(())
            })
            .await;
        }
        let payment = shop.stripe.objects("payment_intent")[0]["id"].as_str().unwrap().to_owned();
        shop.stripe.open_dispute(&payment).unwrap();
        becomes(&ada, "is disputed", |subscription| subscription.disputed).await;
        let refused = ada.create_checkout_session(&items(&[pack.id]), None).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::TokensFrozen));

        ada.cancel_subscription(subscription.id, &NOW).await.unwrap();
        let refused = ada.create_checkout_session(&items(&[pack.id]), None).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::NoSubscription));
    });
}

#[test]
fn what_was_paid_for_outlives_the_plan() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let pack = pack(shop, 900, None).await;
        let checkout = shop.check_out(&ada, &[pack.id]).await;
        ada.cancel_subscription(subscription.id, &NOW).await.unwrap();
        becomes(&ada, "is over", |found| found.status == SubscriptionStatus::Canceled).await;
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        spend(shop, &ada, subscription.id, 5).await.unwrap();
        all_is_well(shop).await;
    });
}

#[test]
fn a_free_pack_comes_once() {
    with_shop(|shop| async move {
        let (ada, _) = ada(shop).await;
        let pack = pack(shop, 0, None).await;
        assert_eq!(ada.claim_product(&pack.slug).await.unwrap_err().code(), Some(Code::OrderInstead));
        let two = ada.create_checkout_session(&several(pack.id, 2), None).await.unwrap_err();
        assert_eq!(two.code(), Some(Code::InvalidRequest));
        let done = ada.create_checkout_session(&items(&[pack.id]), Some("once")).await.unwrap();
        assert_eq!((done.status, done.url.as_deref()), (CheckoutStatus::Complete, None));
        assert_eq!(balance(&ada).await, 15);
        assert_eq!(ada.create_checkout_session(&items(&[pack.id]), Some("once")).await.unwrap(), done);
        let again = ada.create_checkout_session(&items(&[pack.id]), None).await.unwrap_err();
        assert_eq!(again.code(), Some(Code::AlreadyOwned));
        assert_eq!(balance(&ada).await, 15);
        let gift = NewGift { customer_id: ada.get_account().await.unwrap().id, product_id: pack.id };
        let refused = shop.admin().await.create_entitlement(&gift).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::NothingToDeliver));
        all_is_well(shop).await;
    });
}
