//! SQL of the inbox and of comparing.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Db, Result, Tx, sql};

/// A row of `webhook_events`.
#[derive(Clone, Debug, FromRow)]
pub struct EventRecord {
    /// UUIDv7, ours.
    pub id: Uuid,
    /// `evt_…`
    pub stripe_event_id: String,
    /// Such as `checkout.session.completed`.
    pub kind: String,
    /// The layout of the body.
    pub api_version: Option<String>,
    /// As it was signed.
    pub payload: String,
    /// `received`, `processed`, `ignored` or `failed`.
    pub status: String,
    /// What was done, or why nothing was.
    pub note: Option<String>,
    /// How often handling was tried.
    pub attempts: i64,
    /// When Stripe made it.
    pub created_at: DateTime<Utc>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// When it was handled.
    pub processed_at: Option<DateTime<Utc>>,
}

/// Writes an event unless it is known; whether it was new.
pub async fn insert_event(tx: &mut Tx, event: &EventRecord) -> Result<bool> {
    let inserted = sql(
        tx,
        "insert into webhook_events (id, stripe_event_id, kind, api_version, payload, status, note, created_at, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (stripe_event_id) do nothing",
    )
    .bind(event.id)
    .bind(event.stripe_event_id.clone())
    .bind(event.kind.clone())
    .bind(event.api_version.clone())
    .bind(event.payload.clone())
    .bind(event.status.clone())
    .bind(event.note.clone())
    .bind(event.created_at)
    .bind(event.received_at)
    .exec()
    .await?;
    Ok(inserted == 1)
}

/// Whether an event is in the inbox: a read, so that a repeated delivery writes nothing.
pub async fn is_known(db: &Db, stripe_event_id: &str) -> Result<bool> {
    let known: Option<(Uuid,)> = sql(db, "select id from webhook_events where stripe_event_id = $1")
        .bind(stripe_event_id.to_owned())
        .opt()
        .await?;
    Ok(known.is_some())
}

/// An event by our id.
pub async fn find_event(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<EventRecord>> {
    sql(
        cx,
        "select id, stripe_event_id, kind, api_version, payload, status, note, attempts, created_at, received_at,
                processed_at from webhook_events where id = $1",
    )
    .bind(id)
    .opt()
    .await
}

/// Events, newest first.
pub async fn list_events(
    cx: impl Into<Cx<'_>>,
    status: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<EventRecord>> {
    sql(
        cx,
        "select id, stripe_event_id, kind, api_version, '' as payload, status, note, attempts, created_at, received_at,
                processed_at from webhook_events
         where ($1 is null or status = $1) and ($2 is null or id < $2) order by id desc limit $3",
    )
    .bind(status.map(str::to_owned))
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// Notes how handling an event went.
pub async fn update_event(
    cx: impl Into<Cx<'_>>,
    id: Uuid,
    status: &str,
    note: Option<&str>,
    at: DateTime<Utc>,
) -> Result<u64> {
    sql(
        cx,
        "update webhook_events set status = $2, note = $3, processed_at = $4, attempts = attempts + 1 where id = $1",
    )
    .bind(id)
    .bind(status.to_owned())
    .bind(note.map(str::to_owned))
    .bind(at)
    .exec()
    .await
}

/// Notes what a comparison found, in place of the one before.
pub async fn replace_reconciliation(
    tx: &mut Tx,
    finished_at: DateTime<Utc>,
    compared: i64,
    repaired: i64,
    findings: &[(Option<Uuid>, String)],
) -> Result<()> {
    sql(
        &mut *tx,
        "insert into reconciliation (only_one, finished_at, compared, repaired) values (1, $1, $2, $3)
         on conflict (only_one) do update set finished_at = excluded.finished_at, compared = excluded.compared,
             repaired = excluded.repaired",
    )
    .bind(finished_at)
    .bind(compared)
    .bind(repaired)
    .exec()
    .await?;
    sql(&mut *tx, "delete from reconciliation_findings").exec().await?;
    for (order, detail) in findings {
        sql(&mut *tx, "insert into reconciliation_findings (id, order_id, detail, found_at) values ($1, $2, $3, $4)")
            .bind(Uuid::now_v7())
            .bind(*order)
            .bind(detail.clone())
            .bind(finished_at)
            .exec()
            .await?;
    }
    Ok(())
}

/// When the last comparison finished, how much it compared and mended.
pub async fn find_reconciliation(db: &Db) -> Result<Option<(DateTime<Utc>, i64, i64)>> {
    sql(db, "select finished_at, compared, repaired from reconciliation").opt().await
}

/// What it found: order, its number, what differs, when.
pub async fn list_findings(db: &Db) -> Result<Vec<(Option<Uuid>, Option<i64>, String, DateTime<Utc>)>> {
    sql(
        db,
        "select finding.order_id, orders.number, finding.detail, finding.found_at
         from reconciliation_findings finding left join orders on orders.id = finding.order_id order by finding.id",
    )
    .all()
    .await
}
