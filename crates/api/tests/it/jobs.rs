//! Jobs: taken once, however long they take.

use std::{cell::Cell, rc::Rc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use vitrine::{
    clock::Clock,
    db::{Db, sql},
    jobs::{self, Job, Kind},
};

use crate::harness::Database;

/// Long enough that a busy machine renews it in time.
const LEASE: TimeDelta = TimeDelta::seconds(5);

async fn locked_until(db: &Db) -> DateTime<Utc> {
    let (at,): (DateTime<Utc>,) = sql(db, "select locked_until from jobs").one().await.unwrap();
    at
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
        jobs::run(db.clone(), clock, LEASE, stop, handle).await;
        assert_eq!(taken.get(), 1);
        let (left,): (i64,) = sql(&db, "select count(*) from jobs").one().await.unwrap();
        assert_eq!(left, 0);
        db.close().await;
        database.drop().await;
    });
}
