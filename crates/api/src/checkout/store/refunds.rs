//! SQL of refunds and disputes.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// A row of `refunds`.
#[derive(Clone, Debug, FromRow)]
pub struct RefundRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Of which order.
    pub order_id: Uuid,
    /// Minor units.
    pub amount: i64,
    /// `pending`, `succeeded`, `failed` or `canceled`.
    pub status: String,
    /// What the owner noted.
    pub reason: Option<String>,
    /// The payment it sends back.
    pub stripe_payment_intent_id: String,
    /// `re_…`, once Stripe knows it.
    pub stripe_refund_id: Option<String>,
    /// Counts keys used with Stripe.
    pub attempt: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A row of `disputes`.
#[derive(Clone, Debug, FromRow)]
pub struct DisputeRecord {
    /// `dp_…`
    pub stripe_dispute_id: String,
    /// Of which order.
    pub order_id: Uuid,
    /// Minor units.
    pub amount: i64,
    /// Stripe's word.
    pub status: String,
    /// Stripe's word.
    pub reason: String,
    /// Until when evidence counts.
    pub evidence_due_by: Option<DateTime<Utc>>,
    /// When we heard of it.
    pub created_at: DateTime<Utc>,
}

/// Writes a refund and the lines it is for. Nothing when Stripe's id is known already.
pub async fn insert_refund(tx: &mut Tx, refund: &RefundRecord, lines: &[Uuid]) -> Result<u64> {
    let inserted = sql(
        &mut *tx,
        "insert into refunds (id, order_id, amount, status, reason, stripe_payment_intent_id, stripe_refund_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (stripe_refund_id) do nothing",
    )
    .bind(refund.id)
    .bind(refund.order_id)
    .bind(refund.amount)
    .bind(refund.status.clone())
    .bind(refund.reason.clone())
    .bind(refund.stripe_payment_intent_id.clone())
    .bind(refund.stripe_refund_id.clone())
    .bind(refund.created_at)
    .exec()
    .await?;
    for line in lines {
        sql(&mut *tx, "insert into refund_lines (refund_id, order_line_id) values ($1, $2)")
            .bind(refund.id)
            .bind(*line)
            .exec()
            .await?;
    }
    Ok(inserted)
}

/// A refund by its id.
pub async fn find_refund(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<RefundRecord>> {
    sql(
        cx,
        "select id, order_id, amount, status, reason, stripe_payment_intent_id, stripe_refund_id, attempt, created_at
         from refunds where id = $1",
    )
    .bind(id)
    .opt()
    .await
}

/// An order's refunds, oldest first.
pub async fn list_refunds(cx: impl Into<Cx<'_>>, order: Uuid) -> Result<Vec<RefundRecord>> {
    sql(
        cx,
        "select id, order_id, amount, status, reason, stripe_payment_intent_id, stripe_refund_id, attempt, created_at
         from refunds where order_id = $1 order by id",
    )
    .bind(order)
    .all()
    .await
}

/// Which lines an order's refunds are for: (refund, line).
pub async fn list_refund_lines(cx: impl Into<Cx<'_>>, order: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    sql(
        cx,
        "select refund_id, order_line_id from refund_lines where refund_id in (select id from refunds where order_id = $1)",
    )
    .bind(order)
    .all()
    .await
}

/// Sets where a refund stands, and Stripe's id for it.
pub async fn update_refund(tx: &mut Tx, id: Uuid, status: &str, stripe_refund_id: Option<&str>) -> Result<u64> {
    sql(tx, "update refunds set status = $2, stripe_refund_id = coalesce($3, stripe_refund_id) where id = $1")
        .bind(id)
        .bind(status.to_owned())
        .bind(stripe_refund_id.map(str::to_owned))
        .exec()
        .await
}

/// Starts another attempt, with another key.
pub async fn update_refund_attempt(tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql(tx, "update refunds set attempt = attempt + 1 where id = $1").bind(id).exec().await
}

/// Writes what Stripe says of a dispute.
pub async fn upsert_dispute(tx: &mut Tx, dispute: &DisputeRecord) -> Result<u64> {
    sql(
        tx,
        "insert into disputes (stripe_dispute_id, order_id, amount, status, reason, evidence_due_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (stripe_dispute_id) do update set status = excluded.status, amount = excluded.amount,
             reason = excluded.reason, evidence_due_by = excluded.evidence_due_by",
    )
    .bind(dispute.stripe_dispute_id.clone())
    .bind(dispute.order_id)
    .bind(dispute.amount)
    .bind(dispute.status.clone())
    .bind(dispute.reason.clone())
    .bind(dispute.evidence_due_by)
    .bind(dispute.created_at)
    .exec()
    .await
}

/// An order's disputes.
pub async fn list_disputes(cx: impl Into<Cx<'_>>, order: Uuid) -> Result<Vec<DisputeRecord>> {
    sql(
        cx,
        "select stripe_dispute_id, order_id, amount, status, reason, evidence_due_by, created_at
         from disputes where order_id = $1 order by created_at",
    )
    .bind(order)
    .all()
    .await
}
