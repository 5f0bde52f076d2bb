//! A subscription's life: trial, renewal, failure, recovery, end.

use chrono::TimeDelta;
use stripe_sandbox::{Card, DunningEnd};
use vitrine::db::sql;
use vitrine_types::{
    Code,
    catalog::{Access, ProductKind},
    checkout::OrderStatus,
    subscriptions::{Cancellation, Includes, Subscription, SubscriptionStatus},
};

use super::{becomes, current, later, plan, renew, stop_comparing, stripe_id, subscribe, to};
use crate::harness::{PASSWORD, Shop, eventually, with_shop};

const NOW: Cancellation = Cancellation { at_period_end: false, reason: None };

async fn subjects(shop: &Shop, to: &str) -> Vec<String> {
    let query = vitrine_types::mail::MailQuery { to: Some(to.into()), limit: Some(100), ..Default::default() };
    shop.admin().await.list_mails(&query).await.unwrap().data.into_iter().map(|mail| mail.subject).collect()
}

#[test]
fn a_trial_costs_nothing_comes_once_and_then_renews() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |new| new.trial_days = 14).await.plan;
        let customer = shop.customer("ada").await;
        let checkout = customer.create_checkout_session(&to(studio.id), None).await.unwrap();
        assert_eq!(customer.get_order(checkout.order_id).await.unwrap().total.amount, 0);
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        shop.order_becomes(&customer, checkout.order_id, OrderStatus::Paid).await;
        let trial = becomes(&customer, "is in its trial", |s| s.tokens.balance == 10).await;
        assert_eq!(trial.status, SubscriptionStatus::Trialing);
        assert_eq!(trial.trial_end, Some(trial.current_period_end));
        later(shop, &customer, TimeDelta::days(11) + TimeDelta::minutes(5)).await;
        eventually("the trial's end is told", || async {
            subjects(shop, "ada@example.com").await.contains(&"Your trial of Studio ends soon".into()).then_some(())
        })
        .await;
        renew(shop, &customer, trial.current_period_end).await;
        let paid = becomes(&customer, "is paid", |s| s.status == SubscriptionStatus::Active && s.tokens.balance == 14);
        assert_eq!(paid.await.tokens.allotted, 14, "ten more, and four carried over");
        customer.cancel_subscription(trial.id, &NOW).await.unwrap();
        let again = customer.create_checkout_session(&to(studio.id), None).await.unwrap();
        assert_eq!(customer.get_order(again.order_id).await.unwrap().total.amount, 2900, "a trial comes once");
    });
}

#[test]
fn a_renewal_brings_tokens_once_and_carries_over_up_to_the_cap() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio.id).await;
        renew(shop, &customer, first.current_period_end).await;
        let is_next = |s: &Subscription| s.current_period_start == first.current_period_end;
        let second = becomes(&customer, "is renewed", |s| is_next(s) && s.tokens.balance == 14).await;
        renew(shop, &customer, second.current_period_end).await;
        let third = becomes(&customer, "is renewed again", |s| s.current_period_start == second.current_period_end);
        assert_eq!(third.await.tokens.balance, 14, "what was carried over counts as left");
        eventually("both renewals are told", || async {
            let told = subjects(shop, "ada@example.com").await;
            (told.iter().filter(|subject| *subject == "Your Studio goes on: receipt").count() == 2).then_some(())
        })
        .await;
    });
}

#[test]
fn a_failed_renewal_has_its_grace_and_recovers() {
    with_shop(|shop| async move {
        shop.product(ProductKind::Download, "Field Guide", 1900).await;
        let all = Includes { all_downloads: true, product_ids: vec![] };
        let studio = plan(shop, "Studio", 2900, |new| new.includes = all).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio.id).await;
        let access = || async { customer.get_product("field-guide").await.unwrap().access };
        let at_stripe = shop.stripe.objects("customer")[0]["id"].as_str().unwrap().to_owned();
        shop.stripe.turn_cards(&at_stripe, Card::Declined).unwrap();
        renew(shop, &customer, first.current_period_end).await;
        let failed = becomes(&customer, "is past due", |s| s.status == SubscriptionStatus::PastDue).await;
        assert!(failed.has_benefits && failed.benefits_until.is_some());
        assert_eq!(
            (access().await, failed.tokens.balance),
            (Access::Included, 10),
            "what was granted, and nothing new"
        );
        let told = subjects(shop, "ada@example.com").await;
        assert!(told.contains(&"Your payment for Studio did not go through".into()), "{told:?}");
        later(shop, &customer, TimeDelta::days(7) + TimeDelta::minutes(1)).await;
        eventually("the grace ends", || async { (access().await == Access::None).then_some(()) }).await;
        becomes(&customer, "has no tokens", |s| s.tokens.balance == 0).await;
        shop.stripe.save_card(&at_stripe, Card::Mastercard).unwrap();
        let back = becomes(&customer, "is paid after all", |s| s.status == SubscriptionStatus::Active).await;
        assert_eq!((access().await, back.tokens.balance), (Access::Included, 14));
        let told = subjects(shop, "ada@example.com").await;
        assert!(told.contains(&"Thank you: Studio is paid".into()), "{told:?}");
    });
}

#[test]
fn an_old_debt_does_not_shorten_a_later_grace() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio.id).await;
        shop.stripe.set_dunning_end(DunningEnd::PastDue);
        let at_stripe = shop.stripe.objects("customer")[0]["id"].as_str().unwrap().to_owned();
        let turn = |card| shop.stripe.turn_cards(&at_stripe, card).unwrap();
        // One month is never paid, the next one is.
        turn(Card::Declined);
        renew(shop, &customer, first.current_period_end).await;
        let unpaid = becomes(&customer, "is past due", |s| s.status == SubscriptionStatus::PastDue).await;
        later(shop, &customer, TimeDelta::days(25)).await;
        turn(Card::Visa);
        renew(shop, &customer, unpaid.current_period_end).await;
        let paid = becomes(&customer, "is paid", |s| s.status == SubscriptionStatus::Active).await;
        assert!(
            shop.stripe.objects("invoice").iter().any(|invoice| invoice["status"] == "open"),
            "the old one is open"
        );
        turn(Card::Declined);
        renew(shop, &customer, paid.current_period_end).await;
        let failed = becomes(&customer, "fails again", |s| s.status == SubscriptionStatus::PastDue).await;
        let grace = failed.benefits_until.unwrap() - paid.current_period_end;
        assert!(failed.has_benefits && (grace - TimeDelta::days(7)).abs() < TimeDelta::minutes(5), "{grace}");
    });
}

#[test]
fn a_trials_end_is_told_even_when_stripe_does_not() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |new| new.trial_days = 14).await.plan;
        let customer = shop.customer("ada").await;
        subscribe(shop, &customer, studio.id).await;
        assert!(shop.stripe.wait_until_idle(std::time::Duration::from_secs(10)).await);
        shop.stripe.set_webhook(None, Vec::new());
        stop_comparing(shop).await;
        later(shop, &customer, TimeDelta::days(11) + TimeDelta::minutes(5)).await;
        eventually("the trial's end is told", || async {
            subjects(shop, "ada@example.com").await.contains(&"Your trial of Studio ends soon".into()).then_some(())
        })
        .await;
    });
}

/// The shop looks in the moment between a trial's end and Stripe's own end of it.
#[test]
fn a_trial_that_is_over_does_not_end_soon() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |new| new.trial_days = 14).await.plan;
        let customer = shop.customer("ada").await;
        subscribe(shop, &customer, studio.id).await;
        assert!(shop.stripe.wait_until_idle(std::time::Duration::from_secs(10)).await);
        let state = &shop.server.state;
        state.clock.advance(TimeDelta::days(15));
        let looked = || async {
            let waiting = "select count(*) from jobs where kind = 'follow_subscription' and run_at <= $1";
            let (waiting,): (i64,) = sql(&state.db, waiting).bind(state.clock.now()).one().await.unwrap();
            (waiting == 0).then_some(())
        };
        eventually("the shop looks", looked).await;
        assert!(!subjects(shop, "ada@example.com").await.contains(&"Your trial of Studio ends soon".into()));
    });
}

#[test]
fn a_subscription_that_is_never_paid_ends() {
    for (end, status) in
        [(DunningEnd::Cancel, SubscriptionStatus::Canceled), (DunningEnd::Unpaid, SubscriptionStatus::Unpaid)]
    {
        with_shop(|shop| async move {
            let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
            let customer = shop.customer("ada").await;
            let first = subscribe(shop, &customer, studio.id).await;
            shop.stripe.set_dunning_end(end);
            let at_stripe = shop.stripe.objects("customer")[0]["id"].as_str().unwrap().to_owned();
            shop.stripe.turn_cards(&at_stripe, Card::Declined).unwrap();
            renew(shop, &customer, first.current_period_end).await;
            later(shop, &customer, TimeDelta::days(30)).await;
            let over = becomes(&customer, "is over", |s| s.status == status).await;
            assert!(!over.has_benefits && over.tokens.balance == 0);
        });
    }
}

#[test]
fn canceling_is_at_the_end_and_can_be_undone_until_then() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Download, "Field Guide", 1900).await.product;
        let all = Includes { all_downloads: true, product_ids: vec![] };
        let studio = plan(shop, "Studio", 2900, |new| new.includes = all).await.plan;
        let (customer, other) = (shop.customer("ada").await, shop.customer("ben").await);
        let first = subscribe(shop, &customer, studio.id).await;
        let at_end = Cancellation { at_period_end: true, reason: Some("Too little time".into()) };
        let foreign = other.cancel_subscription(first.id, &at_end).await.unwrap_err();
        assert_eq!(foreign.code(), Some(Code::NotFound));
        let ending = customer.cancel_subscription(first.id, &at_end).await.unwrap();
        assert!(ending.cancel_at_period_end && ending.has_benefits && ending.status == SubscriptionStatus::Active);
        let stripe = stripe_id(shop, first.id).await;
        assert_eq!(shop.stripe.object(&stripe).unwrap()["cancellation_details"]["comment"], "Too little time");
        assert!(!customer.resume_subscription(first.id).await.unwrap().cancel_at_period_end);
        // The portal plans the end as a date alone.
        shop.stripe.cancel_in_portal(&stripe).unwrap();
        assert_eq!(shop.stripe.object(&stripe).unwrap()["cancel_at_period_end"], false);
        becomes(&customer, "is to end", |s| s.cancel_at_period_end).await;
        assert!(!customer.resume_subscription(first.id).await.unwrap().cancel_at_period_end);
        customer.cancel_subscription(first.id, &at_end).await.unwrap();
        // Bought as well: that stays.
        shop.buy(&customer, &[product.id]).await;
        renew(shop, &customer, first.current_period_end).await;
        let over = becomes(&customer, "is over", |s| s.status == SubscriptionStatus::Canceled).await;
        assert!(!over.has_benefits && over.ended_at.is_some() && over.tokens.balance == 0);
        assert_eq!(customer.get_product("field-guide").await.unwrap().access, Access::Owned);
        let late = customer.resume_subscription(first.id).await.unwrap_err();
        assert_eq!(late.code(), Some(Code::SubscriptionOver));
        subscribe(shop, &customer, studio.id).await;
    });
}

#[test]
fn an_account_that_is_deleted_pays_no_more() {
    with_shop(|shop| async move {
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        let customer = shop.customer("ada").await;
        let first = subscribe(shop, &customer, studio.id).await;
        let exported = customer.export_account().await.unwrap();
        assert_eq!(exported["subscriptions"][0]["plan"]["name"], "Studio");
        assert_eq!(exported["tokens"][first.id.to_string()][0]["amount"], 10);
        let stripe = stripe_id(shop, first.id).await;
        customer.delete_account(PASSWORD).await.unwrap();
        eventually("Stripe ends it", || async {
            (shop.stripe.object(&stripe).unwrap()["status"] == "canceled").then_some(())
        })
        .await;
        assert_eq!(current(&shop.customer("ben").await).await, None);
    });
}
