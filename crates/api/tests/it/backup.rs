//! `vitrine backup` and `vitrine restore`.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use stripe_sandbox::{Fault, FaultKind};
use tempfile::TempDir;
use vitrine::{
    app::{self, Server},
    backup,
    clock::Clock,
    config::Config,
    db::{Db, sql},
};
use vitrine_client::Client;
use vitrine_types::{
    PageQuery,
    accounts::Credentials,
    catalog::ProductKind,
    checkout::{NewRefund, OrderStatus},
    mail::{MailQuery, MailStatus},
};

use crate::harness::{ADMIN, Database, PASSWORD, Shop, eventually, with_configured_shop, with_shop};

/// Another place where a shop can live.
struct Elsewhere {
    config: Config,
    folder: TempDir,
    database: Database,
}

impl Elsewhere {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path()).await;
        Self::with(folder, database)
    }

    /// On SQLite, whatever the tests run on.
    fn in_a_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::file(folder.path());
        Self::with(folder, database)
    }

    fn with(folder: TempDir, database: Database) -> Self {
        let mut config = Config::in_dir(folder.path()).unwrap();
        config.bind = "127.0.0.1:0".into();
        config.workers = 1;
        config.database_url = database.url.clone();
        Self { config, folder, database }
    }

    async fn restore(&self, file: &Path) -> anyhow::Result<backup::Restored> {
        backup::restore(&self.config, &Clock::default(), file).await
    }

    /// Opens the restored shop, with its own keys and the same Stripe.
    async fn open(&self, original: &Shop, clock: Clock) -> (Server, Client) {
        let of = &original.server.state.config;
        let mut config = Config::in_dir(self.folder.path()).unwrap();
        config.bind = "127.0.0.1:0".into();
        config.workers = 1;
        config.database_url = self.config.database_url.clone();
        config.stripe_api_base = of.stripe_api_base.clone();
        config.stripe_secret_key = of.stripe_secret_key.clone();
        config.smtp_url = of.smtp_url.clone();
        let server = app::start(config, clock).await.unwrap();
        let client = Client::new(&format!("http://{}", server.address));
        (server, client)
    }
}

async fn back_up(shop: &Shop) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.zip");
    backup::write(&shop.server.state, &file).await.unwrap();
    (folder, file)
}

async fn sign_in(client: &Client, email: &str, password: &str) {
    client.login(&Credentials { email: email.into(), password: password.into(), ..Default::default() }).await.unwrap();
}

/// What customers hold and owe, as the shop tells each of them.
async fn told(client: &Client) -> serde_json::Value {
    let orders = client.list_orders(&PageQuery::default()).await.unwrap();
    let owned = client.list_entitlements(&PageQuery::default()).await.unwrap();
    let bookings = client.list_bookings(&PageQuery::default()).await.unwrap();
    serde_json::json!({ "orders": orders, "owned": owned, "bookings": bookings })
}

#[test]
fn a_shop_is_backed_up_while_it_sells_and_restored_elsewhere() {
    with_shop(|shop| async move {
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        shop.buy(&ada, &[guide]).await;
        let before = told(&ada).await;

        // Five customers go on buying while it is written.
        let selling = tokio::task::spawn_local(async move {
            for n in 0.. {
                let buyer = shop.customer(&format!("buyer{n}")).await;
                shop.buy(&buyer, &[guide]).await;
            }
        });
        eventually("something is sold", || async { (shop.stripe.objects("checkout.session").len() > 3).then_some(()) })
            .await;
        let (_folder, file) = back_up(shop).await;
        selling.abort();

        let elsewhere = Elsewhere::new().await;
        let done = elsewhere.restore(&file).await.unwrap();
        assert!(done.rows > 10 && done.files == 1, "{done:?}");
        let (server, there) = elsewhere.open(shop, Clock::default()).await;
        // A session that was ended after the backup must not live again: all have ended.
        there.set_token(ada.token());
        assert_eq!(there.get_account().await.unwrap_err().status(), Some(401));
        sign_in(&there, "ada@example.com", PASSWORD).await;
        assert_eq!(told(&there).await, before);
        let mine = there.list_entitlements(&PageQuery::default()).await.unwrap().data.remove(0);
        let link = there.create_download(mine.id, mine.files[0].id).await.unwrap();
        // The link names the shop's public address.
        let path = link.url.split_once("/api/").unwrap().1;
        let content = reqwest::get(format!("http://{}/api/{path}", server.address)).await.unwrap();
        assert_eq!(content.text().await.unwrap(), "the content of Guide");

        // What was sold meanwhile is whole, or not there at all.
        let admin = there;
        sign_in(&admin, ADMIN.0, ADMIN.1).await;
        let health = admin.get_health().await.unwrap();
        assert!(health.checks.iter().all(|check| check.name != "books" || check.ok), "{health:?}");
        // A link signed by the old shop works in the new one: the keys came along.
        let old = ada.create_download(mine.id, mine.files[0].id).await.unwrap();
        let path = old.url.split_once("/api/").unwrap().1;
        assert!(reqwest::get(format!("http://{}/api/{path}", server.address)).await.unwrap().status().is_success());
        server.stop().await.unwrap();
        elsewhere.database.drop().await;
    });
}

#[test]
fn a_backup_moves_a_shop_to_the_other_database_and_back() {
    with_shop(|shop| async move {
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let hour = shop.product(ProductKind::Service, "An hour", 4000).await.product.id;
        let ada = shop.customer("ada").await;
        shop.buy(&ada, &[guide, hour]).await;
        let before = told(&ada).await;
        let (folder, file) = back_up(shop).await;

        let in_a_file = Elsewhere::in_a_file();
        in_a_file.restore(&file).await.unwrap();
        let (server, there) = in_a_file.open(shop, Clock::default()).await;
        sign_in(&there, "ada@example.com", PASSWORD).await;
        assert_eq!(told(&there).await, before);
        // Search is fed by triggers on one database, by a generated column on the other.
        let query = vitrine_types::catalog::ProductQuery { q: Some("guide".into()), ..Default::default() };
        assert_eq!(there.list_products(&query).await.unwrap().data.len(), 1);
        let again = folder.path().join("again.zip");
        backup::write(&server.state, &again).await.unwrap();
        server.stop().await.unwrap();

        let back = Elsewhere::new().await;
        back.restore(&again).await.unwrap();
        let (server, there) = back.open(shop, Clock::default()).await;
        sign_in(&there, "ada@example.com", PASSWORD).await;
        assert_eq!(told(&there).await, before);
        assert_eq!(there.list_products(&query).await.unwrap().data.len(), 1);
        server.stop().await.unwrap();
        back.database.drop().await;
    });
}

#[test]
fn a_damaged_backup_is_refused_and_changes_nothing() {
    with_shop(|shop| async move {
        shop.product(ProductKind::Download, "Guide", 1900).await;
        let (folder, file) = back_up(shop).await;
        let whole = std::fs::read(&file).unwrap();
        let elsewhere = Elsewhere::new().await;
        let damaged = folder.path().join("damaged.zip");
        let refused = async |bytes: &[u8]| {
            std::fs::write(&damaged, bytes).unwrap();
            let error = format!("{:#}", elsewhere.restore(&damaged).await.unwrap_err());
            assert!(error.contains("cut short, damaged"), "{error}");
        };
        for length in [0, 100, whole.len() / 2, whole.len() - 1] {
            refused(&whole[..length]).await;
        }
        // One bit, in the content of a file for sale, which no compression would notice.
        let at = whole.windows(14).position(|window| window == b"the content of").unwrap();
        let mut bent = whole.clone();
        bent[at] ^= 1;
        refused(&bent).await;
        // Nothing was begun: the place is still empty, and takes the whole one.
        assert!(!elsewhere.folder.path().join("vitrine.db").exists());
        assert_eq!(std::fs::read_dir(elsewhere.folder.path()).unwrap().count(), 1, "only the key");
        elsewhere.restore(&file).await.unwrap();
        elsewhere.database.drop().await;
    });
}

#[test]
fn a_shop_is_never_overwritten() {
    with_shop(|shop| async move {
        let (_folder, file) = back_up(shop).await;
        let error = backup::restore(&shop.server.state.config, &Clock::default(), &file).await.unwrap_err();
        assert!(error.to_string().contains("holds a shop already"), "{error:#}");
        let error = backup::write(&shop.server.state, &file).await.unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error:#}");
        shop.admin().await;
    });
}

#[test]
fn a_restored_shop_does_not_write_to_people_again() {
    // Nobody listens there: mails wait.
    let no_mail_server = |config: &mut Config| config.smtp_url = Some("smtp://127.0.0.1:9".to_owned().into());
    with_configured_shop(no_mail_server, |shop| async move {
        shop.customer("ada").await;
        let (_folder, file) = back_up(shop).await;
        let elsewhere = Elsewhere::new().await;
        let done = elsewhere.restore(&file).await.unwrap();
        assert_eq!(done.held_back, 1, "the confirmation of the address");
        let (server, there) = elsewhere.open(shop, Clock::default()).await;
        sign_in(&there, ADMIN.0, ADMIN.1).await;
        let query = MailQuery { to: Some("ada@example.com".into()), ..Default::default() };
        let mail = there.list_mails(&query).await.unwrap().data.remove(0);
        assert_eq!(mail.status, MailStatus::Failed);
        let (jobs,): (i64,) =
            sql(&server.state.db, "select count(*) from jobs where kind = 'send_mail'").one().await.unwrap();
        assert_eq!(jobs, 0);
        server.stop().await.unwrap();
        elsewhere.database.drop().await;
    });
}

#[test]
fn a_restored_shop_does_not_send_money_back_twice() {
    with_shop(|shop| async move {
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        let order = shop.buy(&ada, &[guide]).await;
        // Stripe is away: the refund is written down and waits.
        shop.stripe.add_fault(Fault::new(FaultKind::Drop).times(1000).on("POST", "/v1/refunds"));
        let half = NewRefund {
            amount: Some(vitrine_types::Money::new(900, vitrine_types::Currency::USD)),
            ..Default::default()
        };
        let _unavailable = shop.admin().await.create_refund(order.id, &half, None).await;
        let (_folder, file) = back_up(shop).await;
        // After the backup it is sent.
        shop.stripe.clear_faults();
        shop.pass(TimeDelta::minutes(5));
        eventually("the money goes back", || async { (shop.stripe.objects("refund").len() == 1).then_some(()) }).await;

        let elsewhere = Elsewhere::new().await;
        elsewhere.restore(&file).await.unwrap();
        // Two days later Stripe knows nothing of the key any more, which is the same as another key.
        let db = Db::open(&elsewhere.config.database_url, 2).await.unwrap();
        sql(&db, "update refunds set attempt = 7").exec().await.unwrap();
        db.close().await;
        let clock = Clock::default();
        clock.advance(TimeDelta::days(2));
        let (server, there) = elsewhere.open(shop, clock).await;
        sign_in(&there, ADMIN.0, ADMIN.1).await;
        eventually("the refund is known", || async {
            let order = there.get_admin_order(order.id).await.unwrap();
            order
                .refunds
                .iter()
                .all(|refund| refund.status == vitrine_types::checkout::RefundStatus::Succeeded)
                .then_some(())
        })
        .await;
        assert_eq!(shop.stripe.objects("refund").len(), 1);
        assert_eq!(there.get_admin_order(order.id).await.unwrap().order.status, OrderStatus::PartiallyRefunded);
        server.stop().await.unwrap();
        elsewhere.database.drop().await;
    });
}
