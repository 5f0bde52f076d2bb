//! A database of every age becomes a current one, with what the shop's first tables had in it.

use serde_json::json;
use vitrine::{
    app,
    clock::Clock,
    config::Config,
    db::{Db, Table, sql},
};
use vitrine_client::Client;
use vitrine_types::accounts::Credentials;

use crate::harness::{ADMIN, Database};

const ID: &str = "01900000000070008000000000000001";
const AT: &str = "2026-01-02T03:04:05+00:00";

/// Rows as they were when the tables were made: version, table, columns and values.
fn rows() -> Vec<(i64, &'static str, serde_json::Value)> {
    vec![
        (
            2,
            "mails",
            json!({"id": ID, "key": "receipt:1", "recipient": "ada@example.com", "subject": "Your order",
            "text": "t", "html": "h", "token": null, "status": "sent", "created_at": AT, "sent_at": AT}),
        ),
        (
            3,
            "customers",
            json!({"id": ID, "email": "ada@example.com", "email_key": "ada@example.com", "name": "Ada",
            "role": "customer", "created_at": AT}),
        ),
        (
            4,
            "products",
            json!({"position": "1", "id": ID, "slug": "guide", "name": "Guide", "name_key": "guide",
            "summary": "s", "kind": "download", "price_amount": "1900", "currency": "usd", "status": "published",
            "tags": "[]", "images": "[]", "created_at": AT, "updated_at": AT, "published_at": AT, "description": "d",
            "description_html": "d", "search_text": "guide"}),
        ),
        (
            5,
            "entitlements",
            json!({"id": ID, "customer_id": ID, "product_id": ID,
            "fact": "order_line:01900000-0000-7000-8000-000000000001", "source_kind": "order", "source_id": ID,
            "source_status": "active", "status": "active", "granted_at": AT}),
        ),
        (
            7,
            "orders",
            json!({"id": ID, "number": "1001", "customer_id": ID, "currency": "usd", "subtotal_amount": "1900",
            "discount_amount": "0", "tax_amount": "0", "total_amount": "1900", "payment": "paid", "status": "paid",
            "from_cart": "0", "fingerprint": "f", "stripe_payment_intent_id": "pi_1", "expires_at": AT,
            "created_at": AT, "paid_at": AT}),
        ),
        (
            7,
            "order_lines",
            json!({"id": ID, "order_id": ID, "position": "0", "product_id": ID, "name": "Guide",
            "kind": "download", "quantity": "1", "unit_amount": "1900", "total_amount": "1900"}),
        ),
        (
            8,
            "webhook_events",
            json!({"id": ID, "stripe_event_id": "evt_1", "kind": "charge.refunded", "payload": "{}",
            "status": "processed", "created_at": AT, "received_at": AT}),
        ),
        (
            9,
            "bookings",
            json!({"id": ID, "product_id": ID, "customer_id": ID, "status": "accepted",
            "starts_at": AT, "ends_at": "2026-01-02T04:04:05+00:00", "busy_from": AT,
            "busy_until": "2026-01-02T04:04:05+00:00", "seat": "1", "seats": "1", "time_zone": "UTC", "answers": "{}",
            "location": "", "cancel_until_minutes": "60", "created_at": AT, "updated_at": AT}),
        ),
    ]
}

async fn migrate_to(db: &Db, newest: i64) {
    let mut tx = db.begin().await.unwrap();
    tx.migrate(|version| version <= newest).await.unwrap();
    tx.commit().await.unwrap();
}

async fn write(db: &Db, name: &str, row: &serde_json::Value) {
    let fields = row.as_object().unwrap();
    let table = Table { name: name.into(), columns: fields.keys().cloned().collect() };
    let values: Vec<_> = fields.values().collect();
    let mut tx = db.begin().await.unwrap();
    tx.put_rows(&table, json!([values]).to_string()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Opens a shop on `db` and looks at what Ada has.
async fn look(config: &Config) {
    let server = app::start(config.clone(), Clock::default()).await.unwrap();
    let state = &server.state;
    let (orders, owned): (i64, i64) =
        sql(&state.db, "select (select count(*) from orders), (select count(*) from entitlements)")
            .one()
            .await
            .unwrap();
    assert_eq!((orders, owned), (1, 1));
    let admin = Client::new(&format!("http://{}", server.address));
    admin.login(&Credentials { email: ADMIN.0.into(), password: ADMIN.1.into(), ..Default::default() }).await.unwrap();
    let health = admin.get_health().await.unwrap();
    let books = health.checks.iter().find(|check| check.name == "books").unwrap();
    assert!(books.ok, "{}", books.detail);
    let orders = admin.list_admin_orders(&Default::default()).await.unwrap().data;
    assert_eq!(orders[0].order.total.amount, 1900);
    assert_eq!(admin.list_products(&Default::default()).await.unwrap().data.len(), 1);
    assert_eq!(admin.list_admin_bookings(&Default::default()).await.unwrap().data.len(), 1);
    server.stop().await.unwrap();
}

#[test]
fn a_database_of_each_migration_becomes_a_current_one() {
    drop(rustls::crypto::ring::default_provider().install_default());
    actix_web::rt::System::new().block_on(async {
        let (first_full, known) = (9, Db::known_migrations());
        // The newest of them was upgraded at every step, the oldest at once.
        let ages = known.iter().copied().filter(|version| *version >= first_full);
        for age in ages {
            let folder = tempfile::tempdir().unwrap();
            let database = Database::create(folder.path()).await;
            let mut config = Config::in_dir(folder.path()).unwrap();
            config.bind = "127.0.0.1:0".into();
            config.workers = 1;
            config.database_url = database.url.clone();
            config.first_admin = Some((ADMIN.0.into(), ADMIN.1.to_owned().into()));
            let db = Db::open(&config.database_url, 2).await.unwrap();
            for version in known.iter().copied().filter(|version| *version <= age) {
                migrate_to(&db, version).await;
                for (_, table, row) in rows().iter().filter(|(since, ..)| *since == version) {
                    write(&db, table, row).await;
                }
            }
            db.close().await;
            look(&config).await;
            database.drop().await;
        }
    });
}

/// While the processes of a shop are replaced, old ones meet a newer schema: they stay in service, and start again when
/// they died. An SQLite file has one process, and is not left to an older one.
#[test]
fn an_older_process_stays_ready_on_a_newer_schema() {
    actix_web::rt::System::new().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path()).await;
        let db = Db::open(&database.url, 2).await.unwrap();
        let newest = Db::known_migrations().into_iter().max().unwrap();
        migrate_to(&db, newest - 1).await;
        assert!(!db.ready().await.unwrap(), "a migration is missing");
        db.migrate().await.unwrap();
        assert!(db.ready().await.unwrap());
        sql(
            &db,
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             select version + 1000, 'of a newer one', success, checksum, execution_time
             from _sqlx_migrations where version = $1",
        )
        .bind(newest)
        .exec()
        .await
        .unwrap();
        assert!(db.ready().await.unwrap(), "newer than this process");
        assert_eq!(db.migrate().await.is_ok(), db.is_shared());
        db.close().await;
        database.drop().await;
    });
}
