//! What the shop makes at Stripe to sell plans: a customer per account, a price per plan. Neither can block selling.

use stripe_sandbox::{Card, Fault, FaultKind};
use vitrine::db::sql;
use vitrine_client::Client;
use vitrine_types::{
    Code,
    accounts::{AccountPatch, EmailChange},
    checkout::OrderStatus,
};

use super::{plan, subscribe, to};
use crate::{
    accounts::mailed_token,
    harness::{PASSWORD, Shop, eventually, with_shop},
};

/// The plan can be subscribed to.
async fn is_sold(shop: &Shop, customer: &Client, plan: uuid::Uuid) {
    let checkout = customer.create_checkout_session(&to(plan), None).await.unwrap();
    shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
    shop.order_becomes(customer, checkout.order_id, OrderStatus::Paid).await;
}

#[test]
fn an_answer_of_trouble_is_not_asked_for_again() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        // Stripe keeps this answer, and repeats it to the same key.
        let trouble = |path| shop.stripe.add_fault(Fault::new(FaultKind::Status(500)).after_effect().on("POST", path));
        trouble("v1/prices");
        let refused = customer.create_checkout_session(&to(studio.id), None).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::PaymentsUnavailable));
        trouble("v1/customers");
        is_sold(shop, &customer, studio.id).await;
    });
}

#[test]
fn what_another_account_at_stripe_knew_is_made_again() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let (ada, ben) = (shop.customer("ada").await, shop.customer("ben").await);
        subscribe(shop, &ada, studio.id).await;
        ben.create_checkout_session(&to(studio.id), None).await.unwrap();
        let db = &shop.server.state.db;
        for other in [
            "update plans set stripe_price_id = 'price_of_another'",
            "update stripe_customers set stripe_customer_id = 'cus_' || stripe_customer_id",
            "update orders set stripe_session_id = null, attempt = attempt + 1 where payment = 'pending'",
        ] {
            sql(db, other).exec().await.unwrap();
        }
        is_sold(shop, &ben, studio.id).await;
    });
}

#[test]
fn another_name_and_address_are_told() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let ada = shop.customer("ada").await;
        subscribe(shop, &ada, studio.id).await;
        let at_stripe = |email: &'static str, name: &'static str| async move {
            eventually("Stripe knows", || async {
                let known = shop.stripe.objects("customer");
                assert_eq!(known.len(), 1);
                (known[0]["email"] == email && known[0]["name"] == name).then_some(())
            })
            .await;
        };
        at_stripe("ada@example.com", "ada").await;
        let patch = AccountPatch { name: Some("Ada Lovelace".into()), ..Default::default() };
        ada.update_account(&patch).await.unwrap();
        at_stripe("ada@example.com", "Ada Lovelace").await;
        // There, back, and there again, as somebody does who is not sure.
        for email in ["countess@example.com", "ada@example.com", "countess@example.com"] {
            ada.change_email(&EmailChange { email: email.into(), password: PASSWORD.into() }).await.unwrap();
            let token = mailed_token(shop, email, "Confirm your new address").await;
            shop.visitor().verify_email(&token).await.unwrap();
            at_stripe(email, "Ada Lovelace").await;
        }
    });
}
