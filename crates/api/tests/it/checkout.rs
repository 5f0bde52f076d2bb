//! Buying: from the cart to what was bought, with everything that goes wrong on the way.

mod attempts;

use chrono::TimeDelta;
use stripe_sandbox::{Card, Fault, FaultKind};
use vitrine::{checkout::settle, db::sql};
use vitrine_client::Client;
use vitrine_types::{
    Code, PageQuery,
    catalog::{ProductKind, ProductPatch},
    checkout::{CheckoutStatus, NewCheckout, OrderQuery, OrderStatus},
    entitlements::{Entitlement, EntitlementStatus},
    mail::MailQuery,
};

use crate::harness::{Shop, eventually, items, with_shop};

async fn owned(customer: &Client) -> Vec<Entitlement> {
    customer.list_entitlements(&PageQuery::default()).await.unwrap().data
}

async fn stock_of(shop: &Shop, slug: &str) -> Option<i64> {
    shop.visitor().get_product(slug).await.unwrap().stock
}

#[test]
fn a_paid_download_is_in_hand_after_the_webhook() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Field Guide", 1900).await.product;
        let ada = shop.customer("ada").await;
        let checkout = shop.check_out(&ada, &[product.id]).await;
        assert_eq!(checkout.status, CheckoutStatus::Open);
        assert!(checkout.url.is_some() && checkout.expires_at.is_some());
        assert!(owned(&ada).await.is_empty(), "nothing before it is paid");

        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        let order = shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        assert_eq!((order.total.amount, order.lines[0].name.as_str()), (1900, "Field Guide"));
        assert!(order.paid_at.is_some());

        let mine = owned(&ada).await;
        assert_eq!((mine.len(), mine[0].status), (1, EntitlementStatus::Active));
        assert_eq!(mine[0].source.id, order.id);
        let link = ada.create_download(mine[0].id, mine[0].files[0].id).await.unwrap();
        let path = link.url.split_once("/api/").unwrap().1;
        let answer = reqwest::get(format!("{}/api/{path}", shop.url)).await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "the content of Field Guide");

        let admin = shop.admin().await;
        let to_ada = MailQuery { to: Some("ada@example.com".into()), ..MailQuery::default() };
        let mails = admin.list_mails(&to_ada).await.unwrap().data;
        let receipts = mails.iter().filter(|mail| mail.subject.contains(&order.number)).count();
        assert_eq!(receipts, 1);
    });
}

#[test]
fn several_kinds_in_one_cart_are_bought_together_and_the_cart_does_not_come_back() {
    with_shop(|shop| async move {
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let lesson = shop.product(ProductKind::Embed, "Lesson", 2500).await.product.id;
        let talk = shop.product(ProductKind::Service, "Talk", 9000).await.product.id;
        let later = shop.product(ProductKind::Download, "Later", 500).await.product.id;
        let ada = shop.customer("ada").await;
        for (product, quantity) in [(guide, 1), (lesson, 1), (talk, 2)] {
            ada.set_cart_line(product, quantity).await.unwrap();
        }
        assert_eq!(ada.get_cart().await.unwrap().total.amount, 1900 + 2500 + 2 * 9000);
        let from_cart = NewCheckout { cart: Some(true), ..NewCheckout::default() };
        let checkout = ada.create_checkout_session(&from_cart, None).await.unwrap();
        ada.set_cart_line(later, 1).await.unwrap();
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Mastercard).unwrap();
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        let mine = owned(&ada).await;
        assert_eq!(mine.len(), 3);
        let talk = mine.iter().find(|own| own.product.kind == ProductKind::Service).unwrap();
        assert_eq!(talk.bookings_remaining, Some(2));
        let cart = ada.get_cart().await.unwrap();
        assert_eq!(
            cart.lines.iter().map(|line| line.product.id).collect::<Vec<_>>(),
            [later],
            "only what was not bought"
        );
    });
}

#[test]
fn a_declined_card_leaves_the_order_open_for_another() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        let checkout = shop.check_out(&ada, &[product]).await;
        let session = shop.session_of(checkout.order_id).await;
        shop.stripe.decline(&session).unwrap();
        assert!(shop.stripe.wait_until_idle(std::time::Duration::from_secs(5)).await);
        assert_eq!(ada.get_order(checkout.order_id).await.unwrap().status, OrderStatus::Pending);
        shop.stripe.pay(&session, Card::Visa).unwrap();
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        assert_eq!(owned(&ada).await.len(), 1);
    });
}

#[test]
fn a_slow_payment_gives_nothing_until_the_bank_has_said_yes() {
    with_shop(|shop| async move {
        let product = shop.product_with(ProductKind::Download, "Guide", 1900, |new| new.stock = Some(2)).await.product;
        let ada = shop.customer("ada").await;
        for (succeeds, end) in [(true, OrderStatus::Paid), (false, OrderStatus::Failed)] {
            let before = owned(&ada).await.len();
            let checkout = shop.check_out(&ada, &[product.id]).await;
            let session = shop.session_of(checkout.order_id).await;
            shop.stripe.pay(&session, Card::BankDebit).unwrap();
            shop.order_becomes(&ada, checkout.order_id, OrderStatus::Processing).await;
            let result = ada.get_checkout_session(&session).await.unwrap();
            assert_eq!(result.status, CheckoutStatus::Processing);
            assert_eq!(owned(&ada).await.len(), before);
            shop.stripe.settle_delayed(&session, succeeds).unwrap();
            shop.order_becomes(&ada, checkout.order_id, end).await;
            assert_eq!(owned(&ada).await.len(), before + usize::from(succeeds));
        }
        assert_eq!(stock_of(shop, &product.slug).await, Some(1), "what failed went back on the shelf");
    });
}

#[test]
fn the_success_page_does_not_wait_for_the_webhook_and_both_are_one() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        shop.stripe.set_delivery(|delivery| delivery.hold = true);
        let checkout = shop.check_out(&ada, &[product]).await;
        let session = shop.session_of(checkout.order_id).await;
        shop.stripe.pay(&session, Card::Visa).unwrap();
        let calls = (0..8).map(|_| ada.get_checkout_session(&session));
        for result in futures_util::future::join_all(calls).await {
            assert_eq!(result.unwrap().status, CheckoutStatus::Complete);
        }
        shop.stripe.flush();
        assert!(shop.stripe.wait_until_idle(std::time::Duration::from_secs(5)).await);
        assert_eq!(owned(&ada).await.len(), 1);
        let mails = shop.admin().await.list_mails(&MailQuery::default()).await.unwrap().data;
        assert_eq!(mails.iter().filter(|mail| mail.subject.contains("Your order")).count(), 1);
    });
}

#[test]
fn a_second_click_opens_the_same_page_and_a_key_names_one_order() {
    with_shop(|shop| async move {
        let product = shop.product_with(ProductKind::Download, "Guide", 1900, |new| new.stock = Some(1)).await.product;
        let other = shop.product(ProductKind::Download, "Other", 500).await.product.id;
        let ada = shop.customer("ada").await;
        let (wanted, another) = (items(&[product.id]), items(&[other]));
        let clicks = (0..4).map(|_| ada.create_checkout_session(&wanted, None));
        let clicks: Vec<_> = futures_util::future::join_all(clicks).await.into_iter().map(Result::unwrap).collect();
        assert!(clicks.iter().all(|click| *click == clicks[0]), "{clicks:?}");
        assert_eq!(shop.stripe.objects("checkout.session").len(), 1);

        let first = ada.create_checkout_session(&another, Some("key-1")).await.unwrap();
        assert_eq!(ada.create_checkout_session(&another, Some("key-1")).await.unwrap(), first);
        let mismatch = ada.create_checkout_session(&wanted, Some("key-1")).await.unwrap_err();
        assert_eq!(mismatch.code(), Some(Code::IdempotencyMismatch));
    });
}

#[test]
fn an_answer_lost_on_the_way_from_stripe_makes_no_second_session() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        let fault = |kind, count, after_effect| Fault {
            kind,
            after_effect,
            count,
            method: Some("POST".into()),
            path: Some("checkout/sessions".into()),
        };
        shop.stripe.add_fault(fault(FaultKind::Drop, 2, true));
        let checkout = shop.check_out(&ada, &[product]).await;
        assert_eq!(shop.stripe.objects("checkout.session").len(), 1);
        // Too long a trouble is told, and the next click goes on with the same order.
        let other = shop.product(ProductKind::Download, "Other", 700).await.product.id;
        for (kind, after_effect) in [(FaultKind::Status(503), false), (FaultKind::Drop, true)] {
            shop.stripe.add_fault(fault(kind, 3, after_effect));
            let error = ada.create_checkout_session(&items(&[other]), None).await.unwrap_err();
            assert_eq!(error.code(), Some(Code::PaymentsUnavailable));
        }
        let second = shop.check_out(&ada, &[other]).await;
        assert_eq!(shop.stripe.objects("checkout.session").len(), 2);
        assert_ne!(checkout.order_id, second.order_id);
        assert_eq!(ada.list_orders(&PageQuery::default()).await.unwrap().data.len(), 2);
    });
}

#[test]
fn nobody_sees_what_is_anothers() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
        let order = shop.buy(&ada, &[product]).await;
        let mine = &owned(&ada).await[0];
        let session = shop.session_of(order.id).await;
        assert_eq!(bob.get_order(order.id).await.unwrap_err().status(), Some(404));
        assert_eq!(bob.get_checkout_session(&session).await.unwrap_err().status(), Some(404));
        assert_eq!(bob.create_download(mine.id, mine.files[0].id).await.unwrap_err().status(), Some(404));
        assert_eq!(bob.get_embed(mine.id).await.unwrap_err().status(), Some(404));
        assert_eq!(bob.get_entitlement(mine.id).await.unwrap_err().status(), Some(404));
        assert!(owned(&bob).await.is_empty());
        assert_eq!(bob.list_admin_orders(&OrderQuery::default()).await.unwrap_err().status(), Some(403));
        assert_eq!(shop.visitor().get_order(order.id).await.unwrap_err().status(), Some(401));
    });
}

#[test]
fn what_costs_nothing_is_complete_at_once() {
    with_shop(|shop| async move {
        let free = shop.product(ProductKind::Download, "Sampler", 0).await.product;
        let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
        let checkout = shop.check_out(&ada, &[free.id]).await;
        assert_eq!((checkout.status, checkout.url), (CheckoutStatus::Complete, None));
        assert_eq!(ada.get_order(checkout.order_id).await.unwrap().status, OrderStatus::Paid);
        assert_eq!(owned(&ada).await.len(), 1);
        let claimed = bob.claim_product(&free.slug).await.unwrap();
        assert_eq!(bob.claim_product(&free.slug).await.unwrap().id, claimed.id);
        let priced = shop.product(ProductKind::Download, "Guide", 1900).await.product;
        assert_eq!(bob.claim_product(&priced.slug).await.unwrap_err().code(), Some(Code::NotFree));
        assert!(shop.stripe.objects("checkout.session").is_empty());
    });
}

#[test]
fn stock_is_held_while_somebody_pays_and_comes_back_when_they_do_not() {
    with_shop(|shop| async move {
        let product = shop.product_with(ProductKind::Download, "Print", 1900, |new| new.stock = Some(1)).await.product;
        let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
        let checkout = shop.check_out(&ada, &[product.id]).await;
        assert_eq!(stock_of(shop, &product.slug).await, Some(0));
        let refused = bob.create_checkout_session(&items(&[product.id]), None).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::OutOfStock));
        shop.pass(TimeDelta::hours(2));
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Expired).await;
        assert_eq!(stock_of(shop, &product.slug).await, Some(1));
        shop.buy(&bob, &[product.id]).await;
    });
}

/// 20 customers, 5 pieces: exactly 5 orders. Fails when the conditional decrement loses its condition.
#[test]
fn limited_stock_is_never_oversold() {
    with_shop(|shop| async move {
        let product =
            shop.product_with(ProductKind::Download, "Print", 1900, |new| new.stock = Some(5)).await.product.id;
        let mut clients = Vec::new();
        for n in 0..20 {
            clients.push(shop.customer(&format!("c{n}")).await);
        }
        let wanted = items(&[product]);
        let rush = clients.iter().map(|client| client.create_checkout_session(&wanted, None));
        let (got, refused): (Vec<_>, Vec<_>) =
            futures_util::future::join_all(rush).await.into_iter().partition(Result::is_ok);
        assert_eq!((got.len(), refused.len()), (5, 15));
        assert!(refused.into_iter().all(|answer| answer.unwrap_err().code() == Some(Code::OutOfStock)));
    });
}

#[test]
fn a_payment_after_the_time_is_settled_or_sent_back_but_never_lost() {
    with_shop(|shop| async move {
        let product = shop.product_with(ProductKind::Download, "Print", 1900, |new| new.stock = Some(1)).await.product;
        let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
        // The order is closed here while the session is still open at Stripe.
        let close = |order| async move {
            let mut tx = shop.server.state.db.begin().await.unwrap();
            settle::close(&mut tx, &shop.server.state, order, "expired").await.unwrap();
            tx.commit().await.unwrap();
        };
        let first = shop.check_out(&ada, &[product.id]).await;
        close(first.order_id).await;
        shop.stripe.pay(&shop.session_of(first.order_id).await, Card::Visa).unwrap();
        shop.order_becomes(&ada, first.order_id, OrderStatus::Paid).await;

        shop.admin()
            .await
            .update_product(product.id, &ProductPatch { stock: Some(Some(1)), ..Default::default() })
            .await
            .unwrap();
        let late = shop.check_out(&ada, &[product.id]).await;
        close(late.order_id).await;
        shop.buy(&bob, &[product.id]).await;
        shop.stripe.pay(&shop.session_of(late.order_id).await, Card::Visa).unwrap();
        shop.order_becomes(&ada, late.order_id, OrderStatus::Refunded).await;
        eventually("the money is sent back", || async { (shop.stripe.objects("refund").len() == 1).then_some(()) })
            .await;
        assert!(shop.admin().await.get_admin_order(late.order_id).await.unwrap().review_reason.is_some());
        assert_eq!(owned(&ada).await.len(), 1);
    });
}

#[test]
fn a_payment_that_disagrees_with_the_order_gives_nothing_and_is_flagged() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        let changes = [
            "update orders set total_amount = total_amount + 1 where id = $1",
            "update orders set total_amount = total_amount - 1 where id = $1",
            "update orders set currency = 'eur' where id = $1",
        ];
        for change in changes {
            let checkout = shop.check_out(&ada, &[product]).await;
            let session = shop.session_of(checkout.order_id).await;
            sql(&shop.server.state.db, change).bind(checkout.order_id).exec().await.unwrap();
            shop.stripe.pay(&session, Card::Visa).unwrap();
            shop.order_becomes(&ada, checkout.order_id, OrderStatus::NeedsReview).await;
            assert!(owned(&ada).await.is_empty(), "{change}");
        }
        let mails = shop.admin().await.list_mails(&MailQuery::default()).await.unwrap().data;
        assert_eq!(mails.iter().filter(|mail| mail.subject.contains("needs a look")).count(), changes.len());
    });
}

#[test]
fn what_cannot_be_bought_is_refused_with_a_clear_word() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let cheap = shop.product(ProductKind::Download, "Sticker", 10).await.product.id;
        let draft =
            shop.product_with(ProductKind::Download, "Draft", 900, |new| new.published = false).await.product.id;
        let ada = shop.customer("ada").await;
        let refused = |new: NewCheckout| {
            let ada = ada.clone();
            async move { ada.create_checkout_session(&new, None).await.unwrap_err().code().unwrap() }
        };
        assert_eq!(refused(items(&[draft])).await, Code::NotAvailable);
        assert_eq!(refused(items(&[])).await, Code::InvalidRequest);
        assert_eq!(refused(NewCheckout::default()).await, Code::InvalidRequest);
        assert_eq!(refused(NewCheckout { cart: Some(true), ..Default::default() }).await, Code::CartEmpty);
        assert_eq!(refused(NewCheckout { cart: Some(true), ..items(&[product]) }).await, Code::InvalidRequest);
        for quantity in [0, 101, u32::MAX] {
            let mut many = items(&[product]);
            many.items.as_mut().unwrap()[0].quantity = quantity;
            assert_eq!(refused(many).await, Code::InvalidRequest, "{quantity}");
        }
        assert_eq!(refused(items(&[cheap])).await, Code::AmountTooSmall);
    });
}
