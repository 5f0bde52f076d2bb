//! SQL of disputes about payments for plans.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql, sql_for};

/// A row of `subscription_disputes`.
#[derive(Clone, Debug, FromRow)]
pub struct DisputeRecord {
    /// `dp_…`
    pub stripe_dispute_id: String,
    /// About a payment for which subscription.
    pub subscription_id: Uuid,
    /// The payment, `pi_…`.
    pub stripe_payment_intent_id: String,
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

/// Writes what Stripe says of a dispute.
pub async fn upsert_dispute(tx: &mut Tx, dispute: &DisputeRecord) -> Result<u64> {
    sql(
        tx,
        "insert into subscription_disputes (stripe_dispute_id, subscription_id, stripe_payment_intent_id, amount, status,
                                            reason, evidence_due_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (stripe_dispute_id) do update set status = excluded.status, amount = excluded.amount,
             reason = excluded.reason, evidence_due_by = excluded.evidence_due_by",
    )
    .bind(dispute.stripe_dispute_id.clone())
    .bind(dispute.subscription_id)
    .bind(dispute.stripe_payment_intent_id.clone())
    .bind(dispute.amount)
    .bind(dispute.status.clone())
    .bind(dispute.reason.clone())
    .bind(dispute.evidence_due_by)
    .bind(dispute.created_at)
    .exec()
    .await
}

macro_rules! disputes_of {
    ($list:literal) => {
        concat!(
            "select stripe_dispute_id, subscription_id, stripe_payment_intent_id, amount, status, reason, evidence_due_by,
                    created_at from subscription_disputes where subscription_id in (",
            $list,
            ") order by created_at"
        )
    };
}

/// The disputes of several subscriptions, oldest first.
pub async fn list_disputes(cx: impl Into<Cx<'_>>, subscriptions: &[Uuid]) -> Result<Vec<DisputeRecord>> {
    // The databases have different functions for "one of these".
    sql_for(
        cx,
        disputes_of!("select unhex(value) from json_each($1)"),
        disputes_of!("select cast(value as uuid) from jsonb_array_elements_text($1) as t (value)"),
    )
    .bind(Json(subscriptions.iter().map(|id| id.simple().to_string()).collect::<Vec<_>>()))
    .all()
    .await
}

/// Sets whether a subscription's payments are disputed.
pub async fn update_disputed(tx: &mut Tx, subscription: Uuid, disputed: bool) -> Result<u64> {
    sql(tx, "update subscriptions set disputed = $2 where id = $1").bind(subscription).bind(disputed).exec().await
}
