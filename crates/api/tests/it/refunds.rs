//! Money that goes back, and what becomes of the access.

use std::time::Duration;

use stripe_sandbox::{DisputeEnd, Fault, FaultKind};
use vitrine_client::Client;
use vitrine_types::{
    Code, Currency, Money, PageQuery,
    catalog::ProductKind,
    checkout::{NewRefund, OrderStatus, RefundStatus},
    entitlements::{Entitlement, EntitlementStatus, NewGift},
};

use crate::harness::{Shop, eventually, with_shop};

async fn owned(customer: &Client) -> Vec<Entitlement> {
    customer.list_entitlements(&PageQuery::default()).await.unwrap().data
}

async fn active(customer: &Client) -> usize {
    owned(customer).await.iter().filter(|own| own.status == EntitlementStatus::Active).count()
}

async fn quiet(shop: &Shop) {
    assert!(shop.stripe.wait_until_idle(Duration::from_secs(10)).await);
}

fn amount(amount: i64) -> NewRefund {
    NewRefund { amount: Some(Money::new(amount, Currency::USD)), ..NewRefund::default() }
}

#[test]
fn a_full_refund_ends_access_at_once_also_for_links_given_out() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let order = shop.buy(&ada, &[product]).await;
        let mine = owned(&ada).await.remove(0);
        let link = ada.create_download(mine.id, mine.files[0].id).await.unwrap();
        let url = format!("{}/api/{}", shop.url, link.url.split_once("/api/").unwrap().1);
        assert_eq!(reqwest::get(&url).await.unwrap().status(), 200);

        let refund = admin.create_refund(order.id, &NewRefund::default(), None).await.unwrap();
        assert_eq!((refund.amount.amount, refund.status), (1900, RefundStatus::Succeeded));
        assert_eq!(reqwest::get(&url).await.unwrap().status(), 403);
        let refused = ada.create_download(mine.id, mine.files[0].id).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::EntitlementInactive));
        assert_eq!(ada.get_entitlement(mine.id).await.unwrap().status, EntitlementStatus::Revoked);
        assert_eq!(ada.get_order(order.id).await.unwrap().status, OrderStatus::Refunded);
        let again = admin.create_refund(order.id, &NewRefund::default(), None).await.unwrap_err();
        assert_eq!(again.code(), Some(Code::OrderNotRefundable));
        quiet(shop).await;
        assert_eq!(
            admin.get_admin_order(order.id).await.unwrap().refunds.len(),
            1,
            "told again by webhooks, kept once"
        );
    });
}

#[test]
fn a_refund_by_line_ends_that_line_and_one_by_amount_none() {
    with_shop(|shop| async move {
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let lesson = shop.product(ProductKind::Embed, "Lesson", 2500).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let order = shop.buy(&ada, &[guide, lesson]).await;
        admin.create_refund(order.id, &amount(400), None).await.unwrap();
        assert_eq!(active(&ada).await, 2);
        let line = order.lines.iter().find(|line| line.product_id == guide).unwrap().id;
        let by_line = NewRefund { lines: Some(vec![line]), ..NewRefund::default() };
        assert_eq!(admin.create_refund(order.id, &by_line, None).await.unwrap().amount.amount, 1900);
        assert_eq!(
            admin.create_refund(order.id, &by_line, None).await.unwrap_err().code(),
            Some(Code::OrderNotRefundable)
        );
        let mine = owned(&ada).await;
        let status = |product| mine.iter().find(|own| own.product.id == product).unwrap().status;
        assert_eq!((status(guide), status(lesson)), (EntitlementStatus::Revoked, EntitlementStatus::Active));
        let sold = async |product| admin.get_admin_product(product).await.unwrap().sold;
        assert_eq!((sold(guide).await, sold(lesson).await), (0, 1));
        let after = ada.get_order(order.id).await.unwrap();
        assert_eq!((after.status, after.refunded.amount), (OrderStatus::PartiallyRefunded, 2300));
        let too_much = admin.create_refund(order.id, &amount(2101), None).await.unwrap_err();
        assert_eq!(too_much.code(), Some(Code::RefundTooLarge));
        admin.create_refund(order.id, &amount(2100), None).await.unwrap();
        assert_eq!(active(&ada).await, 0, "all went back, if in parts");
    });
}

/// Ten double clicks at once. Fails when the order is not locked.
#[test]
fn refunds_at_once_never_exceed_the_payment_and_a_key_names_one() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let order = shop.buy(&ada, &[product]).await;
        let part = amount(1000);
        let clicks = (0..10).map(|_| admin.create_refund(order.id, &part, Some("click")));
        let refunds: Vec<_> =
            futures_util::future::join_all(clicks).await.into_iter().map(|refund| refund.unwrap().id).collect();
        assert!(refunds.iter().all(|id| *id == refunds[0]));
        let rush = (0..10).map(|_| admin.create_refund(order.id, &part, None));
        let done = futures_util::future::join_all(rush).await;
        assert_eq!(done.iter().filter(|refund| refund.is_ok()).count(), 0, "900 are left");
        let small = amount(300);
        let rush = (0..10).map(|_| admin.create_refund(order.id, &small, None));
        let done = futures_util::future::join_all(rush).await;
        assert_eq!(done.iter().filter(|refund| refund.is_ok()).count(), 3);
        let sent: i64 = shop.stripe.objects("refund").iter().map(|refund| refund["amount"].as_i64().unwrap()).sum();
        assert_eq!((sent, ada.get_order(order.id).await.unwrap().refunded.amount), (1900, 1900));
        let other = admin.create_refund(order.id, &small, Some("click")).await.unwrap_err();
        assert_eq!(other.code(), Some(Code::IdempotencyMismatch));
    });
}

#[test]
fn a_lost_answer_makes_no_second_refund_and_a_stripe_in_trouble_is_asked_again() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let order = shop.buy(&ada, &[product]).await;
        let fault = |kind, count| Fault {
            kind,
            after_effect: true,
            count,
            method: Some("POST".into()),
            path: Some("refunds".into()),
        };
        shop.stripe.add_fault(fault(FaultKind::Drop, 4));
        let refund = admin.create_refund(order.id, &NewRefund::default(), None).await.unwrap();
        assert_eq!(refund.status, RefundStatus::Pending);
        assert_eq!(active(&ada).await, 0, "access follows the decision, not the bank");
        shop.pass(chrono::TimeDelta::minutes(1));
        eventually("the job has sent it", || async {
            let order = admin.get_admin_order(order.id).await.unwrap();
            (order.refunds[0].status == RefundStatus::Succeeded).then_some(())
        })
        .await;
        assert_eq!(shop.stripe.objects("refund").len(), 1);
    });
}

#[test]
fn refunds_made_at_stripe_are_followed_and_a_failed_one_gives_access_back() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        let order = shop.buy(&ada, &[product]).await;
        let intent = shop.payment_of(order.id).await;
        shop.stripe.set_delivery(|delivery| {
            delivery.duplicates = 2;
            delivery.shuffle = Some(7);
        });
        shop.stripe.refund(&intent, Some(500)).unwrap();
        shop.order_becomes(&ada, order.id, OrderStatus::PartiallyRefunded).await;
        assert_eq!(active(&ada).await, 1);
        let rest = shop.stripe.refund(&intent, None).unwrap();
        shop.order_becomes(&ada, order.id, OrderStatus::Refunded).await;
        assert_eq!(active(&ada).await, 0);
        shop.stripe.fail_refund(rest["id"].as_str().unwrap()).unwrap();
        let after = shop.order_becomes(&ada, order.id, OrderStatus::PartiallyRefunded).await;
        assert_eq!((after.refunded.amount, active(&ada).await), (500, 1));
    });
}

#[test]
fn a_dispute_suspends_access_winning_restores_it_and_losing_ends_it() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        for (end, after, access) in [
            (DisputeEnd::Won, OrderStatus::Paid, EntitlementStatus::Active),
            (DisputeEnd::Lost, OrderStatus::Disputed, EntitlementStatus::Revoked),
        ] {
            let order = shop.buy(&ada, &[product]).await;
            let grant = || async {
                owned(&ada).await.into_iter().find(|own| own.source.id == order.id).map(|own| own.status).unwrap()
            };
            let dispute = shop.stripe.open_dispute(&shop.payment_of(order.id).await).unwrap();
            shop.order_becomes(&ada, order.id, OrderStatus::Disputed).await;
            assert_eq!(grant().await, EntitlementStatus::Suspended);
            let refused = admin.create_refund(order.id, &NewRefund::default(), None).await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::OrderNotRefundable));
            shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), end).unwrap();
            eventually("the dispute's end is followed", || async { (grant().await == access).then_some(()) }).await;
            assert_eq!(ada.get_order(order.id).await.unwrap().status, after);
        }
    });
}

#[test]
fn what_is_owned_twice_is_kept_when_one_source_ends_and_taking_away_can_be_undone() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let order = shop.buy(&ada, &[product.id]).await;
        let gift = NewGift { customer_id: ada.get_account().await.unwrap().id, product_id: product.id };
        let gift = admin.create_entitlement(&gift).await.unwrap();
        admin.create_refund(order.id, &NewRefund::default(), None).await.unwrap();
        let access = || async { ada.get_product(&product.slug).await.unwrap().access };
        assert_eq!(access().await, vitrine_types::catalog::Access::Owned);
        admin.delete_entitlement(gift.id).await.unwrap();
        assert_eq!(access().await, vitrine_types::catalog::Access::None);
        let same = NewGift { customer_id: ada.get_account().await.unwrap().id, product_id: product.id };
        assert_eq!(admin.create_entitlement(&same).await.unwrap().id, gift.id);
        assert_eq!(access().await, vitrine_types::catalog::Access::Owned);
    });
}
