//! Jobs: taken once, however long they take.

use std::{cell::Cell, rc::Rc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use vitrine::{
    clock::Clock,
    db::{Db, sql},
    jobs::{self, Job, Kind, Lane, MAX_ATTEMPTS},
};
use vitrine_types::Code;

use crate::harness::Database;

/// Long enough that a busy machine renews it in time.
const LEASE: TimeDelta = TimeDelta::seconds(5);

async fn locked_until(db: &Db) -> DateTime<Utc> {
    let (at,): (DateTime<Utc>,) = sql(db, "select locked_until from jobs").one().await.unwrap();
    at
}

/// Has the one job fail once more, as the `attempts`th try; whether it is given up.
async fn fails(db: &Db, clock: &Clock, attempts: i64) -> bool {
    let again = "update jobs set run_at = $2, attempts = $1, locked_until = null, failed_at = null";
    sql(db, again).bind(attempts - 1).bind(clock.now()).exec().await.unwrap();
    let stop = CancellationToken::new();
    let handle = {
        let stop = stop.clone();
        move |_: Job| {
            stop.cancel();
            async { Err(Code::Internal.into()) }
        }
    };
    jobs::run(db.clone(), clock.clone(), Lane::Shop, LEASE, stop, handle).await;
    let (failed,): (Option<DateTime<Utc>>,) = sql(db, "select failed_at from jobs").one().await.unwrap();
    failed.is_some()
}

async fn queue(db: &Db, clock: &Clock, kind: Kind) {
    let mut tx = db.begin().await.unwrap();
    jobs::enqueue(&mut tx, clock, kind, "the same", &(), clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn what_is_owed_is_never_given_up_and_what_was_begins_anew() {
    actix_web::rt::System::new().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path()).await;
        let (db, clock) = (Db::open(&database.url, 4).await.unwrap(), Clock::default());
        let mut tx = db.begin().await.unwrap();
        tx.migrate(|_| true).await.unwrap();
        tx.commit().await.unwrap();

        queue(&db, &clock, Kind::SendRefund).await;
        assert!(!fails(&db, &clock, 500).await, "money is owed until it was sent");
        sql(&db, "delete from jobs").exec().await.unwrap();

        queue(&db, &clock, Kind::WebhookEvent).await;
        assert!(!fails(&db, &clock, MAX_ATTEMPTS - 1).await);
        queue(&db, &clock, Kind::WebhookEvent).await;
        let tried = async || sql(&db, "select attempts from jobs").one::<(i64,)>().await.unwrap().0;
        assert_eq!(tried().await, MAX_ATTEMPTS - 1, "one that waits stays as it is");
        assert!(fails(&db, &clock, MAX_ATTEMPTS).await);
        queue(&db, &clock, Kind::WebhookEvent).await;
        assert_eq!(tried().await, 0);
        db.close().await;
        database.drop().await;
    });
}

#[test]
fn a_job_that_outlasts_its_lease_is_not_taken_twice() {
    actix_web::rt::System::new().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path()).await;
        let (db, clock, stop) = (Db::open(&database.url, 4).await.unwrap(), Clock::default(), CancellationToken::new());
        let mut tx = db.begin().await.unwrap();
        tx.migrate(|_| true).await.unwrap();
        jobs::enqueue(&mut tx, &clock, Kind::Reconcile, "long", &(), clock.now()).await.unwrap();
        tx.commit().await.unwrap();

        let taken = Rc::new(Cell::new(0));
        let handle = {
            let (db, taken, stop) = (db.clone(), taken.clone(), stop.clone());
            move |job: Job| {
                let (db, taken, stop) = (db.clone(), taken.clone(), stop.clone());
                async move {
                    taken.set(taken.get() + 1);
                    let begun = locked_until(&db).await;
                    // As long as two leases, or until somebody else takes it.
                    while taken.get() == 1 && locked_until(&db).await < begun + LEASE * 2 {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    let mut tx = db.begin().await?;
                    jobs::finish(&mut tx, &job).await?;
                    tx.commit().await?;
                    stop.cancel();
                    Ok(())
                }
            }
        };
        jobs::run(db.clone(), clock, Lane::Shop, LEASE, stop, handle).await;
        assert_eq!(taken.get(), 1);
        let (left,): (i64,) = sql(&db, "select count(*) from jobs").one().await.unwrap();
        assert_eq!(left, 0);
        db.close().await;
        database.drop().await;
    });
}
