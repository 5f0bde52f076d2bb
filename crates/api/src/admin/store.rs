//! SQL of the owner's desk: sums and lists over several slices' tables, read only.

mod audit;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    db::{Cx, Db, Result, sql, sql_for},
    jobs::MAX_ATTEMPTS,
};

pub use audit::list_contradictions;

/// A customer's sums.
#[derive(Clone, Debug, FromRow)]
pub struct CustomerSums {
    /// The account.
    pub id: Uuid,
    /// Paid orders.
    pub orders: i64,
    /// Minor units paid, less what went back.
    pub spent: i64,
    /// When they last signed in or refreshed.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// Customers, newest first. `words` is part of name or e-mail, in lower case.
pub async fn list_customers(
    cx: impl Into<Cx<'_>>,
    words: Option<&str>,
    only: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<CustomerSums>> {
    sql(
        cx,
        "select customer.id as id,
                (select count(*) from orders where customer_id = customer.id and payment = 'paid') as orders,
                (select cast(coalesce(sum(total_amount - refunded_amount), 0) as bigint) from orders
                 where customer_id = customer.id and payment = 'paid') as spent,
                customer.last_seen_at as last_seen_at
         from customers customer
         where customer.deleted_at is null and ($1 is null or lower(customer.email) like '%' || $1 || '%'
               or lower(customer.name) like '%' || $1 || '%')
           and ($2 is null or customer.id = $2) and ($3 is null or customer.id < $3)
         order by customer.id desc limit $4",
    )
    .bind(words.map(str::to_owned))
    .bind(only)
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Income, paid orders and new accounts from `from` to `to`.
pub async fn sums(db: &Db, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<(i64, i64, i64)> {
    sql(
        db,
        "select (select cast(coalesce(sum(total_amount - refunded_amount), 0) as bigint) from orders
                 where payment = 'paid' and paid_at >= $1 and paid_at < $2),
                (select count(*) from orders where payment = 'paid' and paid_at >= $1 and paid_at < $2),
                (select count(*) from customers where created_at >= $1 and created_at < $2 and role = 'customer')",
    )
    .bind(from)
    .bind(to)
    .one()
    .await
}

/// Income per day (UTC) since `from`; days without any are absent.
pub async fn daily(db: &Db, from: DateTime<Utc>) -> Result<Vec<(NaiveDate, i64)>> {
    // The day of an instant is text in SQLite, a date in PostgreSQL.
    sql_for(
        db,
        "select substr(paid_at, 1, 10), cast(sum(total_amount - refunded_amount) as bigint) from orders
         where payment = 'paid' and paid_at >= $1 group by 1 order by 1",
        "select cast(paid_at at time zone 'UTC' as date), cast(sum(total_amount - refunded_amount) as bigint) from orders
         where payment = 'paid' and paid_at >= $1 group by 1 order by 1",
    )
    .bind(from)
    .all()
    .await
}

/// How many of each wait for the owner.
#[derive(FromRow)]
pub struct Worries {
    /// Flagged orders.
    pub needs_review: i64,
    /// Orders in dispute.
    pub disputed_orders: i64,
    /// Subscriptions with a payment in dispute; those that lost it are over.
    pub disputed_subscriptions: i64,
    /// Failed events.
    pub failed_events: i64,
    /// Failed mails.
    pub failed_mails: i64,
}

/// What waits for the owner.
pub async fn worries(db: &Db) -> Result<Worries> {
    sql(
        db,
        "select (select count(*) from orders where status = 'needs_review') as needs_review,
                (select count(*) from orders where status = 'disputed') as disputed_orders,
                (select count(*) from subscriptions where disputed and status not in ('canceled', 'incomplete_expired'))
                    as disputed_subscriptions,
                (select count(*) from webhook_events where status = 'failed') as failed_events,
                (select count(*) from mails where status = 'failed') as failed_mails",
    )
    .one()
    .await
}

/// How many jobs failed until something must be wrong, what one of them failed of, and since when the oldest waits that should
/// have run.
pub async fn jobs(db: &Db, now: DateTime<Utc>) -> Result<(i64, Option<String>, Option<DateTime<Utc>>)> {
    sql(
        db,
        "select count(*), min(kind || ': ' || coalesce(last_error, '')),
                (select min(run_at) from jobs where failed_at is null and run_at < $1)
         from jobs where attempts >= $2",
    )
    .bind(now)
    .bind(MAX_ATTEMPTS)
    .one()
    .await
}
