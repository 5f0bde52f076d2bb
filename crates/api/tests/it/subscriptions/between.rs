//! Between two periods: the next one has begun, and its invoice is a draft for an hour, or unpaid for days. What the
//! customer had is not lost meanwhile, and what is left is carried over once it is paid.

use chrono::TimeDelta;
use stripe_sandbox::{Card, DunningEnd};
use uuid::Uuid;
use vitrine::{subscriptions::service as subscriptions, tokens::service as tokens};
use vitrine_client::Client;
use vitrine_types::{
    PageQuery,
    subscriptions::{Cancellation, Interval, NewPlan, PlanChange, SubscriptionStatus},
    tokens::{TokenEntryKind, TokenStatement},
};

use super::{becomes, begin_next, later, plan, renew, spend, stop_comparing, stripe_id, subscribe};
use crate::harness::{Shop, eventually, with_shop};

async fn give_back(shop: &Shop, booking: Uuid) {
    let state = &shop.server.state;
    let mut tx = state.db.begin().await.unwrap();
    tokens::give_back(&mut tx, &state.clock, booking).await.unwrap();
    tx.commit().await.unwrap();
}

async fn statement(ada: &Client, account: Uuid) -> TokenStatement {
    ada.get_tokens(account, &PageQuery::default()).await.unwrap()
}

/// The ends in a statement, oldest first, and how many came in.
async fn ended_and_granted(ada: &Client, account: Uuid) -> (Vec<i64>, Vec<i64>) {
    let lines = statement(ada, account).await.entries;
    let of = |kind| lines.iter().rev().filter(|line| line.kind == kind).map(|line| line.amount).collect();
    (of(TokenEntryKind::Expire), of(TokenEntryKind::Grant))
}

#[test]
fn in_the_hour_before_a_renewal_is_paid_nothing_is_lost() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let ada = shop.customer("ada").await;
        let first = subscribe(shop, &ada, studio.id).await;
        begin_next(shop, &ada, first.current_period_end).await;
        let next = becomes(&ada, "has begun anew", |s| s.current_period_start == first.current_period_end).await;
        assert_eq!(next.status, SubscriptionStatus::Active);
        assert_eq!((next.tokens.balance, next.tokens.allotted, next.tokens.spent), (10, 10, 0));
        let lots = statement(&ada, first.id).await.lots;
        assert!(lots.len() == 1 && lots[0].awaits_renewal, "{lots:?}");
        let (kept, returned) = (Uuid::now_v7(), Uuid::now_v7());
        spend(shop, &ada, first.id, 7, kept).await.unwrap();
        spend(shop, &ada, first.id, 3, returned).await.unwrap();
        give_back(shop, returned).await;
        assert_eq!(statement(&ada, first.id).await.balance, 3, "it came back to where it was taken");
        later(shop, &ada, TimeDelta::hours(1)).await;
        becomes(&ada, "is paid", |s| s.tokens.balance == 13 && s.tokens.allotted == 13).await;
        assert_eq!(ended_and_granted(&ada, first.id).await, (vec![-3], vec![10, 3, 10]));
        assert!(statement(&ada, first.id).await.lots.iter().all(|lot| !lot.awaits_renewal));
        // What comes back now belonged to a period that is over.
        give_back(shop, kept).await;
        assert_eq!(statement(&ada, first.id).await.balance, 20);
    });
}

#[test]
fn a_trial_and_a_cap_of_zero_wait_as_well() {
    with_shop(|shop| async move {
        let tried = plan(shop, "Tried", 2900, |new| (new.trial_days, new.rollover_cap) = (14, 0)).await.plan;
        let ada = shop.customer("ada").await;
        let first = subscribe(shop, &ada, tried.id).await;
        begin_next(shop, &ada, first.current_period_end).await;
        let begun = becomes(&ada, "is no trial any more", |s| s.status == SubscriptionStatus::Active).await;
        assert_eq!(begun.tokens.balance, 10);
        spend(shop, &ada, first.id, 4, Uuid::now_v7()).await.unwrap();
        later(shop, &ada, TimeDelta::hours(1)).await;
        becomes(&ada, "is paid", |s| s.tokens.balance == 10 && s.tokens.spent == 0).await;
        assert_eq!(ended_and_granted(&ada, first.id).await, (vec![-6], vec![10, 10]));
    });
}

#[test]
fn a_plan_that_ends_with_its_period_keeps_nothing() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let ada = shop.customer("ada").await;
        let first = subscribe(shop, &ada, studio.id).await;
        let at_end = Cancellation { at_period_end: true, reason: None };
        ada.cancel_subscription(first.id, &at_end).await.unwrap();
        assert_eq!(statement(&ada, first.id).await.balance, 10);
        // The shop's own clock alone: no event is needed for what was announced.
        stop_comparing(shop).await;
        shop.stripe.set_webhook(None, Vec::new());
        shop.server.state.clock.advance(TimeDelta::days(32));
        let state = &shop.server.state;
        let left = || async {
            let left = tokens::summary(&state.db, first.id, state.clock.now()).await.unwrap();
            (left.balance == 0).then_some(())
        };
        eventually("its tokens have ended", left).await;
    });
}

#[test]
fn who_never_pays_loses_them_with_the_grace() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let ada = shop.customer("ada").await;
        let first = subscribe(shop, &ada, studio.id).await;
        shop.stripe.set_dunning_end(DunningEnd::Cancel);
        let customer = shop.stripe.objects("customer")[0]["id"].as_str().unwrap().to_owned();
        shop.stripe.turn_cards(&customer, Card::Declined).unwrap();
        renew(shop, &ada, first.current_period_end).await;
        let failed = becomes(&ada, "is past due", |s| s.status == SubscriptionStatus::PastDue).await;
        assert_eq!(failed.tokens.balance, 10);
        spend(shop, &ada, first.id, 4, Uuid::now_v7()).await.unwrap();
        later(shop, &ada, TimeDelta::days(6)).await;
        becomes(&ada, "is in its grace", |s| s.has_benefits && s.tokens.balance == 6).await;
        later(shop, &ada, TimeDelta::days(2)).await;
        becomes(&ada, "is closed", |s| !s.has_benefits && s.tokens.balance == 0).await;
        later(shop, &ada, TimeDelta::days(20)).await;
        becomes(&ada, "is over", |s| s.status == SubscriptionStatus::Canceled && s.tokens.balance == 0).await;
        assert_eq!(ended_and_granted(&ada, first.id).await, (vec![-6], vec![10]));
    });
}

/// A year begins while the month before it is still a draft: what that month brings once it is paid belongs to a period that
/// the year has ended.
#[test]
fn a_month_paid_after_a_year_began_is_carried_into_it() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let year = |new: &mut NewPlan| {
            (new.interval, new.tokens_per_period, new.rollover_cap) = (Interval::Year, 100, 12);
        };
        let yearly = plan(shop, "Studio for a year", 29_000, year).await.plan;
        let ada = shop.customer("ada").await;
        let first = subscribe(shop, &ada, studio.id).await;
        begin_next(shop, &ada, first.current_period_end).await;
        becomes(&ada, "has begun anew", |s| s.current_period_start == first.current_period_end).await;
        ada.change_plan(first.id, &PlanChange { plan_id: yearly.id, preview: None }).await.unwrap();
        let begun = becomes(&ada, "is yearly", |s| s.tokens.balance == 110).await;
        later(shop, &ada, TimeDelta::hours(1)).await;
        for _ in 0..2 {
            becomes(&ada, "has all", |s| s.tokens.balance == 120 && s.tokens.allotted == 120).await;
            let lots = statement(&ada, first.id).await.lots;
            assert!(lots.iter().all(|lot| lot.expires_at == Some(begun.current_period_end)), "{lots:?}");
            subscriptions::follow(&shop.server.state, &stripe_id(shop, first.id).await).await.unwrap();
        }
    });
}
