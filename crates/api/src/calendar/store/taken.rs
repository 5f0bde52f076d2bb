//! What is taken of the calendar.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// A slot that somebody booked or holds.
#[derive(Clone, Debug, FromRow)]
pub struct TakenRecord {
    /// Of which service.
    pub product_id: Uuid,
    /// The first instant.
    pub starts_at: DateTime<Utc>,
    /// The first instant after it.
    pub ends_at: DateTime<Utc>,
    /// Where the buffer before it begins.
    pub busy_from: DateTime<Utc>,
    /// Where the buffer after it ends.
    pub busy_until: DateTime<Utc>,
    /// How many seats are taken.
    pub seats: i64,
}

/// What takes time of `$1..$2` at `$3`, booked or held, but for the booking `$4`.
macro_rules! from_taken {
    () => {
        "from bookings where status not in ('cancelled', 'lapsed') and (status <> 'held' or held_until > $3)
         and busy_until > $1 and busy_from < $2 and ($4 is null or id <> $4)"
    };
}

pub(super) use from_taken;

/// What is booked or held of one service at `now` and touches `from..until`, but for one booking.
pub async fn list_taken(
    cx: impl Into<Cx<'_>>,
    product: Uuid,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
    except: Option<Uuid>,
) -> Result<Vec<TakenRecord>> {
    sql(
        cx,
        concat!(
            "select product_id, starts_at, ends_at, busy_from, busy_until, count(*) as seats ",
            from_taken!(),
            " and product_id = $5 group by product_id, starts_at, ends_at, busy_from, busy_until"
        ),
    )
    .bind(from)
    .bind(until)
    .bind(now)
    .bind(except)
    .bind(product)
    .all()
    .await
}

/// The numbers of the seats taken in a slot.
pub async fn list_seats(
    tx: &mut Tx,
    product: Uuid,
    starts_at: DateTime<Utc>,
    except: Option<Uuid>,
) -> Result<Vec<(i64,)>> {
    sql(
        tx,
        "select seat from bookings where product_id = $1 and starts_at = $2 and status not in ('cancelled', 'lapsed')
         and ($3 is null or id <> $3)",
    )
    .bind(product)
    .bind(starts_at)
    .bind(except)
    .all()
    .await
}

/// How many coming appointments of a service a customer has or holds, but for one.
pub async fn count_coming(
    cx: impl Into<Cx<'_>>,
    product: Uuid,
    customer: Uuid,
    now: DateTime<Utc>,
    except: Option<Uuid>,
) -> Result<i64> {
    let (count,): (i64,) = sql(
        cx,
        "select count(*) from bookings where customer_id = $2 and starts_at > $3 and product_id = $1
         and (status = 'accepted' or status = 'held' and held_until > $3) and ($4 is null or id <> $4)",
    )
    .bind(product)
    .bind(customer)
    .bind(now)
    .bind(except)
    .one()
    .await?;
    Ok(count)
}

/// Until when each time is held that waits for a customer's money at `now`; the first to end comes first.
pub async fn list_held(tx: &mut Tx, customer: Uuid, now: DateTime<Utc>) -> Result<Vec<(DateTime<Utc>,)>> {
    sql(
        tx,
        "select held_until from bookings where customer_id = $1 and status = 'held' and held_until > $2
         order by held_until",
    )
    .bind(customer)
    .bind(now)
    .all()
    .await
}

/// Frees the time of holds that are over.
pub async fn update_lapsed(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    sql(tx, "update bookings set status = 'lapsed', updated_at = $1 where status = 'held' and held_until <= $1")
        .bind(now)
        .exec()
        .await
}
