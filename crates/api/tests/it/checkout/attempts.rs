//! More than one of Stripe's pages for one order.

use chrono::TimeDelta;
use stripe_sandbox::{Card, Fault, FaultKind};
use uuid::Uuid;
use vitrine::{checkout::settle, db::sql};
use vitrine_client::Client;
use vitrine_types::{Code, catalog::ProductKind, checkout::OrderStatus, entitlements::EntitlementStatus};

use super::owned;
use crate::{
    calendar::signed_in_again,
    harness::{Shop, eventually, items, with_shop},
};

/// An order for which Stripe has two open pages: it never heard of the first one, and made another in the next attempt.
async fn with_two_sessions(shop: &'static Shop, product: Uuid) -> (Client, Uuid, [String; 2]) {
    let ada = shop.customer("ada").await;
    shop.stripe.add_fault(Fault::new(FaultKind::Drop).after_effect().times(3).on("POST", "checkout/sessions"));
    let error = ada.create_checkout_session(&items(&[product]), None).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::PaymentsUnavailable));
    shop.pass(TimeDelta::minutes(20));
    let ada = signed_in_again(shop, "ada").await;
    let checkout = shop.check_out(&ada, &[product]).await;
    let known = shop.session_of(checkout.order_id).await;
    let sessions = shop.stripe.objects("checkout.session");
    let mut unknown = sessions.iter().filter_map(|session| session["id"].as_str()).filter(|id| *id != known);
    let unknown = unknown.next().unwrap().to_owned();
    assert_eq!(sessions.len(), 2);
    (ada, checkout.order_id, [unknown, known])
}

/// Tells the shop of a session once more.
async fn report(shop: &Shop, session: &str) {
    let state = &shop.server.state;
    let session = settle::fetch(state, session).await.unwrap().unwrap();
    let mut tx = state.db.begin().await.unwrap();
    settle::apply(&mut tx, state, &session).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn who_pays_twice_gets_the_second_payment_back() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, order, sessions) = with_two_sessions(shop, product).await;
        shop.stripe.pay(&sessions[0], Card::Visa).unwrap();
        shop.order_becomes(&ada, order, OrderStatus::Paid).await;
        shop.stripe.pay(&sessions[1], Card::Visa).unwrap();
        eventually("the second payment is sent back", || async {
            let refunds = shop.stripe.objects("refund");
            (refunds.len() == 1 && refunds[0]["amount"] == 1900).then_some(())
        })
        .await;
        report(shop, &sessions[1]).await;
        let (refunds,): (i64,) = sql(&shop.server.state.db, "select count(*) from refunds").one().await.unwrap();
        assert_eq!(refunds, 1, "however often it is reported");
        assert_eq!(owned(&ada).await.len(), 1);
        assert_eq!(owned(&ada).await[0].status, EntitlementStatus::Active, "the first payment stands");
        assert!(shop.admin().await.get_admin_order(order).await.unwrap().review_reason.is_some());
    });
}

#[test]
fn the_end_of_an_earlier_page_does_not_close_the_order() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, order, sessions) = with_two_sessions(shop, product).await;
        shop.stripe.expire(&sessions[0]).unwrap();
        report(shop, &sessions[0]).await;
        assert_eq!(ada.get_order(order).await.unwrap().status, OrderStatus::Pending);
        // Nor does the end of the time that the first attempt had.
        shop.pass(TimeDelta::minutes(30));
        let ada = signed_in_again(shop, "ada").await;
        let text = "select count(*) from jobs where key = $1";
        eventually("the first attempt's job is done", || async {
            let job = sql(&shop.server.state.db, text).bind(format!("expire_order:{order}:1")).one().await;
            job.is_ok_and(|(waiting,): (i64,)| waiting == 0).then_some(())
        })
        .await;
        assert_eq!(ada.get_order(order).await.unwrap().status, OrderStatus::Pending);
        shop.stripe.pay(&sessions[1], Card::Visa).unwrap();
        shop.order_becomes(&ada, order, OrderStatus::Paid).await;
    });
}
