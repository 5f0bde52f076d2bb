//! What the owner sees of everybody's subscriptions.

use uuid::Uuid;
use vitrine_types::{
    Code, PageQuery,
    subscriptions::{AdminSubscription, Cancellation, SubscriptionQuery, SubscriptionStatus},
};

use super::{becomes, plan, stripe_id, subscribe};
use crate::{calendar::code, harness::with_shop};

#[test]
fn the_owner_finds_subscriptions_by_state_words_plan_and_customer() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let atelier = plan(shop, "Atelier", 5900, |_| {}).await.plan;
        let (ada, ben, cleo) = (shop.customer("ada").await, shop.customer("ben").await, shop.customer("cleo").await);
        let first = subscribe(shop, &ada, studio.id).await;
        let second = subscribe(shop, &ben, atelier.id).await;
        let third = subscribe(shop, &cleo, studio.id).await;
        ben.cancel_subscription(second.id, &Cancellation { at_period_end: false, reason: None }).await.unwrap();
        let ended = becomes(&ben, "is over", |found| found.status == SubscriptionStatus::Canceled).await;
        let ids = |page: Vec<AdminSubscription>| page.into_iter().map(|one| one.subscription.id).collect::<Vec<Uuid>>();
        let find = async |query: SubscriptionQuery| ids(admin.list_admin_subscriptions(&query).await.unwrap().data);
        let none = SubscriptionQuery::default();
        assert_eq!(find(none.clone()).await, [third.id, second.id, first.id], "newest first");
        let status = |status| SubscriptionQuery { status: Some(status), ..none.clone() };
        assert_eq!(find(status(SubscriptionStatus::Canceled)).await, [second.id]);
        assert_eq!(find(status(SubscriptionStatus::Active)).await, [third.id, first.id]);
        let words = |q: &str| SubscriptionQuery { q: Some(q.into()), ..none.clone() };
        assert_eq!(find(words(" STUDIO ")).await, [third.id, first.id]);
        assert_eq!(find(words("ben@")).await, [second.id]);
        assert_eq!(find(words("nobody")).await, [] as [Uuid; 0]);
        assert_eq!(find(SubscriptionQuery { plan_id: Some(atelier.id), ..none.clone() }).await, [second.id]);
        let of_ada = ada.get_account().await.unwrap().id;
        assert_eq!(find(SubscriptionQuery { customer_id: Some(of_ada), ..none.clone() }).await, [first.id]);

        let page = SubscriptionQuery { limit: Some(2), ..none.clone() };
        let newest = admin.list_admin_subscriptions(&page).await.unwrap();
        assert_eq!(ids(newest.data), [third.id, second.id]);
        let rest = SubscriptionQuery { cursor: newest.next_cursor, ..page };
        let rest = admin.list_admin_subscriptions(&rest).await.unwrap();
        assert_eq!((rest.next_cursor.clone(), ids(rest.data)), (None, vec![first.id]));

        let shown = admin.get_admin_subscription(second.id).await.unwrap();
        assert_eq!((shown.customer.email.as_str(), shown.subscription), ("ben@example.com", ended));
        assert_eq!((shown.stripe_subscription_id, shown.surplus), (stripe_id(shop, second.id).await, false));
        assert_eq!(code(admin.get_admin_subscription(Uuid::now_v7()).await), Some(Code::NotFound));
    });
}

#[test]
fn nobody_else_sees_them() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let ada = shop.customer("ada").await;
        let mine = subscribe(shop, &ada, studio.id).await;
        assert_eq!(code(ada.list_admin_subscriptions(&SubscriptionQuery::default()).await), Some(Code::Forbidden));
        assert_eq!(code(ada.get_admin_subscription(mine.id).await), Some(Code::Forbidden));
        let visitor = shop.visitor();
        assert_eq!(
            code(visitor.list_admin_subscriptions(&SubscriptionQuery::default()).await),
            Some(Code::NotSignedIn)
        );
        assert_eq!(code(visitor.get_admin_subscription(mine.id).await), Some(Code::NotSignedIn));
        let ben = shop.customer("ben").await;
        assert!(ben.list_subscriptions(&PageQuery::default()).await.unwrap().data.is_empty());
    });
}

#[test]
fn the_owner_ends_anybodys_subscription() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let ada = shop.customer("ada").await;
        let mine = subscribe(shop, &ada, studio.id).await;
        let how = |at_period_end| Cancellation { at_period_end, reason: Some(" As agreed ".into()) };
        assert_eq!(code(ada.cancel_admin_subscription(mine.id, &how(true)).await), Some(Code::Forbidden));
        assert_eq!(code(admin.cancel_admin_subscription(Uuid::now_v7(), &how(true)).await), Some(Code::NotFound));
        let ending = admin.cancel_admin_subscription(mine.id, &how(true)).await.unwrap();
        assert_eq!(ending, admin.get_admin_subscription(mine.id).await.unwrap());
        assert_eq!(ending.subscription.cancel_at, Some(mine.current_period_end));
        let at_stripe = shop.stripe.object(&ending.stripe_subscription_id).unwrap();
        assert_eq!(at_stripe["cancellation_details"]["comment"], "As agreed");
        let over = admin.cancel_admin_subscription(mine.id, &how(false)).await.unwrap();
        assert_eq!(over.subscription.status, SubscriptionStatus::Canceled);
        assert_eq!(code(admin.cancel_admin_subscription(mine.id, &how(false)).await), Some(Code::SubscriptionOver));
    });
}
