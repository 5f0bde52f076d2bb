//! The database's own guard: whatever writes to it, appointments do not overlap.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::types::Json;
use uuid::Uuid;
use vitrine::{
    calendar::store::{self, BookingRecord},
    db::sql,
};
use vitrine_types::calendar::Answers;

use crate::{
    calendar::{booking, days, open, rights, service, starts},
    harness::{Shop, with_shop},
};

/// Writes a row of `bookings` with plain SQL; whether the database took it.
async fn insert(shop: &Shop, row: &BookingRecord) -> bool {
    let written = sql(
        &shop.server.state.db,
        "insert into bookings (id, product_id, customer_id, status, held_until, starts_at, ends_at, busy_from, busy_until,
             seat, seats, time_zone, answers, location, cancel_until_minutes, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'UTC', $12, '', 0, $13, $13)",
    )
    .bind(Uuid::now_v7())
    .bind(row.product_id)
    .bind(row.customer_id)
    .bind(row.status.clone())
    .bind(row.held_until)
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.busy_from)
    .bind(row.busy_until)
    .bind(row.seat)
    .bind(row.seats)
    .bind(Json(Answers::new()))
    .bind(row.created_at)
    .exec()
    .await;
    written.is_ok()
}

/// The same row at another time.
fn at(row: &BookingRecord, minutes: i64) -> BookingRecord {
    let by = TimeDelta::minutes(minutes);
    BookingRecord {
        starts_at: row.starts_at + by,
        ends_at: row.ends_at + by,
        busy_from: row.busy_from + by,
        busy_until: row.busy_until + by,
        ..row.clone()
    }
}

#[test]
fn plain_sql_cannot_make_two_appointments_overlap() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |service| service.after_buffer_minutes = 15).await;
        let class = service(shop, "Class", |service| service.seats = 3).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 5).await;
        let start = starts(&ann, &talk, &days(shop, 3, 1)).await[10];
        let made = ann.create_booking(&booking(&talk, start, right), None).await.unwrap();
        let db = &shop.server.state.db;
        let row = store::find_booking(db, made.id).await.unwrap().unwrap();
        let until: Option<DateTime<Utc>> = Some(start);
        let held = |row: BookingRecord| BookingRecord { status: "held".into(), held_until: until, ..row };
        let other = |row: BookingRecord| BookingRecord { product_id: class.product.id, ..row };

        for (what, row) in [
            ("the same", row.clone()),
            ("half an hour later", at(&row, 30)),
            ("a minute before it ends", at(&row, -59)),
            ("within its buffer", at(&row, 61)),
            ("its own buffer reaches in", at(&row, -60)),
            ("another service", other(row.clone())),
            ("another service's buffer", other(at(&row, -74))),
            ("a hold", held(at(&row, 30))),
            ("a hold of another service", held(other(row.clone()))),
            ("a second seat where there is one", BookingRecord { seat: 2, ..row.clone() }),
            ("other buffers", BookingRecord { seat: 2, seats: 2, busy_until: row.ends_at, ..row.clone() }),
            (
                "shorter",
                BookingRecord { seat: 2, seats: 2, ends_at: row.ends_at - TimeDelta::minutes(5), ..row.clone() },
            ),
            ("no length", BookingRecord { ends_at: row.starts_at, ..at(&row, 600) }),
            ("buffers inside out", BookingRecord { busy_from: row.ends_at, ..at(&row, 600) }),
        ] {
            assert!(!insert(shop, &row).await, "{what}");
        }
        // What touches does not overlap, and what is over is not in the way.
        assert!(insert(shop, &at(&row, 75)).await);
        assert!(insert(shop, &held(other(at(&row, -75)))).await);
        let cancelled = BookingRecord { status: "cancelled".into(), ..at(&row, 30) };
        assert!(insert(shop, &cancelled).await);

        // Nor can rows be changed into an overlap.
        let later = ann.create_booking(&booking(&talk, start + TimeDelta::hours(5), right), None).await.unwrap();
        let mut moved = store::find_booking(db, later.id).await.unwrap().unwrap();
        (moved.starts_at, moved.ends_at) =
            (row.starts_at + TimeDelta::minutes(30), row.ends_at + TimeDelta::minutes(30));
        (moved.busy_from, moved.busy_until) = (moved.starts_at, moved.ends_at);
        let moving =
            sql(db, "update bookings set starts_at = $2, ends_at = $3, busy_from = $2, busy_until = $3 where id = $1");
        assert!(moving.bind(later.id).bind(moved.starts_at).bind(moved.ends_at).exec().await.is_err());
        let reviving = sql(db, "update bookings set status = 'accepted' where status = 'cancelled'").exec().await;
        assert!(reviving.is_err());
        // The store tells that from other errors.
        let mut tx = db.begin().await.unwrap();
        assert!(!store::insert_booking(&mut tx, &BookingRecord { id: Uuid::now_v7(), ..at(&row, 30) }).await.unwrap());
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        assert!(!store::insert_booking(&mut tx, &BookingRecord { id: Uuid::now_v7(), ..row.clone() }).await.unwrap());
        drop(tx);

        // Seats of one slot sit side by side, each once.
        let seat = |seat: i64| BookingRecord { seat, seats: 3, ..other(at(&row, 24 * 60)) };
        for (number, fits) in [(1, true), (3, true), (3, false), (2, true), (1, false), (4, false), (0, false)] {
            assert_eq!(insert(shop, &seat(number)).await, fits, "seat {number}");
        }
    });
}
