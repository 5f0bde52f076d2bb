//! Following Stripe: what is true there becomes true here, whatever was reported, however often, in whatever order.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vitrine_types::{Code, subscriptions::SubscriptionStatus};

use super::{SubscriptionJob, change, grants, letters, store, store::SubscriptionRecord};
use crate::{
    accounts,
    db::Tx,
    entitlements,
    error::{Error, Result},
    jobs::{self, Job, Kind},
    state::State,
    stripe::billing::{self, Billing, Invoice, Line},
    subscriptions::GRACE,
    tokens,
};

/// So long before a period ends, the card is looked at.
const BEFORE_RENEWAL: TimeDelta = TimeDelta::days(7);

/// Asks Stripe about a subscription and brings ours in line; `None` when it is none of ours.
///
/// # Errors
/// `payments.unavailable`; `server.internal` for what cannot be understood, which changes nothing.
pub async fn follow(state: &State, stripe_id: &str) -> Result<Option<SubscriptionRecord>> {
    let mut tries = 6;
    loop {
        let Some(billing) = look(state, stripe_id).await? else { return Ok(None) };
        tries -= 1;
        let mut tx = state.db.begin().await?;
        let applied = try_apply(&mut tx, state, &billing).await?;
        if matches!(applied, Applied::Overtaken(_)) && tries > 0 {
            // Who asks wants to know how it is now.
            continue;
        }
        let record = settle(&mut tx, state, applied).await?;
        tx.commit().await?;
        return Ok(record);
    }
}

/// Asks Stripe about a subscription; `None` when it knows none of that id.
///
/// # Errors
/// `payments.unavailable`.
pub async fn look(state: &State, stripe_id: &str) -> Result<Option<Billing>> {
    // Counted before Stripe is asked: see [`apply`].
    let looks = store::find_looks(&state.db, stripe_id).await?;
    match billing::fetch(state.stripe()?, stripe_id, looks).await {
        Ok(billing) => Ok(Some(billing)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Brings a subscription in line with what Stripe tells; `None` when it is none of ours.
///
/// # Errors
/// `server.internal` for what cannot be understood (an unknown price, a layout without a period): nothing is guessed.
pub async fn apply(tx: &mut Tx, state: &State, billing: &Billing) -> Result<Option<SubscriptionRecord>> {
    let applied = try_apply(tx, state, billing).await?;
    settle(tx, state, applied).await
}

/// What [`try_apply`] did.
enum Applied {
    /// It is none of ours.
    Foreign,
    /// Ours is as this was.
    Done(Box<SubscriptionRecord>),
    /// Ours was brought in line while this was on its way, perhaps with what is newer: nothing was changed.
    Overtaken(Box<SubscriptionRecord>),
}

/// What was done; when something else has overtaken it, Stripe is asked again.
async fn settle(tx: &mut Tx, state: &State, applied: Applied) -> Result<Option<SubscriptionRecord>> {
    match applied {
        Applied::Foreign => Ok(None),
        Applied::Done(record) => Ok(Some(*record)),
        Applied::Overtaken(record) => {
            // One for all that were overtaken by the same: its look begins after that, and so after each of theirs.
            let looks = store::find_looks(&mut *tx, &record.stripe_subscription_id).await?;
            let key = format!("{}:after:{looks}", record.id);
            let job = SubscriptionJob { subscription: record.id };
            jobs::enqueue(tx, &state.clock, Kind::FollowSubscription, &key, &job, state.clock.now()).await?;
            Ok(Some(*record))
        }
    }
}

async fn try_apply(tx: &mut Tx, state: &State, billing: &Billing) -> Result<Applied> {
    let theirs = &billing.subscription;
    let live_mode = state.stripe().is_ok_and(crate::stripe::Stripe::is_live);
    let customer = theirs.metadata.get("customer_id").and_then(|id| id.parse::<Uuid>().ok());
    let Some(customer) = customer.filter(|_| theirs.livemode == live_mode) else { return Ok(Applied::Foreign) };
    let account = accounts::service::find_customer(&mut *tx, customer).await?;
    let Some(account) = account else { return Ok(Applied::Foreign) };
    tx.lock(&format!("subscription:{customer}")).await?;
    let before = store::find_by_stripe_id(&mut *tx, &theirs.id).await?;
    if let Some(before) = &before
        && before.looks != billing.looks
    {
        return Ok(Applied::Overtaken(Box::new(before.clone())));
    }
    let not_understood = |what: &str| Error::internal(anyhow::anyhow!("subscription {}: {what}", theirs.id));
    let item = theirs.items.data.first().ok_or_else(|| not_understood("it has no item"))?;
    let (start, end) = theirs.period().ok_or_else(|| not_understood("its layout has no period where we know one"))?;
    let lines = billing.invoices.iter().flat_map(|invoice| &invoice.lines.data);
    let prices = lines.filter_map(Line::price).chain([item.price.id.as_str()]).chain(billing.next_price.as_deref());
    let plans = store::list_plans_of_prices(&mut *tx, &prices.collect()).await?;
    let plan = plans.get(&item.price.id).ok_or_else(|| not_understood("its price is of no plan"))?;
    let status = SubscriptionStatus::ALL.into_iter().find(|status| status.as_str() == theirs.status);
    let status = status.ok_or_else(|| not_understood("its status is unknown"))?;
    let next_plan = billing.next_price.as_ref().and_then(|price| plans.get(price)).filter(|next| next.id != plan.id);
    let other = store::find_live(&mut *tx, customer).await?.filter(|other| other.stripe_subscription_id != theirs.id);
    let surplus = other.is_some() && !status.is_over();
    let now = state.clock.now();
    let (has_benefits, benefits_until) = benefits(status, failing_since(&billing.invoices).unwrap_or(start), now);
    let record = SubscriptionRecord {
        id: before.as_ref().map_or_else(Uuid::now_v7, |before| before.id),
        customer_id: customer,
        plan_id: plan.id,
        stripe_subscription_id: theirs.id.clone(),
        status: status.as_str().into(),
        price_amount: item.price.unit_amount.unwrap_or(plan.price_amount),
        currency: item.price.currency.clone().unwrap_or_else(|| plan.currency.clone()),
        every: item.price.recurring.as_ref().map_or(&plan.every, |recurring| &recurring.interval).clone(),
        current_period_start: start,
        current_period_end: end,
        trial_end: theirs.trial_end(),
        cancel_at: theirs.ends_at().filter(|_| !status.is_over()),
        ended_at: theirs.ended_at(),
        has_benefits: has_benefits && !surplus,
        benefits_until,
        next_plan_id: next_plan.map(|next| next.id),
        stripe_schedule_id: theirs.schedule.as_ref().map(|schedule| schedule.id.clone()),
        surplus,
        disputed: before.as_ref().is_some_and(|before| before.disputed),
        created_at: theirs.start_date.and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or(start),
        looks: before.as_ref().map_or(0, |before| before.looks) + 1,
    };
    if before.is_none() {
        store::insert_stripe_customer(tx, customer, &theirs.customer.id).await?;
    }
    store::upsert_subscription(tx, &record, now).await?;
    if !surplus {
        if before.as_ref().is_none_or(|before| before.surplus) {
            tokens::service::open_account(tx, &state.clock, record.id, customer).await?;
        }
        grants::give(tx, state, &record, &billing.invoices, &plans).await?;
        tokens::service::hold(tx, &state.clock, record.id, renewing(&record)).await?;
        letters::tell(tx, state, &account, plan, before.as_ref(), &record, billing).await?;
    }
    entitlements::service::follow_subscriptions(tx, &state.clock, Some(record.id)).await?;
    look_again(tx, state, &record, now).await?;
    if account.deleted_at.is_some() && !status.is_over() {
        change::end_later(tx, state, record.id, change::ACCOUNT_DELETED).await?;
    }
    Ok(Applied::Done(Box::new(record)))
}

/// Since when payments fail: what was left open before the newest paid invoice is long forgiven.
fn failing_since(invoices: &[Invoice]) -> Option<DateTime<Utc>> {
    let paid = invoices.iter().filter(|invoice| invoice.is_paid()).filter_map(Invoice::created_at).max();
    let failing = invoices.iter().filter(|invoice| invoice.is_failing()).filter_map(Invoice::created_at);
    failing.filter(|at| Some(*at) > paid).min()
}

/// Whether benefits are open, and until when at most.
fn benefits(
    status: SubscriptionStatus,
    failing_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (bool, Option<DateTime<Utc>>) {
    use SubscriptionStatus::*;
    match status {
        Active | Trialing => (true, None),
        PastDue => (now < failing_since + GRACE, Some(failing_since + GRACE)),
        Incomplete | IncompleteExpired | Unpaid | Canceled | Paused => (false, None),
    }
}

/// Which ends of its tokens' periods wait for a payment: those of the current period and of the one before it, as long as
/// benefits are open and the subscription is not to end then.
fn renewing(record: &SubscriptionRecord) -> Option<Range<DateTime<Utc>>> {
    let end = record.cancel_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
    record
        .has_benefits
        .then_some(record.current_period_start..end.min(record.current_period_end + TimeDelta::seconds(1)))
}

/// Queues the next look at what changes by time alone: the end of a grace, a card that runs out before a renewal, a trial
/// that ends soon.
async fn look_again(tx: &mut Tx, state: &State, record: &SubscriptionRecord, now: DateTime<Utc>) -> Result<()> {
    use SubscriptionStatus::{Active, Trialing};
    let goes_on = |status: SubscriptionStatus| record.status == status.as_str() && record.cancel_at.is_none();
    let renewal = goes_on(Active).then_some(record.current_period_end - BEFORE_RENEWAL);
    let trial = goes_on(Trialing).then_some(record.current_period_end - letters::TRIAL_ENDS_SOON);
    for at in [record.benefits_until, renewal, trial].into_iter().flatten().filter(|at| *at > now) {
        let key = format!("{}:{}", record.id, at.timestamp());
        let job = SubscriptionJob { subscription: record.id };
        jobs::enqueue(tx, &state.clock, Kind::FollowSubscription, &key, &job, at).await?;
    }
    Ok(())
}

/// The job: looks at a subscription again.
///
/// # Errors
/// When Stripe or the database does not answer: the job comes back.
pub async fn follow_job(state: &State, job: &Job) -> Result<()> {
    let SubscriptionJob { subscription } = job.payload()?;
    let record = store::find_subscription(&state.db, subscription).await?.ok_or(Code::NotFound)?;
    let billing = look(state, &record.stripe_subscription_id).await?.ok_or(Code::NotFound)?;
    let mut tx = state.db.begin().await?;
    apply(&mut tx, state, &billing).await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Looks at the subscription of one of Stripe's customers that is not over; `false` when the customer is none of ours.
///
/// # Errors
/// `payments.unavailable`.
pub async fn follow_customer(state: &State, stripe_customer: &str) -> Result<bool> {
    let Some(customer) = store::find_customer_of_stripe(&state.db, stripe_customer).await? else { return Ok(false) };
    if let Some(live) = store::find_live(&state.db, customer).await? {
        follow(state, &live.stripe_subscription_id).await?;
    }
    Ok(true)
}

/// The job: lets everybody's benefits follow a change of the catalog.
///
/// # Errors
/// When the database does not answer: the job comes back.
pub async fn follow_all(state: &State, job: &Job) -> Result<()> {
    let mut tx = state.db.begin().await?;
    benefits_of_all(&mut tx, state).await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Lets what all subscriptions open follow their plans.
pub(super) async fn benefits_of_all(tx: &mut Tx, state: &State) -> Result<()> {
    entitlements::service::follow_subscriptions(tx, &state.clock, None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benefits_follow_the_status_and_the_grace() {
        use SubscriptionStatus::*;
        let since = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let at = |status, days| benefits(status, since, since + TimeDelta::days(days)).0;
        assert!(at(Active, 0) && at(Trialing, 0) && at(Active, 400));
        assert!(at(PastDue, 0) && at(PastDue, 6) && !at(PastDue, 7) && !at(PastDue, 8));
        for status in [Incomplete, IncompleteExpired, Unpaid, Canceled, Paused] {
            assert!(!at(status, 0), "{status:?}");
        }
    }
}
