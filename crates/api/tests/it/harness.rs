//! A shop of its own for each test: real server on a free port, real database, the local Stripe.

use std::future::Future;

use chrono::TimeDelta;
use sqlx::{Connection, Executor, PgConnection};
use vitrine::{
    app::{self, Server},
    clock::Clock,
    config::Config,
};
use vitrine_client::Client;
use vitrine_types::accounts::{Credentials, NewCustomer};

/// The admin every test shop has.
pub const ADMIN: (&str, &str) = ("owner@example.com", "a quiet gallery");

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";

/// A running shop.
pub struct Shop {
    /// The server; its `state` gives tests the database and the clock.
    pub server: Server,
    /// `http://127.0.0.1:…`
    pub url: String,
    folder: std::path::PathBuf,
    postgres: Option<(String, String)>,
}

/// Runs `test` with a fresh shop, and cleans up after it.
pub fn with_shop<F: Future<Output = ()>>(test: impl FnOnce(&'static Shop) -> F) {
    with_configured_shop(|_| {}, test);
}

/// The same with other settings.
pub fn with_configured_shop<F: Future<Output = ()>>(
    configure: impl FnOnce(&mut Config),
    test: impl FnOnce(&'static Shop) -> F,
) {
    drop(rustls::crypto::ring::default_provider().install_default());
    vitrine::telemetry::start_logging();
    actix_web::rt::System::new().block_on(async {
        // Leaked for the test's duration so that tests can hand it to tasks; a test is a process of its own.
        let shop: &'static Shop = Box::leak(Box::new(Shop::start(configure).await));
        test(shop).await;
        std::fs::remove_dir_all(&shop.folder).unwrap();
        if let Some((server, name)) = &shop.postgres {
            shop.server.state.db.close().await;
            let mut connection = PgConnection::connect(server).await.unwrap();
            let drop_database = format!("drop database if exists {name} with (force)");
            connection.execute(sqlx::AssertSqlSafe(drop_database)).await.unwrap();
        }
    });
}

impl Shop {
    async fn start(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        let mut config = Config::in_dir(&folder).unwrap();
        config.bind = "127.0.0.1:0".into();
        config.workers = 2;
        config.first_admin = Some((ADMIN.0.into(), ADMIN.1.to_owned().into()));
        let mut postgres = None;
        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
            let name = format!("vitrine_{}", uuid::Uuid::now_v7().simple());
            let mut connection = PgConnection::connect(&server).await.unwrap();
            connection.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
            let mut url = url::Url::parse(&server).unwrap();
            url.set_path(&name);
            config.database_url = url.into();
            postgres = Some((server, name));
        }
        configure(&mut config);
        let server = app::start(config, Clock::default()).await.unwrap();
        let url = format!("http://{}", server.address);
        Shop { server, url, folder, postgres }
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client {
        Client::new(&self.url)
    }

    /// A new customer, signed in. `name` becomes `name@example.com`.
    pub async fn customer(&self, name: &str) -> Client {
        let client = self.visitor();
        let email = format!("{name}@example.com");
        client.register(&NewCustomer { email, password: PASSWORD.into(), name: name.into() }).await.unwrap();
        client
    }

    /// The owner, signed in.
    pub async fn admin(&self) -> Client {
        let client = self.visitor();
        client.login(&Credentials { email: ADMIN.0.into(), password: ADMIN.1.into() }).await.unwrap();
        client
    }

    /// Moves the shop's clock.
    pub fn pass(&self, time: TimeDelta) {
        self.server.state.clock.advance(time);
    }
}

/// Waits until `check` gives something, for at most ten seconds of real time.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut check: impl FnMut() -> F) -> T {
    for _ in 0..200 {
        if let Some(value) = check().await {
            return value;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("waited in vain: {what}");
}
