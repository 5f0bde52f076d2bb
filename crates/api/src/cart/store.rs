//! SQL of carts.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// A row of `cart_lines`.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct CartLineRecord {
    /// Which product.
    pub product_id: Uuid,
    /// How many, 1–100.
    pub quantity: i64,
}

/// A customer's lines, in the order they were put in.
pub async fn list_lines(cx: impl Into<Cx<'_>>, customer: Uuid) -> Result<Vec<CartLineRecord>> {
    sql(cx, "select product_id, quantity from cart_lines where customer_id = $1 order by added_at, product_id")
        .bind(customer)
        .all()
        .await
}

/// Sets how many of a product are in the cart.
pub async fn upsert_line(tx: &mut Tx, customer: Uuid, product: Uuid, quantity: i64, now: DateTime<Utc>) -> Result<u64> {
    sql(
        tx,
        "insert into cart_lines (customer_id, product_id, quantity, added_at) values ($1, $2, $3, $4)
         on conflict (customer_id, product_id) do update set quantity = excluded.quantity",
    )
    .bind(customer)
    .bind(product)
    .bind(quantity)
    .bind(now)
    .exec()
    .await
}

/// Takes a product out.
pub async fn delete_line(tx: &mut Tx, customer: Uuid, product: Uuid) -> Result<u64> {
    sql(tx, "delete from cart_lines where customer_id = $1 and product_id = $2")
        .bind(customer)
        .bind(product)
        .exec()
        .await
}

/// Empties the cart.
pub async fn delete_lines(tx: &mut Tx, customer: Uuid) -> Result<u64> {
    sql(tx, "delete from cart_lines where customer_id = $1").bind(customer).exec().await
}
