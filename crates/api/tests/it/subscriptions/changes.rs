//! Another plan: said before what it costs, at once or at the end of the period; and Stripe's page for cards.

use chrono::TimeDelta;
use stripe_sandbox::Card;
use uuid::Uuid;
use vitrine_types::{
    Code,
    subscriptions::{
        Cancellation, Interval, PlanChange, PlanChangePreview, PlanChanged, Subscription, SubscriptionStatus,
    },
};

use super::{becomes, current, later, plan, renew, stripe_id, subscribe};
use crate::harness::with_shop;

fn done(changed: PlanChanged) -> Subscription {
    match changed {
        PlanChanged::Done(subscription) => *subscription,
        PlanChanged::Preview(preview) => panic!("only a preview: {preview:?}"),
    }
}

fn preview(changed: PlanChanged) -> PlanChangePreview {
    match changed {
        PlanChanged::Preview(preview) => preview,
        PlanChanged::Done(subscription) => panic!("done: {subscription:?}"),
    }
}

fn look(plan_id: Uuid) -> PlanChange {
    PlanChange { plan_id, preview: Some(true) }
}

fn go(plan_id: Uuid) -> PlanChange {
    PlanChange { plan_id, preview: None }
}

#[test]
fn a_better_plan_is_at_once_and_costs_the_difference() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 3000, |_| {}).await.plan;
        let atelier = plan(shop, "Atelier", 6000, |new| new.tokens_per_period = 25).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio.id).await;
        later(shop, &customer, (first.current_period_end - first.current_period_start) / 2).await;
        let before = current(&customer).await;
        let shown = preview(customer.change_plan(first.id, &look(atelier.id)).await.unwrap());
        assert!((1400..=1600).contains(&shown.due_now.amount), "{shown:?}");
        assert_eq!((shown.next_invoice.amount, shown.next_invoice_at), (6000, first.current_period_end));
        assert_eq!(current(&customer).await, before, "a preview changes nothing");
        assert_eq!(shop.stripe.objects("invoice").len(), 1);
        let changed = done(customer.change_plan(first.id, &go(atelier.id)).await.unwrap());
        assert_eq!((changed.plan.id, changed.price.amount), (atelier.id, 6000));
        assert_eq!(changed.tokens.balance, 25, "the difference came");
        assert_eq!(changed.current_period_end, first.current_period_end);
        let again = customer.change_plan(first.id, &go(atelier.id)).await.unwrap_err();
        assert_eq!(again.code(), Some(Code::AlreadySubscribed));
        let paid: i64 = shop.stripe.objects("invoice").iter().map(|i| i["amount_paid"].as_i64().unwrap()).sum();
        assert!((4400..=4600).contains(&paid), "{paid}");
    });
}

#[test]
fn a_declined_card_changes_nothing() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 3000, |_| {}).await.plan;
        let atelier = plan(shop, "Atelier", 6000, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio.id).await;
        let at_stripe = shop.stripe.objects("customer")[0]["id"].as_str().unwrap().to_owned();
        shop.stripe.turn_cards(&at_stripe, Card::Declined).unwrap();
        let refused = customer.change_plan(first.id, &go(atelier.id)).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::CardDeclined));
        assert_eq!(current(&customer).await.unwrap().plan.id, studio.id);
    });
}

#[test]
fn a_smaller_plan_waits_for_the_end_of_the_period() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 3000, |_| {}).await.plan;
        let atelier = plan(shop, "Atelier", 6000, |new| new.tokens_per_period = 25).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, atelier.id).await;
        let shown = preview(customer.change_plan(first.id, &look(studio.id)).await.unwrap());
        assert_eq!((shown.due_now.amount, shown.next_invoice.amount), (0, 3000));
        assert_eq!(shown.effective_at, first.current_period_end);
        let planned = done(customer.change_plan(first.id, &go(studio.id)).await.unwrap());
        assert_eq!((planned.plan.id, planned.next_plan.unwrap().id), (atelier.id, studio.id));
        // The present plan takes it back; then it is planned again.
        let kept = done(customer.change_plan(first.id, &go(atelier.id)).await.unwrap());
        assert_eq!((kept.plan.id, kept.next_plan), (atelier.id, None));
        done(customer.change_plan(first.id, &go(studio.id)).await.unwrap());
        renew(shop, &customer, first.current_period_end).await;
        let changed = becomes(&customer, "is to the smaller plan", |s| {
            s.plan.id == studio.id && s.current_period_start == first.current_period_end && s.tokens.balance < 25
        })
        .await;
        assert_eq!((changed.price.amount, changed.status), (3000, SubscriptionStatus::Active));
        assert_eq!(changed.tokens.balance, 14, "ten of the smaller plan, four carried over");
    });
}

#[test]
fn another_plan_takes_a_planned_end_back() {
    for in_portal in [false, true] {
        with_shop(|shop| async move {
            let studio = plan(shop, "Studio", 3000, |_| {}).await.plan;
            let atelier = plan(shop, "Atelier", 6000, |new| new.tokens_per_period = 25).await.plan;
            let customer = shop.customer("ada").await;
            let first = subscribe(shop, &customer, studio.id).await;
            let stripe = stripe_id(shop, first.id).await;
            let end = async || {
                if in_portal {
                    shop.stripe.cancel_in_portal(&stripe).unwrap();
                } else {
                    let at_end = Cancellation { at_period_end: true, reason: None };
                    customer.cancel_subscription(first.id, &at_end).await.unwrap();
                }
                becomes(&customer, "is to end", |s| s.cancel_at_period_end).await
            };
            end().await;
            // Who cannot pay for the better plan ends as planned.
            let at_stripe = shop.stripe.objects("customer")[0]["id"].as_str().unwrap().to_owned();
            shop.stripe.turn_cards(&at_stripe, Card::Declined).unwrap();
            let refused = customer.change_plan(first.id, &go(atelier.id)).await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::CardDeclined));
            assert!(!shop.stripe.object(&stripe).unwrap()["cancel_at"].is_null());
            shop.stripe.turn_cards(&at_stripe, Card::Visa).unwrap();
            let shown = preview(customer.change_plan(first.id, &look(atelier.id)).await.unwrap());
            assert_eq!((shown.next_invoice.amount, shown.next_invoice_at), (6000, first.current_period_end));
            assert!(current(&customer).await.unwrap().cancel_at_period_end, "a preview changes nothing");
            let changed = done(customer.change_plan(first.id, &go(atelier.id)).await.unwrap());
            assert_eq!((changed.plan.id, changed.cancel_at), (atelier.id, None));
            assert!(shop.stripe.object(&stripe).unwrap()["cancel_at"].is_null());
            // The smaller one comes instead of the end.
            end().await;
            let planned = done(customer.change_plan(first.id, &go(studio.id)).await.unwrap());
            assert_eq!((planned.next_plan.unwrap().id, planned.cancel_at), (studio.id, None));
            let rest = first.current_period_end - shop.server.state.clock.now();
            later(shop, &customer, rest + TimeDelta::minutes(1)).await;
            let next = becomes(&customer, "goes on", |s| s.current_period_start == first.current_period_end).await;
            assert_eq!((next.plan.id, next.status), (studio.id, SubscriptionStatus::Active));
        });
    }
}

#[test]
fn from_months_to_years_begins_a_new_period() {
    with_shop(|shop| async move {
        let monthly = plan(shop, "Studio", 3000, |_| {}).await.plan;
        let yearly = plan(shop, "Studio for a year", 30_000, |new| {
            new.interval = Interval::Year;
            new.tokens_per_period = 120;
        })
        .await
        .plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, monthly.id).await;
        later(shop, &customer, TimeDelta::days(10)).await;
        let shown = preview(customer.change_plan(first.id, &look(yearly.id)).await.unwrap());
        assert!((27_500..28_500).contains(&shown.due_now.amount), "{shown:?}");
        let changed = done(customer.change_plan(first.id, &go(yearly.id)).await.unwrap());
        assert!(changed.current_period_end - changed.current_period_start > TimeDelta::days(360));
        assert_eq!(changed.tokens.balance, 124, "a year's, and four of the month that ended early");
    });
}

#[test]
fn the_portal_is_for_who_subscribed() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 3000, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        let none = customer.create_billing_portal_session().await.unwrap_err();
        assert_eq!(none.code(), Some(Code::NotFound));
        subscribe(shop, &customer, studio.id).await;
        let portal = customer.create_billing_portal_session().await.unwrap();
        assert!(portal.url.starts_with("http"), "{portal:?}");
    });
}
