//! SQL of entitlements.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::tokens::BoughtTokens;

use crate::db::{Cx, Result, Tx, sql};

/// A row of `entitlements`.
#[derive(Clone, Debug, FromRow)]
pub struct EntitlementRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Whose.
    pub customer_id: Uuid,
    /// To what.
    pub product_id: Uuid,
    /// `order`, `subscription`, `free` or `gift`.
    pub source_kind: String,
    /// The order, subscription or product.
    pub source_id: Uuid,
    /// `active`, `suspended`, `revoked` or `expired`.
    pub status: String,
    /// Appointments left; `None` for what is no service.
    pub bookings_remaining: Option<i64>,
    /// The tokens that came with it.
    pub tokens: Option<Json<BoughtTokens>>,
    /// Since when.
    pub granted_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What a new row says.
pub struct NewEntitlement<'a> {
    /// Whose.
    pub customer_id: Uuid,
    /// To what.
    pub product_id: Uuid,
    /// The business fact.
    pub fact: &'a str,
    /// `order`, `subscription`, `free` or `gift`.
    pub source_kind: &'a str,
    /// The order, subscription or product.
    pub source_id: Uuid,
    /// Appointments it is good for.
    pub bookings: Option<i64>,
    /// The tokens that come with it.
    pub tokens: Option<BoughtTokens>,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Writes a row unless its fact has one.
pub async fn insert_entitlement(tx: &mut Tx, new: &NewEntitlement<'_>, now: DateTime<Utc>) -> Result<Option<Uuid>> {
    let id: Option<(Uuid,)> = sql(
        tx,
        "insert into entitlements (id, customer_id, product_id, fact, source_kind, source_id, source_status, status,
                                   bookings_remaining, granted_at, expires_at, tokens)
         values ($1, $2, $3, $4, $5, $6, 'active', 'active', $7, $8, $9, $10)
         on conflict (fact) do nothing returning id",
    )
    .bind(Uuid::now_v7())
    .bind(new.customer_id)
    .bind(new.product_id)
    .bind(new.fact.to_owned())
    .bind(new.source_kind.to_owned())
    .bind(new.source_id)
    .bind(new.bookings)
    .bind(now)
    .bind(new.expires_at)
    .bind(new.tokens.map(Json))
    .opt()
    .await?;
    Ok(id.map(|(id,)| id))
}

/// The columns of an [`EntitlementRecord`], for `select`.
macro_rules! select_entitlements {
    ($rest:literal) => {
        concat!(
            "select id, customer_id, product_id, source_kind, source_id, status, bookings_remaining, tokens, granted_at, \
             expires_at from entitlements ",
            $rest
        )
    };
}

/// The row of a fact.
pub async fn find_by_fact(cx: impl Into<Cx<'_>>, fact: &str) -> Result<Option<EntitlementRecord>> {
    sql(cx, select_entitlements!("where fact = $1")).bind(fact.to_owned()).opt().await
}

/// A row by its id.
pub async fn find_entitlement(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<EntitlementRecord>> {
    sql(cx, select_entitlements!("where id = $1")).bind(id).opt().await
}

/// A customer's rows, newest first, those after `before`.
pub async fn list_of_customer(
    cx: impl Into<Cx<'_>>,
    customer: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<EntitlementRecord>> {
    sql(cx, select_entitlements!("where customer_id = $1 and ($2 is null or id < $2) order by id desc limit $3"))
        .bind(customer)
        .bind(before)
        .bind(limit)
        .all()
        .await
}

/// Sets what the source says; the owner's own decision stays.
pub async fn update_source_status(tx: &mut Tx, fact: &str, status: &str) -> Result<u64> {
    sql(
        tx,
        "update entitlements set source_status = $2, status = case when taken_at is null then $2 else 'revoked' end
         where fact = $1 and source_status <> $2",
    )
    .bind(fact.to_owned())
    .bind(status.to_owned())
    .exec()
    .await
}

/// A product that a subscription includes.
#[derive(Clone, Debug, FromRow)]
pub struct IncludedRecord {
    /// By which.
    pub subscription_id: Uuid,
    /// Whose.
    pub customer_id: Uuid,
    /// What.
    pub product_id: Uuid,
    /// Until when at most.
    pub ends_at: Option<DateTime<Utc>>,
}

/// What a subscription (or any) includes and has no row yet.
pub async fn list_missing_of_subscriptions(
    cx: impl Into<Cx<'_>>,
    subscription: Option<Uuid>,
) -> Result<Vec<IncludedRecord>> {
    sql(
        cx,
        "select i.subscription_id, i.customer_id, i.product_id, i.ends_at from included_products i
         where ($1 is null or i.subscription_id = $1) and not exists (
             select 1 from entitlements e where e.source_id = i.subscription_id and e.product_id = i.product_id
             and e.source_kind = 'subscription')
         order by i.subscription_id, i.product_id",
    )
    .bind(subscription)
    .all()
    .await
}

/// Sets what the subscriptions (one, or all) say; the owner's own decisions stay.
pub async fn update_of_subscriptions(tx: &mut Tx, subscription: Option<Uuid>) -> Result<()> {
    sql(
        &mut *tx,
        "update entitlements set source_status = 'active',
             status = case when taken_at is null then 'active' else 'revoked' end,
             expires_at = (select i.ends_at from included_products i
                           where i.subscription_id = source_id and i.product_id = entitlements.product_id)
         where source_kind = 'subscription' and ($1 is null or source_id = $1) and exists (
             select 1 from included_products i
             where i.subscription_id = source_id and i.product_id = entitlements.product_id
             and (source_status <> 'active' or expires_at is distinct from i.ends_at))",
    )
    .bind(subscription)
    .exec()
    .await?;
    sql(
        tx,
        "update entitlements set source_status = 'expired',
             status = case when taken_at is null then 'expired' else 'revoked' end
         where source_kind = 'subscription' and ($1 is null or source_id = $1) and source_status <> 'expired'
         and not exists (
             select 1 from included_products i
             where i.subscription_id = source_id and i.product_id = entitlements.product_id)",
    )
    .bind(subscription)
    .exec()
    .await?;
    Ok(())
}

/// Takes it away from its owner, or gives it back (`None`).
pub async fn update_taken(tx: &mut Tx, id: Uuid, taken_at: Option<DateTime<Utc>>) -> Result<u64> {
    sql(
        tx,
        "update entitlements set taken_at = $2, status = case when $2 is null then source_status else 'revoked' end
         where id = $1",
    )
    .bind(id)
    .bind(taken_at)
    .exec()
    .await
}

/// Uses one appointment up, if it is for this product, one is left and the right is good; whether it was.
pub async fn update_spend_booking(
    tx: &mut Tx,
    id: Uuid,
    customer: Uuid,
    product: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    let spent = sql(
        tx,
        "update entitlements set bookings_remaining = bookings_remaining - 1
         where id = $1 and customer_id = $2 and product_id = $4 and status = 'active'
         and (expires_at is null or expires_at > $3) and bookings_remaining > 0",
    )
    .bind(id)
    .bind(customer)
    .bind(now)
    .bind(product)
    .exec()
    .await?;
    Ok(spent == 1)
}

/// Gives one appointment back.
pub async fn update_return_booking(tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql(tx, "update entitlements set bookings_remaining = bookings_remaining + 1 where id = $1").bind(id).exec().await
}

/// Notes that a file was fetched.
pub async fn insert_download(tx: &mut Tx, entitlement: Uuid, file: Uuid, now: DateTime<Utc>) -> Result<u64> {
    sql(tx, "insert into downloads (id, entitlement_id, file_id, created_at) values ($1, $2, $3, $4)")
        .bind(Uuid::now_v7())
        .bind(entitlement)
        .bind(file)
        .bind(now)
        .exec()
        .await
}
