//! SQL of subscriptions.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// A row of `subscriptions`.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct SubscriptionRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Whose.
    pub customer_id: Uuid,
    /// To what.
    pub plan_id: Uuid,
    /// `sub_…`
    pub stripe_subscription_id: String,
    /// As [`vitrine_types::subscriptions::SubscriptionStatus`].
    pub status: String,
    /// Minor units per period.
    pub price_amount: i64,
    /// ISO 4217, lower case.
    pub currency: String,
    /// `month` or `year`.
    pub every: String,
    /// Since when the current period runs.
    pub current_period_start: DateTime<Utc>,
    /// When it ends.
    pub current_period_end: DateTime<Utc>,
    /// When the trial ends.
    pub trial_end: Option<DateTime<Utc>>,
    /// When it will end.
    pub cancel_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether what the plan includes is open.
    pub has_benefits: bool,
    /// Until when at most.
    pub benefits_until: Option<DateTime<Utc>>,
    /// The plan from the next period on.
    pub next_plan_id: Option<Uuid>,
    /// `sub_sched_…`
    pub stripe_schedule_id: Option<String>,
    /// Whether the customer has another one.
    pub surplus: bool,
    /// Whether a payment for it is disputed, or was lost.
    pub disputed: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// How often it was brought in line with Stripe's.
    pub looks: i64,
}

/// The columns of a [`SubscriptionRecord`], for `select`.
macro_rules! select_subscriptions {
    ($rest:literal) => {
        concat!(
            "select id, customer_id, plan_id, stripe_subscription_id, status, price_amount, currency, every, \
             current_period_start, current_period_end, trial_end, cancel_at, ended_at, has_benefits, benefits_until, \
             next_plan_id, stripe_schedule_id, surplus, disputed, created_at, looks from subscriptions ",
            $rest
        )
    };
}

/// How often a subscription was brought in line with Stripe's; 0 for one that is not here.
pub async fn find_looks(cx: impl Into<Cx<'_>>, stripe_id: &str) -> Result<i64> {
    let found: Option<(i64,)> = sql(cx, "select looks from subscriptions where stripe_subscription_id = $1")
        .bind(stripe_id.to_owned())
        .opt()
        .await?;
    Ok(found.map_or(0, |(looks,)| looks))
}

/// Writes a subscription as it is now, by Stripe's id, and counts its looks; whether its payments are disputed is written
/// elsewhere.
pub async fn upsert_subscription(tx: &mut Tx, row: &SubscriptionRecord, now: DateTime<Utc>) -> Result<u64> {
    sql(
        tx,
        "insert into subscriptions (id, customer_id, plan_id, stripe_subscription_id, status, price_amount, currency, every,
                                    current_period_start, current_period_end, trial_end, cancel_at, ended_at, has_benefits,
                                    benefits_until, next_plan_id, stripe_schedule_id, surplus, created_at, updated_at, looks)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)
         on conflict (stripe_subscription_id) do update set
             plan_id = excluded.plan_id, status = excluded.status, price_amount = excluded.price_amount,
             currency = excluded.currency, every = excluded.every,
             current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end,
             trial_end = excluded.trial_end, cancel_at = excluded.cancel_at, ended_at = excluded.ended_at,
             has_benefits = excluded.has_benefits, benefits_until = excluded.benefits_until,
             next_plan_id = excluded.next_plan_id, stripe_schedule_id = excluded.stripe_schedule_id,
             surplus = excluded.surplus, updated_at = excluded.updated_at, looks = subscriptions.looks + 1",
    )
    .bind(row.id)
    .bind(row.customer_id)
    .bind(row.plan_id)
    .bind(row.stripe_subscription_id.clone())
    .bind(row.status.clone())
    .bind(row.price_amount)
    .bind(row.currency.clone())
    .bind(row.every.clone())
    .bind(row.current_period_start)
    .bind(row.current_period_end)
    .bind(row.trial_end)
    .bind(row.cancel_at)
    .bind(row.ended_at)
    .bind(row.has_benefits)
    .bind(row.benefits_until)
    .bind(row.next_plan_id)
    .bind(row.stripe_schedule_id.clone())
    .bind(row.surplus)
    .bind(row.created_at)
    .bind(now)
    .exec()
    .await
}

/// A subscription by its id.
pub async fn find_subscription(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<SubscriptionRecord>> {
    sql(cx, select_subscriptions!("where id = $1")).bind(id).opt().await
}

/// A subscription by Stripe's id.
pub async fn find_by_stripe_id(cx: impl Into<Cx<'_>>, id: &str) -> Result<Option<SubscriptionRecord>> {
    sql(cx, select_subscriptions!("where stripe_subscription_id = $1")).bind(id.to_owned()).opt().await
}

/// The subscription of a customer that is not over.
pub async fn find_live(cx: impl Into<Cx<'_>>, customer: Uuid) -> Result<Option<SubscriptionRecord>> {
    sql(
        cx,
        select_subscriptions!(
            "where customer_id = $1 and not surplus and status not in ('canceled', 'incomplete_expired')"
        ),
    )
    .bind(customer)
    .opt()
    .await
}

/// A customer's subscriptions that are not over: one, unless something went wrong.
pub async fn list_not_over(cx: impl Into<Cx<'_>>, customer: Uuid) -> Result<Vec<SubscriptionRecord>> {
    sql(cx, select_subscriptions!("where customer_id = $1 and status not in ('canceled', 'incomplete_expired')"))
        .bind(customer)
        .all()
        .await
}

/// A customer's subscriptions, newest first, those after `before`.
pub async fn list_of_customer(
    cx: impl Into<Cx<'_>>,
    customer: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SubscriptionRecord>> {
    sql(cx, select_subscriptions!("where customer_id = $1 and ($2 is null or id < $2) order by id desc limit $3"))
        .bind(customer)
        .bind(before)
        .bind(limit)
        .all()
        .await
}

/// Which subscriptions the owner wants to see.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Only in this state.
    pub status: Option<&'a str>,
    /// Part of the plan's or customer's name or of the e-mail, lower case.
    pub words: Option<&'a str>,
    /// Only those with a disputed payment, or only those without.
    pub disputed: Option<bool>,
    /// Only to this plan.
    pub plan: Option<Uuid>,
    /// Only of this customer.
    pub customer: Option<Uuid>,
}

/// Everybody's subscriptions, newest first, those after `before`.
pub async fn list_all(
    cx: impl Into<Cx<'_>>,
    wanted: Wanted<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SubscriptionRecord>> {
    sql(
        cx,
        select_subscriptions!(
            "where ($1 is null or status = $1) and ($2 is null or plan_id = $2) and ($3 is null or customer_id = $3)
             and ($4 is null or customer_id in (
                     select id from customers where lower(email) like '%' || $4 || '%' or lower(name) like '%' || $4 || '%')
                 or plan_id in (select id from plans where lower(name) like '%' || $4 || '%'))
             and ($5 is null or disputed = $5) and ($6 is null or id < $6) order by id desc limit $7"
        ),
    )
    .bind(wanted.status.map(str::to_owned))
    .bind(wanted.plan)
    .bind(wanted.customer)
    .bind(wanted.words.map(str::to_owned))
    .bind(wanted.disputed)
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Those that should have been renewed or ended before `before`, and of which nothing was heard.
pub async fn list_stale(cx: impl Into<Cx<'_>>, before: DateTime<Utc>) -> Result<Vec<SubscriptionRecord>> {
    sql(
        cx,
        select_subscriptions!(
            "where status in ('trialing', 'active', 'past_due', 'incomplete') and current_period_end < $1
             order by current_period_end limit 1000"
        ),
    )
    .bind(before)
    .all()
    .await
}

/// The invoices of a subscription whose tokens are given, each with the beginning of its period.
pub async fn list_granted(tx: &mut Tx, subscription: Uuid) -> Result<HashSet<(String, DateTime<Utc>)>> {
    let granted: Vec<(String, DateTime<Utc>)> =
        sql(tx, "select stripe_invoice_id, period_start from subscription_invoices where subscription_id = $1")
            .bind(subscription)
            .all()
            .await?;
    Ok(granted.into_iter().collect())
}

/// Notes that an invoice's tokens are given; whether that was the first time.
pub async fn insert_grant(
    tx: &mut Tx,
    subscription: Uuid,
    invoice: &str,
    kind: &str,
    period: (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<bool> {
    let written = sql(
        tx,
        "insert into subscription_invoices (stripe_invoice_id, subscription_id, period_start, period_end, kind, granted_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    )
    .bind(invoice.to_owned())
    .bind(subscription)
    .bind(period.0)
    .bind(period.1)
    .bind(kind.to_owned())
    .bind(now)
    .exec()
    .await?;
    Ok(written == 1)
}

/// Stripe's customer of one of ours.
pub async fn find_stripe_customer(cx: impl Into<Cx<'_>>, customer: Uuid) -> Result<Option<String>> {
    let found: Option<(String,)> =
        sql(cx, "select stripe_customer_id from stripe_customers where customer_id = $1").bind(customer).opt().await?;
    Ok(found.map(|(id,)| id))
}

/// Our customer of Stripe's.
pub async fn find_customer_of_stripe(cx: impl Into<Cx<'_>>, stripe: &str) -> Result<Option<Uuid>> {
    let found: Option<(Uuid,)> = sql(cx, "select customer_id from stripe_customers where stripe_customer_id = $1")
        .bind(stripe.to_owned())
        .opt()
        .await?;
    Ok(found.map(|(id,)| id))
}

/// Notes Stripe's customer of one of ours, the first one for good.
pub async fn insert_stripe_customer(tx: &mut Tx, customer: Uuid, stripe: &str) -> Result<u64> {
    sql(tx, "insert into stripe_customers (customer_id, stripe_customer_id) values ($1, $2) on conflict do nothing")
        .bind(customer)
        .bind(stripe.to_owned())
        .exec()
        .await
}

/// Forgets Stripe's customer of one of ours.
pub async fn delete_stripe_customer(tx: &mut Tx, customer: Uuid, stripe: &str) -> Result<u64> {
    sql(tx, "delete from stripe_customers where customer_id = $1 and stripe_customer_id = $2")
        .bind(customer)
        .bind(stripe.to_owned())
        .exec()
        .await
}

/// The key of a request to Stripe: a new one, or that of the same request as long as it was not answered.
pub async fn upsert_request(tx: &mut Tx, subscription: Uuid, request: &str, now: DateTime<Utc>) -> Result<Uuid> {
    let (key,): (Uuid,) = sql(
        tx,
        "insert into subscription_requests (id, subscription_id, request, created_at) values ($1, $2, $3, $4)
         on conflict (subscription_id, request) do update set request = excluded.request returning id",
    )
    .bind(Uuid::now_v7())
    .bind(subscription)
    .bind(request.to_owned())
    .bind(now)
    .one()
    .await?;
    Ok(key)
}

/// The request was answered: the next one like it has a key of its own.
pub async fn delete_request(tx: &mut Tx, key: Uuid) -> Result<u64> {
    sql(tx, "delete from subscription_requests where id = $1").bind(key).exec().await
}
