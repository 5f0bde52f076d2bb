//! What subscribers are told. Each letter is queued in the transaction of what it tells, once per fact.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use vitrine_types::{Currency, Money, subscriptions::SubscriptionStatus};

use super::store::{PlanRecord, SubscriptionRecord};
use crate::{
    accounts::service::CustomerRecord,
    db::Tx,
    error::Result,
    mail::{self, Letter, PlanNews},
    state::State,
    stripe::billing::{Billing, Card, Invoice},
};

/// A trial's end is told so long before.
pub(super) const TRIAL_ENDS_SOON: TimeDelta = TimeDelta::days(3);
/// A card that runs out is told so long before the renewal.
const CARD_ENDS_SOON: TimeDelta = TimeDelta::days(8);
/// What happened longer ago is no news: it became known late.
const NEWS: TimeDelta = TimeDelta::days(7);

/// Tells what is new about a subscription.
pub async fn tell(
    tx: &mut Tx,
    state: &State,
    customer: &CustomerRecord,
    plan: &PlanRecord,
    before: Option<&SubscriptionRecord>,
    after: &SubscriptionRecord,
    billing: &Billing,
) -> Result<()> {
    use SubscriptionStatus::{Active, Canceled, PastDue, Trialing, Unpaid};
    if customer.deleted_at.is_some() {
        return Ok(());
    }
    let now = state.clock.now();
    let money = |amount: i64, currency: &str| Money::new(amount, Currency::parse(currency).unwrap_or(Currency::USD));
    let news = |amount: i64| PlanNews {
        plan: plan.name.clone(),
        amount: money(amount, &after.currency),
        at: after.current_period_end,
        tokens: plan.tokens_per_period,
        until: after.benefits_until,
        card: None,
        plan_url: state.config.public("/account/plan"),
    };
    let price = news(after.price_amount);
    let is = |status: SubscriptionStatus| after.status == status.as_str();
    let mut letters: Vec<(String, Letter)> = Vec::new();
    if (is(Active) || is(Trialing)) && now - after.created_at < NEWS {
        letters.push((format!("plan_started:{}", after.id), Letter::PlanStarted(price.clone())));
    }
    // What Stripe has yet to end is none that ends soon.
    let ends_within = |time: TimeDelta| (TimeDelta::zero()..=time).contains(&(after.current_period_end - now));
    if is(Trialing) && after.cancel_at.is_none() && ends_within(TRIAL_ENDS_SOON) {
        let key = format!("trial_ends:{}:{}", after.id, after.current_period_end.timestamp());
        letters.push((key, Letter::TrialEnds(price.clone())));
    }
    for invoice in billing.invoices.iter().filter(|invoice| is_news(invoice, now)) {
        let news = news(invoice.amount_paid.max(invoice.amount_due));
        let is_renewal = invoice.billing_reason.as_deref() == Some("subscription_cycle");
        if invoice.is_paid() && invoice.attempt_count > 1 {
            letters.push((format!("plan_recovered:{}", invoice.id), Letter::PlanRecovered(news)));
        } else if invoice.is_paid() && is_renewal && invoice.amount_paid > 0 {
            letters.push((format!("plan_renewed:{}", invoice.id), Letter::PlanRenewed(news)));
        } else if invoice.is_failing() && (is(PastDue) || is(Unpaid)) {
            let key = format!("plan_unpaid:{}:{}", invoice.id, invoice.attempt_count);
            letters.push((key, Letter::PlanPaymentFailed(news)));
        }
    }
    if before.is_some_and(|before| before.plan_id != after.plan_id) {
        let key = format!("plan_changed:{}:{}:{}", after.id, after.plan_id, now.timestamp());
        letters.push((key, Letter::PlanChanged(price.clone())));
    }
    if (is(Canceled) || is(Unpaid)) && after.ended_at.is_none_or(|at| now - at < NEWS) {
        letters.push((format!("plan_ended:{}:{}", after.id, after.status), Letter::PlanEnded(price.clone())));
    }
    let method = billing.subscription.default_payment_method.as_ref();
    if let Some((method, card)) = method.and_then(|method| Some((method, method.card.as_ref()?)))
        && is(Active)
        && after.cancel_at.is_none()
        && ends_within(CARD_ENDS_SOON)
        && ends_before(card, after.current_period_end)
    {
        let key = format!("card_ends:{}:{}-{}", method.id, card.exp_year, card.exp_month);
        let last4 = Some(card.last4.clone().unwrap_or_default());
        letters.push((key, Letter::CardExpiring(PlanNews { card: last4, ..price })));
    }
    mail::service::queue_new(tx, state, &customer.email, letters).await
}

fn is_news(invoice: &Invoice, now: DateTime<Utc>) -> bool {
    // A payment may be tried for three weeks.
    invoice.created_at().is_some_and(|at| now - at < NEWS * 4)
}

/// Whether a card can no longer be charged at `at`: it is good to the end of its month.
fn ends_before(card: &Card, at: DateTime<Utc>) -> bool {
    let month = NaiveDate::from_ymd_opt(card.exp_year, card.exp_month, 1);
    month.and_then(|first| first.checked_add_months(Months::new(1))).is_some_and(|after| after <= at.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_good_to_the_end_of_its_month() {
        let card = Card { last4: None, exp_month: 12, exp_year: 2026 };
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert!(!ends_before(&card, at("2026-12-31T23:00:00Z")));
        assert!(ends_before(&card, at("2027-01-01T00:00:00Z")));
    }
}
