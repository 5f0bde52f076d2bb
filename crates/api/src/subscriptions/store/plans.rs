//! SQL of plans.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql, sql_for};

/// A row of `plans`.
#[derive(Clone, Debug, FromRow)]
pub struct PlanRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// In addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// In a few sentences.
    pub description: String,
    /// Minor units.
    pub price_amount: i64,
    /// ISO 4217, lower case.
    pub currency: String,
    /// `month` or `year`.
    pub every: String,
    /// Days before the first payment.
    pub trial_days: i64,
    /// Tokens that come with each period.
    pub tokens_per_period: i64,
    /// At most so many are carried over.
    pub rollover_cap: i64,
    /// Whether it opens every download.
    pub all_downloads: bool,
    /// In words.
    pub benefits: Json<Vec<String>>,
    /// `draft`, `published` or `archived`.
    pub status: String,
    /// Stripe's price, once it is made.
    pub stripe_price_id: Option<String>,
    /// Counts prices.
    pub price_version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The columns of a [`PlanRecord`].
macro_rules! plan_columns {
    () => {
        "id, slug, name, description, price_amount, currency, every, trial_days, tokens_per_period, rollover_cap, \
         all_downloads, benefits, status, stripe_price_id, price_version, created_at"
    };
}

macro_rules! select_plans {
    ($rest:literal) => {
        concat!("select ", plan_columns!(), " from plans ", $rest)
    };
}

/// Writes a plan.
pub async fn insert_plan(tx: &mut Tx, plan: &PlanRecord) -> Result<u64> {
    sql(
        tx,
        "insert into plans (id, slug, name, description, price_amount, currency, every, trial_days, tokens_per_period,
                            rollover_cap, all_downloads, benefits, status, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
    )
    .bind(plan.id)
    .bind(plan.slug.clone())
    .bind(plan.name.clone())
    .bind(plan.description.clone())
    .bind(plan.price_amount)
    .bind(plan.currency.clone())
    .bind(plan.every.clone())
    .bind(plan.trial_days)
    .bind(plan.tokens_per_period)
    .bind(plan.rollover_cap)
    .bind(plan.all_downloads)
    .bind(plan.benefits.clone())
    .bind(plan.status.clone())
    .bind(plan.created_at)
    .exec()
    .await
}

/// Writes what can be changed of a plan.
pub async fn update_plan(tx: &mut Tx, plan: &PlanRecord, now: DateTime<Utc>) -> Result<u64> {
    sql(
        tx,
        "update plans set name = $2, description = $3, price_amount = $4, trial_days = $5, tokens_per_period = $6,
                          rollover_cap = $7, all_downloads = $8, benefits = $9, status = $10, stripe_price_id = $11,
                          price_version = $12, updated_at = $13
         where id = $1",
    )
    .bind(plan.id)
    .bind(plan.name.clone())
    .bind(plan.description.clone())
    .bind(plan.price_amount)
    .bind(plan.trial_days)
    .bind(plan.tokens_per_period)
    .bind(plan.rollover_cap)
    .bind(plan.all_downloads)
    .bind(plan.benefits.clone())
    .bind(plan.status.clone())
    .bind(plan.stripe_price_id.clone())
    .bind(plan.price_version)
    .bind(now)
    .exec()
    .await
}

/// A plan by its id.
pub async fn find_plan(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<PlanRecord>> {
    sql(cx, select_plans!("where id = $1")).bind(id).opt().await
}

/// Whether a plan has this address.
pub async fn has_slug(cx: impl Into<Cx<'_>>, slug: &str) -> Result<bool> {
    let found: Option<(Uuid,)> = sql(cx, "select id from plans where slug = $1").bind(slug.to_owned()).opt().await?;
    Ok(found.is_some())
}

/// All plans, or those in one state; the cheapest first.
pub async fn list_plans(cx: impl Into<Cx<'_>>, status: Option<&str>) -> Result<Vec<PlanRecord>> {
    sql(cx, select_plans!("where ($1 is null or status = $1) order by every, price_amount, id"))
        .bind(status.map(str::to_owned))
        .all()
        .await
}

/// Which products plans include by name: plan and product.
pub async fn list_plan_products(cx: impl Into<Cx<'_>>) -> Result<Vec<(Uuid, Uuid)>> {
    sql(cx, "select plan_id, product_id from plan_products order by plan_id, product_id").all().await
}

/// Sets which products a plan includes by name.
pub async fn replace_plan_products(tx: &mut Tx, plan: Uuid, products: &[Uuid]) -> Result<()> {
    sql(&mut *tx, "delete from plan_products where plan_id = $1").bind(plan).exec().await?;
    for product in products {
        sql(&mut *tx, "insert into plan_products (plan_id, product_id) values ($1, $2) on conflict do nothing")
            .bind(plan)
            .bind(*product)
            .exec()
            .await?;
    }
    Ok(())
}

/// Whether a plan can include this product.
pub async fn is_includable(cx: impl Into<Cx<'_>>, product: Uuid) -> Result<bool> {
    let found: Option<(Uuid,)> =
        sql(cx, "select id from includable_products where id = $1").bind(product).opt().await?;
    Ok(found.is_some())
}

/// How many are subscribed to each plan.
pub async fn count_subscribers(cx: impl Into<Cx<'_>>) -> Result<Vec<(Uuid, i64)>> {
    sql(
        cx,
        "select plan_id, cast(count(*) as bigint) from subscriptions
         where status not in ('canceled', 'incomplete_expired', 'incomplete') group by plan_id",
    )
    .all()
    .await
}

/// Notes Stripe's price of a plan, unless the plan has another version by now.
pub async fn insert_price(tx: &mut Tx, plan: &PlanRecord, price: &str) -> Result<()> {
    sql(
        &mut *tx,
        "insert into plan_prices (stripe_price_id, plan_id, amount, currency, every) values ($1, $2, $3, $4, $5)
         on conflict (stripe_price_id) do nothing",
    )
    .bind(price.to_owned())
    .bind(plan.id)
    .bind(plan.price_amount)
    .bind(plan.currency.clone())
    .bind(plan.every.clone())
    .exec()
    .await?;
    sql(tx, "update plans set stripe_price_id = $2 where id = $1 and price_version = $3")
        .bind(plan.id)
        .bind(price.to_owned())
        .bind(plan.price_version)
        .exec()
        .await?;
    Ok(())
}

/// Forgets Stripe's price of a plan, unless the plan has another version by now; the next one is another version. Who pays
/// on the old one goes on.
pub async fn delete_price(tx: &mut Tx, plan: &PlanRecord) -> Result<u64> {
    sql(
        tx,
        "update plans set stripe_price_id = null, price_version = price_version + 1 where id = $1 and price_version = $2",
    )
    .bind(plan.id)
    .bind(plan.price_version)
    .exec()
    .await
}

/// The plans of prices at Stripe, by price; those of no plan are absent.
pub async fn list_plans_of_prices(
    cx: impl Into<Cx<'_>>,
    prices: &HashSet<&str>,
) -> Result<HashMap<String, PlanRecord>> {
    #[derive(FromRow)]
    struct Priced {
        price: String,
        #[sqlx(flatten)]
        plan: PlanRecord,
    }
    macro_rules! priced {
        ($list:literal) => {
            concat!(
                "select price, ",
                plan_columns!(),
                " from (select stripe_price_id as price, plan_id from plan_prices where stripe_price_id in (",
                $list,
                ")) as priced join plans on id = plan_id"
            )
        };
    }
    // The databases have different functions for "one of these".
    let found: Vec<Priced> = sql_for(
        cx,
        priced!("select value from json_each($1)"),
        priced!("select value from jsonb_array_elements_text($1) as t (value)"),
    )
    .bind(Json(prices.iter().map(|price| (*price).to_owned()).collect::<Vec<_>>()))
    .all()
    .await?;
    Ok(found.into_iter().map(|found| (found.price, found.plan)).collect())
}
