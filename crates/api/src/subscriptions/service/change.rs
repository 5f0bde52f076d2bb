//! What customers ask of Stripe: ending a subscription, going on with it, another plan.
//!
//! Every request goes out after a commit that keeps its key, and is followed by a look at what Stripe made of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use stripe_billing::{
    invoice::{
        CreatePreviewInvoice, CreatePreviewInvoiceSubscriptionDetails, CreatePreviewInvoiceSubscriptionDetailsItems,
        CreatePreviewInvoiceSubscriptionDetailsProrationBehavior,
    },
    subscription::{
        CancelSubscription, CancelSubscriptionCancellationDetails, UpdateSubscription,
        UpdateSubscriptionCancellationDetails, UpdateSubscriptionItems, UpdateSubscriptionPaymentBehavior,
        UpdateSubscriptionProrationBehavior,
    },
    subscription_schedule::{
        CreateSubscriptionSchedule, ReleaseSubscriptionSchedule, UpdateSubscriptionSchedule,
        UpdateSubscriptionSchedulePhases, UpdateSubscriptionSchedulePhasesEndDate,
        UpdateSubscriptionSchedulePhasesItems, UpdateSubscriptionSchedulePhasesProrationBehavior,
        UpdateSubscriptionSchedulePhasesStartDate,
    },
};
use stripe_client_core::{RequestBuilder, StripeRequest};
use uuid::Uuid;
use vitrine_types::{Code, subscriptions::SubscriptionStatus};

use super::{
    find_of_customer, follow, look, plans, store,
    store::{PlanRecord, SubscriptionRecord},
    stripe_price,
};
use crate::{
    db::Tx,
    error::{Error, Result},
    jobs::{self, Job, Kind},
    state::State,
    stripe::{
        StripeError,
        billing::{Billing, Schedule, Subscription},
    },
};

/// Sends a request under a key that is kept until Stripe has answered.
async fn ask<T: serde::de::DeserializeOwned>(
    state: &State,
    subscription: Uuid,
    name: &str,
    request: &impl StripeRequest,
) -> Result<T, Error> {
    let stripe = state.stripe()?;
    let mut tx = state.db.begin().await?;
    let key = store::upsert_request(&mut tx, subscription, name, state.clock.now()).await?;
    tx.commit().await?;
    let answer = stripe.send(request, &format!("subscription:{key}")).await;
    if !matches!(answer, Err(StripeError::Unavailable(_))) {
        let mut tx = state.db.begin().await?;
        store::delete_request(&mut tx, key).await?;
        tx.commit().await?;
    }
    answer.map_err(|error| match &error {
        StripeError::Refused(no) if no.status == 402 || no.kind == "card_error" => {
            Error::new(Code::CardDeclined).cause(error)
        }
        _ => error.into(),
    })
}

async fn fresh(state: &State, record: &SubscriptionRecord) -> Result<SubscriptionRecord> {
    let found = follow(state, &record.stripe_subscription_id).await?;
    found.ok_or_else(|| Error::internal(anyhow::anyhow!("Stripe does not know {}", record.stripe_subscription_id)))
}

async fn running(state: &State, id: Uuid, customer: Uuid) -> Result<SubscriptionRecord> {
    let record = find_of_customer(&state.db, id, customer).await?;
    let over = [SubscriptionStatus::Canceled, SubscriptionStatus::IncompleteExpired];
    if over.iter().any(|status| status.as_str() == record.status) {
        return Err(Code::SubscriptionOver.into());
    }
    Ok(record)
}

/// Takes a planned change of plan back: a schedule stands in the way of any other change.
async fn release(state: &State, record: &SubscriptionRecord) -> Result<()> {
    let Some(schedule) = &record.stripe_schedule_id else { return Ok(()) };
    let request = ReleaseSubscriptionSchedule::new(schedule.as_str());
    match ask::<serde_json::Value>(state, record.id, &format!("release:{schedule}"), &request).await {
        // Refused: it is over already.
        Ok(_) => Ok(()),
        Err(error) if error.code() == Code::PaymentsRefused => Ok(()),
        Err(error) => Err(error),
    }
}

/// Ends a subscription: at the end of what is paid, or now.
///
/// # Errors
/// `request.not_found`, `subscriptions.over`, `payments.unavailable`, `payments.refused`.
pub async fn cancel(
    state: &State,
    customer: Uuid,
    id: Uuid,
    at_period_end: bool,
    reason: Option<String>,
) -> Result<SubscriptionRecord> {
    let record = running(state, id, customer).await?;
    release(state, &record).await?;
    let stripe_id = record.stripe_subscription_id.as_str();
    if at_period_end {
        let mut request = UpdateSubscription::new(stripe_id).cancel_at_period_end(true);
        if let Some(comment) = reason {
            request = request.cancellation_details(UpdateSubscriptionCancellationDetails {
                comment: Some(comment),
                ..UpdateSubscriptionCancellationDetails::new()
            });
        }
        ask::<serde_json::Value>(state, id, "cancel", &request).await?;
    } else {
        let mut request = CancelSubscription::new(stripe_id);
        if let Some(comment) = reason {
            request = request.cancellation_details(CancelSubscriptionCancellationDetails {
                comment: Some(comment),
                ..CancelSubscriptionCancellationDetails::new()
            });
        }
        match ask::<serde_json::Value>(state, id, "cancel_now", &request).await {
            // Refused: it is over already.
            Ok(_) => {}
            Err(error) if error.code() == Code::PaymentsRefused => {}
            Err(error) => return Err(error),
        }
    }
    fresh(state, &record).await
}

/// The parameter that takes a planned end back, and its value: the portal plans an end as a date alone.
fn without_end(theirs: &Subscription) -> Option<(&'static str, &'static str)> {
    let dated = || theirs.ends_at().is_some().then_some(("cancel_at", ""));
    theirs.ends_with_period().then_some(("cancel_at_period_end", "false")).or_else(dated)
}

/// A request with one more parameter, such as `name=value`. The generated types know no empty value.
struct With<R>(R, Option<String>);

impl<R: StripeRequest> StripeRequest for With<R> {
    type Output = R::Output;

    fn build(&self) -> RequestBuilder {
        let mut built = self.0.build();
        let sent = built.body.take().into_iter().chain(self.1.clone()).filter(|part| !part.is_empty());
        built.body = Some(sent.collect::<Vec<_>>().join("&"));
        built
    }
}

/// Takes a planned end back, if there is one.
async fn unplan_end(state: &State, id: Uuid, theirs: &Subscription) -> Result<()> {
    let Some((name, value)) = without_end(theirs) else { return Ok(()) };
    let request = With(UpdateSubscription::new(theirs.id.as_str()), Some(format!("{name}={value}")));
    ask::<serde_json::Value>(state, id, &format!("without:{name}"), &request).await.map(drop)
}

/// Takes a planned end back.
///
/// # Errors
/// `request.not_found`, `subscriptions.over`, `payments.unavailable`, `payments.refused`.
pub async fn resume(state: &State, customer: Uuid, id: Uuid) -> Result<SubscriptionRecord> {
    let record = running(state, id, customer).await?;
    let now = look(state, &record.stripe_subscription_id).await?.ok_or(Code::NotFound)?;
    unplan_end(state, id, &now.subscription).await?;
    fresh(state, &record).await
}

/// What a change of plan means for a subscription.
struct Change {
    record: SubscriptionRecord,
    plan: PlanRecord,
    price: String,
    billing: Billing,
    /// At once, or at the end of the period.
    now: bool,
}

/// What a change of plan costs, in minor units of the plan's currency.
pub struct Preview {
    /// Paid at once.
    pub due_now: i64,
    /// The next period.
    pub next_invoice: i64,
    /// When that is paid.
    pub next_invoice_at: DateTime<Utc>,
    /// When the plan changes.
    pub effective_at: DateTime<Utc>,
    /// Of all amounts.
    pub currency: String,
}

/// Looks at what was asked for. A longer rhythm or a higher price is at once; else what is paid is used up first.
async fn consider(state: &State, customer: Uuid, id: Uuid, plan: Uuid) -> Result<Change> {
    let record = running(state, id, customer).await?;
    let is_its_own = record.plan_id == plan;
    if is_its_own && record.next_plan_id.is_none() {
        return Err(Code::AlreadySubscribed.into());
    }
    let changeable = ["active", "trialing"].contains(&record.status.as_str());
    if !changeable || record.surplus {
        return Err(Code::SubscriptionUnpaid.into());
    }
    let plan = match is_its_own {
        true => store::find_plan(&state.db, plan).await?.ok_or(Code::NotFound)?,
        false => plans::find_for_sale(&state.db, plan).await?,
    };
    let price = stripe_price(state, &plan).await?;
    let billing = look(state, &record.stripe_subscription_id).await?.ok_or(Code::NotFound)?;
    let rank = |every: &str, amount: i64| (every == "year", amount);
    let better = rank(&plan.every, plan.price_amount) > rank(&record.every, record.price_amount);
    let now = better || record.status == "trialing";
    Ok(Change { record, plan, price, billing, now })
}

/// What a change of plan would cost. Changes nothing.
///
/// # Errors
/// As [`change`].
pub async fn preview(state: &State, customer: Uuid, id: Uuid, plan: Uuid) -> Result<Preview> {
    let Change { record, plan, price, billing, now } = consider(state, customer, id, plan).await?;
    let at = state.clock.now();
    let amount = if record.plan_id == plan.id { record.price_amount } else { plan.price_amount };
    let rest = Preview {
        due_now: 0,
        next_invoice: amount,
        next_invoice_at: record.current_period_end,
        effective_at: if now { at } else { record.current_period_end },
        currency: plan.currency.clone(),
    };
    if !now || record.status == "trialing" {
        return Ok(rest);
    }
    let item = billing.subscription.items.data.first().map(|item| item.id.clone());
    let request = CreatePreviewInvoice::new()
        .subscription(record.stripe_subscription_id.as_str())
        .subscription_details(CreatePreviewInvoiceSubscriptionDetails {
            items: Some(vec![CreatePreviewInvoiceSubscriptionDetailsItems {
                id: item,
                price: Some(price),
                ..CreatePreviewInvoiceSubscriptionDetailsItems::new()
            }]),
            proration_behavior: Some(CreatePreviewInvoiceSubscriptionDetailsProrationBehavior::AlwaysInvoice),
            ..CreatePreviewInvoiceSubscriptionDetails::new()
        });
    let without_end = without_end(&billing.subscription);
    let request = With(request, without_end.map(|(name, value)| format!("subscription_details[{name}]={value}")));
    #[derive(Deserialize)]
    struct Previewed {
        amount_due: i64,
    }
    // It has no effect; the key only satisfies the rule that each request has one.
    let shown: Previewed = state.stripe()?.send(&request, &format!("preview:{}", Uuid::now_v7())).await?;
    let new_rhythm = plan.every != record.every;
    let months = chrono::Months::new(if plan.every == "year" { 12 } else { 1 });
    let next = if new_rhythm { at.checked_add_months(months).unwrap_or(at) } else { record.current_period_end };
    Ok(Preview { due_now: shown.amount_due, next_invoice_at: next, ..rest })
}

/// Changes the plan: a better one at once, with the difference paid now; another at the end of the period. Who chooses
/// another plan goes on: a planned end is taken back. The present plan takes a planned change back.
///
/// # Errors
/// `request.not_found`, `request.invalid` about `plan_id`, `subscriptions.already_subscribed`, `subscriptions.over`,
/// `subscriptions.unpaid`, `payments.card_declined` (nothing changed), `payments.unavailable`, `payments.refused`.
pub async fn change(state: &State, customer: Uuid, id: Uuid, plan: Uuid) -> Result<SubscriptionRecord> {
    let change = consider(state, customer, id, plan).await?;
    let record = &change.record;
    release(state, record).await?;
    if record.plan_id == change.plan.id {
        return fresh(state, record).await;
    }
    if change.now {
        change_now(state, &change).await?
    } else {
        change_later(state, &change).await?
    }
    fresh(state, record).await
}

async fn change_now(state: &State, change: &Change) -> Result<()> {
    let Change { record, price, billing, .. } = change;
    let item = billing.subscription.items.data.first().map(|item| item.id.clone());
    let request = UpdateSubscription::new(record.stripe_subscription_id.as_str())
        // With the item's id it is replaced; without, a second one would be added.
        .items(vec![UpdateSubscriptionItems { id: item, price: Some(price.clone()), ..UpdateSubscriptionItems::new() }])
        .proration_behavior(UpdateSubscriptionProrationBehavior::AlwaysInvoice)
        .payment_behavior(UpdateSubscriptionPaymentBehavior::ErrorIfIncomplete);
    // In one request: who cannot pay for the change ends as planned.
    let without_end = without_end(&billing.subscription).map(|(name, value)| format!("{name}={value}"));
    let name = format!("change:{price}:{}", without_end.as_deref().unwrap_or_default());
    ask::<serde_json::Value>(state, record.id, &name, &With(request, without_end)).await.map(drop)
}

async fn change_later(state: &State, change: &Change) -> Result<()> {
    let Change { record, price, billing, .. } = change;
    unplan_end(state, record.id, &billing.subscription).await?;
    let id = record.stripe_subscription_id.as_str();
    let schedule: Schedule =
        ask(state, record.id, &format!("schedule:{price}"), &CreateSubscriptionSchedule::new().from_subscription(id))
            .await?;
    let current =
        schedule.phases.first().ok_or_else(|| Error::internal(anyhow::anyhow!("a schedule without phases")))?;
    let now = billing.subscription.items.data.first().map(|item| item.price.id.clone());
    let items = |price: Option<String>| {
        vec![UpdateSubscriptionSchedulePhasesItems {
            price,
            quantity: Some(1),
            ..UpdateSubscriptionSchedulePhasesItems::new()
        }]
    };
    let first = UpdateSubscriptionSchedulePhases {
        start_date: Some(UpdateSubscriptionSchedulePhasesStartDate::Timestamp(current.start_date)),
        end_date: Some(UpdateSubscriptionSchedulePhasesEndDate::Timestamp(current.end_date)),
        ..UpdateSubscriptionSchedulePhases::new(items(now))
    };
    let second = UpdateSubscriptionSchedulePhases {
        proration_behavior: Some(UpdateSubscriptionSchedulePhasesProrationBehavior::None),
        start_date: Some(UpdateSubscriptionSchedulePhasesStartDate::Timestamp(current.end_date)),
        end_date: Some(UpdateSubscriptionSchedulePhasesEndDate::Timestamp(after(current.end_date, &change.plan.every))),
        ..UpdateSubscriptionSchedulePhases::new(items(Some(price.clone())))
    };
    let request = UpdateSubscriptionSchedule::new(schedule.id.as_str())
        .phases(vec![first, second])
        .end_behavior(stripe_shared::SubscriptionScheduleEndBehavior::Release);
    ask::<serde_json::Value>(state, record.id, &format!("phases:{}", schedule.id), &request).await.map(drop)
}

/// One period later; the schedule lets go then.
fn after(start: i64, every: &str) -> i64 {
    let months = chrono::Months::new(if every == "year" { 12 } else { 1 });
    let end = DateTime::from_timestamp(start, 0).and_then(|start| start.checked_add_months(months));
    end.map_or(start + 28 * 86_400, |end| end.timestamp())
}

/// What Stripe is told when an account is deleted.
pub(super) const ACCOUNT_DELETED: &str = "The account was deleted";

/// What is to end, and why.
#[derive(Serialize, Deserialize)]
struct EndSubscription {
    subscription: Uuid,
    reason: String,
}

/// Queues the end of a subscription at Stripe, at once.
pub(super) async fn end_later(tx: &mut Tx, state: &State, subscription: Uuid, reason: &str) -> Result<()> {
    let job = EndSubscription { subscription, reason: reason.into() };
    jobs::enqueue(tx, &state.clock, Kind::EndSubscription, &subscription.to_string(), &job, state.clock.now()).await
}

/// A customer's account is about to be deleted: nobody pays for it any more.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(tx: &mut Tx, state: &State, customer: Uuid) -> Result<()> {
    for record in store::list_not_over(&mut *tx, customer).await? {
        end_later(tx, state, record.id, ACCOUNT_DELETED).await?;
    }
    Ok(())
}

/// The job: ends a subscription.
///
/// # Errors
/// When Stripe does not answer: the job comes back.
pub async fn end(state: &State, job: &Job) -> Result<()> {
    let EndSubscription { subscription, reason } = job.payload()?;
    let record = store::find_subscription(&state.db, subscription).await?.ok_or(Code::NotFound)?;
    match cancel(state, record.customer_id, record.id, false, Some(reason)).await {
        Ok(_) => {}
        Err(error) if error.code() == Code::SubscriptionOver => {}
        Err(error) => return Err(error),
    }
    let mut tx = state.db.begin().await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}
