//! Bookings, and holds of those that are being paid.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::calendar::Answers;

use crate::db::{self, Cx, Result, Tx, sql};

/// A row of `bookings`.
#[derive(Clone, Debug, FromRow)]
pub struct BookingRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Which service.
    pub product_id: Uuid,
    /// Whose.
    pub customer_id: Uuid,
    /// `held`, `lapsed`, `accepted`, `cancelled`, `completed` or `no_show`.
    pub status: String,
    /// Until when it is held.
    pub held_until: Option<DateTime<Utc>>,
    /// The first instant.
    pub starts_at: DateTime<Utc>,
    /// The first instant after it.
    pub ends_at: DateTime<Utc>,
    /// Where the buffer before it begins.
    pub busy_from: DateTime<Utc>,
    /// Where the buffer after it ends.
    pub busy_until: DateTime<Utc>,
    /// Its seat, counted from 1.
    pub seat: i64,
    /// How many seats the slot has.
    pub seats: i64,
    /// The customer's zone.
    pub time_zone: String,
    /// By question id.
    pub answers: Json<Answers>,
    /// Where it takes place, as it was when booked.
    pub location: String,
    /// How long before the start it can be changed, as it was when booked.
    pub cancel_until_minutes: i64,
    /// `entitlement` or `tokens`; `None` when the owner booked.
    pub paid_kind: Option<String>,
    /// The entitlement or subscription.
    pub paid_id: Option<Uuid>,
    /// How many appointments, or tokens.
    pub paid_amount: Option<i64>,
    /// For the owner's eyes.
    pub note: String,
    /// What was said when it was cancelled.
    pub cancel_reason: Option<String>,
    /// How often it was changed.
    pub sequence: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// All columns, for a `select` or `returning`.
macro_rules! columns {
    () => {
        "id, product_id, customer_id, status, held_until, starts_at, ends_at, busy_from, busy_until, seat, seats,
         time_zone, answers, location, cancel_until_minutes, paid_kind, paid_id, paid_amount, note, cancel_reason,
         sequence, created_at, updated_at"
    };
}

/// `Ok(None)` when the database refused because somebody else has that time.
fn unless_taken<T>(result: Result<T>) -> Result<Option<T>> {
    // SQLite names the columns of a unique index, PostgreSQL the index.
    let names = ["bookings_no_overlap", "bookings_seat", "bookings.slot, bookings.seat"];
    match result {
        Err(error) if names.iter().any(|name| db::violates(&error, name)) => Ok(None),
        other => other.map(Some),
    }
}

/// Writes a booking or a hold. `false` when the database refused, for its time is taken.
pub async fn insert_booking(tx: &mut Tx, new: &BookingRecord) -> Result<bool> {
    let inserted = sql(
        tx,
        concat!(
            "insert into bookings (",
            columns!(),
            ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                       $21, $22, $23)"
        ),
    )
    .bind(new.id)
    .bind(new.product_id)
    .bind(new.customer_id)
    .bind(new.status.clone())
    .bind(new.held_until)
    .bind(new.starts_at)
    .bind(new.ends_at)
    .bind(new.busy_from)
    .bind(new.busy_until)
    .bind(new.seat)
    .bind(new.seats)
    .bind(new.time_zone.clone())
    .bind(new.answers.clone())
    .bind(new.location.clone())
    .bind(new.cancel_until_minutes)
    .bind(new.paid_kind.clone())
    .bind(new.paid_id)
    .bind(new.paid_amount)
    .bind(new.note.clone())
    .bind(new.cancel_reason.clone())
    .bind(new.sequence)
    .bind(new.created_at)
    .bind(new.updated_at)
    .exec()
    .await;
    Ok(unless_taken(inserted)?.is_some())
}

/// Changes what a booking may change: state, time, payment, note. `false` when the time is taken.
pub async fn update_booking(tx: &mut Tx, booking: &BookingRecord) -> Result<bool> {
    let updated = sql(
        tx,
        "update bookings set status = $2, held_until = $3, starts_at = $4, ends_at = $5, busy_from = $6,
         busy_until = $7, seat = $8, seats = $9, paid_kind = $10, paid_id = $11, paid_amount = $12, note = $13,
         cancel_reason = $14, sequence = $15, updated_at = $16
         where id = $1",
    )
    .bind(booking.id)
    .bind(booking.status.clone())
    .bind(booking.held_until)
    .bind(booking.starts_at)
    .bind(booking.ends_at)
    .bind(booking.busy_from)
    .bind(booking.busy_until)
    .bind(booking.seat)
    .bind(booking.seats)
    .bind(booking.paid_kind.clone())
    .bind(booking.paid_id)
    .bind(booking.paid_amount)
    .bind(booking.note.clone())
    .bind(booking.cancel_reason.clone())
    .bind(booking.sequence)
    .bind(booking.updated_at)
    .exec()
    .await;
    Ok(unless_taken(updated)?.is_some())
}

/// Changes what was chosen for a hold besides its time.
pub async fn update_choice(tx: &mut Tx, hold: &BookingRecord) -> Result<()> {
    sql(tx, "update bookings set time_zone = $2, answers = $3, updated_at = $4 where id = $1")
        .bind(hold.id)
        .bind(hold.time_zone.clone())
        .bind(hold.answers.clone())
        .bind(hold.updated_at)
        .exec()
        .await
        .map(drop)
}

/// One booking or hold.
pub async fn find_booking(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<BookingRecord>> {
    sql(cx, concat!("select ", columns!(), " from bookings where id = $1")).bind(id).opt().await
}

/// A customer's bookings, the latest start first; `before` is the last one of the page before.
pub async fn list_bookings_of_customer(
    cx: impl Into<Cx<'_>>,
    customer: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<BookingRecord>> {
    sql(
        cx,
        concat!(
            "select ",
            columns!(),
            " from bookings where customer_id = $1 and status not in ('held', 'lapsed')
             and ($2 is null or (starts_at, id) < ($2, $3)) order by starts_at desc, id desc limit $4"
        ),
    )
    .bind(customer)
    .bind(before.map(|(start, _)| start))
    .bind(before.map(|(_, id)| id))
    .bind(limit)
    .all()
    .await
}

/// Which bookings the owner asks for.
#[derive(Clone, Debug, Default)]
pub struct BookingFilter {
    /// Starting then or later.
    pub from: Option<DateTime<Utc>>,
    /// Starting before.
    pub until: Option<DateTime<Utc>>,
    /// In this state.
    pub status: Option<String>,
    /// Of this customer.
    pub customer_id: Option<Uuid>,
    /// The last one of the page before.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// Bookings by start.
pub async fn list_bookings(cx: impl Into<Cx<'_>>, filter: &BookingFilter, limit: i64) -> Result<Vec<BookingRecord>> {
    sql(
        cx,
        concat!(
            "select ",
            columns!(),
            " from bookings where status not in ('held', 'lapsed')
             and ($1 is null or starts_at >= $1) and ($2 is null or starts_at < $2)
             and ($3 is null or status = $3) and ($4 is null or customer_id = $4)
             and ($5 is null or (starts_at, id) > ($5, $6)) order by starts_at, id limit $7"
        ),
    )
    .bind(filter.from)
    .bind(filter.until)
    .bind(filter.status.clone())
    .bind(filter.customer_id)
    .bind(filter.after.map(|(start, _)| start))
    .bind(filter.after.map(|(_, id)| id))
    .bind(limit)
    .all()
    .await
}

/// Frees the time that is held for a customer, and forgets what they answered and said.
pub async fn update_left(tx: &mut Tx, customer: Uuid) -> Result<()> {
    sql(
        tx,
        "update bookings set status = case status when 'held' then 'lapsed' else status end, answers = $2,
         cancel_reason = null where customer_id = $1",
    )
    .bind(customer)
    .bind(Json(Answers::default()))
    .exec()
    .await
    .map(drop)
}

/// Bookings that something paid for and that have yet to take place.
pub async fn list_accepted_paid_with(tx: &mut Tx, payment: Uuid, now: DateTime<Utc>) -> Result<Vec<BookingRecord>> {
    sql(
        tx,
        concat!(
            "select ",
            columns!(),
            " from bookings where paid_id = $1 and status = 'accepted' and starts_at > $2 order by starts_at"
        ),
    )
    .bind(payment)
    .bind(now)
    .all()
    .await
}
