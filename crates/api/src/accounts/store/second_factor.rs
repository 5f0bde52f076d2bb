//! SQL of second factors and their recovery codes.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// An account's authenticator app.
#[derive(Clone, Debug, FromRow)]
pub struct SecondFactorRecord {
    /// What codes are computed from, sealed.
    pub secret: String,
    /// When it was handed out.
    pub created_at: DateTime<Utc>,
    /// When a first code came; `None` while it is being set up.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// The customer's second factor, confirmed or not.
pub async fn find_second_factor<'c>(cx: impl Into<Cx<'c>>, customer: Uuid) -> Result<Option<SecondFactorRecord>> {
    sql(cx, "select secret, created_at, confirmed_at from second_factors where customer_id = $1")
        .bind(customer)
        .opt()
        .await
}

/// Keeps a secret that waits to be confirmed, in the place of an earlier one; false when one is confirmed already.
pub async fn upsert_second_factor(tx: &mut Tx, customer: Uuid, secret: String, now: DateTime<Utc>) -> Result<bool> {
    sql(
        tx,
        "insert into second_factors (customer_id, secret, created_at, last_step) values ($1, $2, $3, 0)
         on conflict (customer_id) do update set secret = excluded.secret, created_at = excluded.created_at
         where second_factors.confirmed_at is null",
    )
    .bind(customer)
    .bind(secret)
    .bind(now)
    .exec()
    .await
    .map(|written| written == 1)
}

/// Confirms the secret that waits, by the code of `step`; false when it was confirmed or replaced meanwhile.
pub async fn update_confirmed(
    tx: &mut Tx,
    customer: Uuid,
    waiting: &SecondFactorRecord,
    step: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    sql(
        tx,
        "update second_factors set confirmed_at = $3, last_step = $4
         where customer_id = $1 and secret = $2 and confirmed_at is null",
    )
    .bind(customer)
    .bind(waiting.secret.clone())
    .bind(now)
    .bind(step)
    .exec()
    .await
    .map(|updated| updated == 1)
}

/// Uses up the code of `step` and keeps the secret as sealed anew; false when a code of this or a later step was used.
pub async fn use_step(tx: &mut Tx, customer: Uuid, step: i64, sealed: String) -> Result<bool> {
    sql(tx, "update second_factors set last_step = $2, secret = $3 where customer_id = $1 and last_step < $2")
        .bind(customer)
        .bind(step)
        .bind(sealed)
        .exec()
        .await
        .map(|updated| updated == 1)
}

/// Takes the second factor and its recovery codes away; false when there was none.
pub async fn delete_second_factor(tx: &mut Tx, customer: Uuid) -> Result<bool> {
    sql(tx, "delete from second_factors where customer_id = $1").bind(customer).exec().await.map(|deleted| deleted == 1)
}

/// Keeps a recovery code by its hash.
pub async fn insert_recovery_code(tx: &mut Tx, customer: Uuid, hash: String) -> Result<()> {
    sql(tx, "insert into recovery_codes (customer_id, hash) values ($1, $2)")
        .bind(customer)
        .bind(hash)
        .exec()
        .await
        .map(drop)
}

/// Uses up a recovery code; false when there is none of this hash.
pub async fn delete_recovery_code(tx: &mut Tx, customer: Uuid, hash: &str) -> Result<bool> {
    sql(tx, "delete from recovery_codes where customer_id = $1 and hash = $2")
        .bind(customer)
        .bind(hash.to_owned())
        .exec()
        .await
        .map(|deleted| deleted == 1)
}

/// Voids all recovery codes of a customer.
pub async fn delete_recovery_codes(tx: &mut Tx, customer: Uuid) -> Result<()> {
    sql(tx, "delete from recovery_codes where customer_id = $1").bind(customer).exec().await.map(drop)
}

/// How many recovery codes have not been used.
pub async fn count_recovery_codes<'c>(cx: impl Into<Cx<'c>>, customer: Uuid) -> Result<i64> {
    let (count,): (i64,) =
        sql(cx, "select count(*) from recovery_codes where customer_id = $1").bind(customer).one().await?;
    Ok(count)
}

/// The addresses of admins whose password is their only guard.
pub async fn list_admins_without_second_factor<'c>(cx: impl Into<Cx<'c>>) -> Result<Vec<String>> {
    let emails: Vec<(String,)> = sql(
        cx,
        "select email from customers where role = 'admin' and deleted_at is null and not exists (
             select 1 from second_factors factor where factor.customer_id = customers.id
             and factor.confirmed_at is not null) order by id",
    )
    .all()
    .await?;
    Ok(emails.into_iter().map(|(email,)| email).collect())
}
