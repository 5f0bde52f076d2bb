//! What can be done with plans and subscriptions.

mod change;
mod disputes;
mod follow;
mod grants;
mod letters;
mod plans;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use stripe_billing::billing_portal_session::CreateBillingPortalSession;
use stripe_client_core::StripeRequest;
use stripe_core::customer::{CreateCustomer, RetrieveCustomer, UpdateCustomer};
use stripe_product::price::{
    CreatePrice, CreatePriceProductData, CreatePriceRecurring, CreatePriceRecurringInterval, RetrievePrice,
};
use uuid::Uuid;
use vitrine_types::Code;

pub use change::{cancel, change, end, leave, preview, resume};
pub use disputes::apply_disputes;
pub use follow::{apply, follow, follow_all, follow_customer, follow_job, look};
pub use plans::{create_plan, find_for_sale, update_plan};

use super::store::{self, PlanRecord, SubscriptionRecord};
use crate::{
    accounts,
    db::{Cx, Tx},
    error::{Error, Result},
    jobs::{self, Job},
    state::State,
    stripe::{StripeError, objects::Reference},
};

/// Reads that need no rule of their own.
pub use super::store::{find_by_stripe_id, list_stale};

/// Which subscription a job is about.
#[derive(Serialize, Deserialize)]
struct SubscriptionJob {
    subscription: Uuid,
}

/// A customer's subscription.
///
/// # Errors
/// `request.not_found` when it is not theirs.
pub async fn find_of_customer(cx: impl Into<Cx<'_>>, id: Uuid, customer: Uuid) -> Result<SubscriptionRecord> {
    let found = store::find_subscription(cx, id).await?.filter(|found| found.customer_id == customer);
    Ok(found.ok_or(Code::NotFound)?)
}

/// Refuses a second subscription.
///
/// # Errors
/// `subscriptions.already_subscribed` to the same plan, `subscriptions.change_plan` to another.
pub async fn refuse_second(tx: &mut Tx, customer: Uuid, plan: Uuid) -> Result<()> {
    match store::find_live(tx, customer).await? {
        None => Ok(()),
        Some(live) if live.plan_id == plan => Err(Code::AlreadySubscribed.into()),
        Some(_) => Err(Code::ChangePlanInstead.into()),
    }
}

/// The account for tokens that this customer buys at `now`: that of the subscription whose benefits are open.
///
/// # Errors
/// `tokens.no_subscription`; `tokens.frozen` while a payment for the subscription is disputed.
pub async fn token_account(tx: &mut Tx, customer: Uuid, now: DateTime<Utc>) -> Result<Uuid> {
    let open = |live: &SubscriptionRecord| live.has_benefits && live.benefits_until.is_none_or(|end| now < end);
    let live = store::find_live(tx, customer).await?.filter(open).ok_or(Code::NoSubscription)?;
    if live.disputed { Err(Code::TokensFrozen.into()) } else { Ok(live.id) }
}

/// Days of trial for this customer: a trial is for who never subscribed before.
///
/// # Errors
/// When the database does not answer.
pub async fn trial_days(tx: &mut Tx, customer: Uuid, plan: &PlanRecord) -> Result<i64> {
    let before = store::list_of_customer(tx, customer, None, 1).await?;
    Ok(if before.is_empty() { plan.trial_days } else { 0 })
}

/// Whether Stripe still has something we noted: it has not after the key was changed to another account or mode.
async fn is_there(state: &State, request: &impl StripeRequest) -> Result<bool> {
    #[derive(Deserialize)]
    struct Found {
        #[serde(default)]
        deleted: bool,
    }
    match state.stripe()?.get::<Found>(request).await {
        Ok(found) => Ok(!found.deleted),
        Err(error) if error.is_missing() => Ok(false),
        // The key may not look: what is wrong shows when it is used.
        Err(StripeError::Refused(_)) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// The one customer at Stripe, made when there is none yet, or none any more.
///
/// # Errors
/// `payments.unavailable`, `payments.refused`.
pub async fn stripe_customer(state: &State, customer: Uuid) -> Result<String> {
    let mut key = format!("customer:{customer}");
    if let Some(known) = store::find_stripe_customer(&state.db, customer).await? {
        if is_there(state, &RetrieveCustomer::new(known.as_str())).await? {
            return Ok(known);
        }
        let mut tx = state.db.begin().await?;
        store::delete_stripe_customer(&mut tx, customer, &known).await?;
        tx.commit().await?;
        key = format!("{key}:after:{known}");
    }
    let account = accounts::service::find_customer(&state.db, customer).await?.ok_or(Code::NotFound)?;
    let metadata = [("customer_id".to_owned(), customer.to_string())];
    let request = CreateCustomer::new()
        .email(account.email)
        .name(account.name)
        .metadata(std::collections::HashMap::from(metadata));
    let stripe = state.stripe()?;
    let made: Reference = match stripe.send(&request, &key).await {
        // Stripe would repeat this answer to the same key for a day. One customer too many at Stripe does no harm.
        Err(StripeError::Broken(_)) => stripe.send(&request, &format!("{key}:{}", Uuid::now_v7())).await?,
        answer => answer?,
    };
    let mut tx = state.db.begin().await?;
    store::insert_stripe_customer(&mut tx, customer, &made.id).await?;
    let known = store::find_stripe_customer(&mut tx, customer).await?;
    tx.commit().await?;
    known.ok_or_else(|| Error::internal(anyhow::anyhow!("the customer {} at Stripe belongs to another", made.id)))
}

/// The job: tells Stripe a customer's present name and address, to which it sends receipts; nothing when it does not know them.
///
/// # Errors
/// When Stripe or the database does not answer: the job comes back.
pub async fn follow_account(state: &State, job: &Job) -> Result<()> {
    let customer: Uuid = job.payload()?;
    let account =
        accounts::service::find_customer(&state.db, customer).await?.filter(|found| found.deleted_at.is_none());
    if let Some(account) = account
        && let Some(known) = store::find_stripe_customer(&state.db, customer).await?
    {
        let request = UpdateCustomer::new(known).email(account.email).name(account.name);
        // A key for each try: changed back within a day, the first answer would be repeated and nothing done.
        match state.stripe()?.send::<Reference>(&request, &format!("customer:{}:{}", job.id, job.attempts)).await {
            Err(error) if !error.is_missing() => return Err(error.into()),
            _ => {}
        }
    }
    let mut tx = state.db.begin().await?;
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Stripe's price for who subscribes to a plan now, made when there is none yet, or none any more.
///
/// # Errors
/// `payments.unavailable`, `payments.refused`.
pub async fn stripe_price(state: &State, plan: &PlanRecord) -> Result<String> {
    let mut plan = plan.clone();
    if let Some(known) = &plan.stripe_price_id {
        if is_there(state, &RetrievePrice::new(known.as_str())).await? {
            return Ok(known.clone());
        }
        plan = forget_price(state, &plan).await?;
    }
    let Ok(currency) = plan.currency.parse::<stripe_types::Currency>();
    let interval = match plan.every.as_str() {
        "year" => CreatePriceRecurringInterval::Year,
        _ => CreatePriceRecurringInterval::Month,
    };
    let metadata = std::collections::HashMap::from([("plan_id".to_owned(), plan.id.to_string())]);
    let request = CreatePrice::new(currency)
        .unit_amount(plan.price_amount)
        .recurring(CreatePriceRecurring::new(interval))
        .product_data(CreatePriceProductData {
            metadata: Some(metadata.clone()),
            ..CreatePriceProductData::new(plan.name.clone())
        })
        .metadata(metadata);
    let key = format!("plan:{}:{}", plan.id, plan.price_version);
    let made: Reference = match state.stripe()?.send(&request, &key).await {
        Err(error @ StripeError::Broken(_)) => {
            // Stripe would repeat this answer to the same key for a day: who tries next has another.
            forget_price(state, &plan).await?;
            return Err(error.into());
        }
        answer => answer?,
    };
    let mut tx = state.db.begin().await?;
    store::insert_price(&mut tx, &plan, &made.id).await?;
    tx.commit().await?;
    Ok(made.id)
}

/// The plan, with a price yet to be made.
async fn forget_price(state: &State, plan: &PlanRecord) -> Result<PlanRecord> {
    let mut tx = state.db.begin().await?;
    tx.lock(&format!("plan:{}", plan.id)).await?;
    store::delete_price(&mut tx, plan).await?;
    let now = store::find_plan(&mut tx, plan.id).await?.ok_or(Code::NotFound)?;
    tx.commit().await?;
    Ok(now)
}

/// Stripe's page for a customer's cards and invoices, good for a few minutes.
///
/// # Errors
/// `request.not_found` for who never subscribed, `payments.unavailable`, `payments.refused`.
pub async fn billing_portal(state: &State, customer: Uuid) -> Result<String> {
    #[derive(Deserialize)]
    struct Portal {
        url: String,
    }
    let stripe = state.stripe()?;
    let known = store::find_stripe_customer(&state.db, customer).await?.ok_or(Code::NotFound)?;
    let request = CreateBillingPortalSession::new().customer(known).return_url(state.config.public("/account/plan"));
    // A page of its own each time: it is no effect that could happen twice.
    let portal: Portal = stripe.send(&request, &format!("portal:{}", Uuid::now_v7())).await?;
    Ok(portal.url)
}
