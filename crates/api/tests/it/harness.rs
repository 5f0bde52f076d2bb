//! A shop of its own for each test: real server on a free port, real database, the local Stripe.

use std::future::Future;

use chrono::TimeDelta;
use sqlx::{Connection, Executor, PgConnection};
use stripe_sandbox::{Card, Control, Sandbox};
use uuid::Uuid;
use vitrine::{
    app::{self, Server},
    clock::Clock,
    config::Config,
};
use vitrine_client::Client;
use vitrine_types::{
    Currency, Money,
    accounts::{Credentials, NewCustomer},
    catalog::{AdminProduct, NewProduct, ProductKind},
    checkout::{Checkout, CheckoutItem, NewCheckout, Order, OrderStatus},
};

/// The admin every test shop has.
pub const ADMIN: (&str, &str) = ("owner@example.com", "a quiet gallery");

/// What the local Stripe signs with.
pub const WEBHOOK_SECRET: &str = "whsec_of_these_tests";

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";

/// A running shop.
pub struct Shop {
    /// The server; its `state` gives tests the database and the clock.
    pub server: Server,
    /// `http://127.0.0.1:…`
    pub url: String,
    /// The local Stripe, and what it can be told to do.
    pub stripe: Control,
    folder: std::path::PathBuf,
    database: Database,
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
        shop.server.state.db.close().await;
        std::fs::remove_dir_all(&shop.folder).unwrap();
        shop.database.drop().await;
    });
}

/// An empty database for one shop.
pub struct Database {
    /// Its address.
    pub url: String,
    postgres: Option<(String, String)>,
}

impl Database {
    /// Of the kind that the tests run on; a file lies in `folder`.
    pub async fn create(folder: &std::path::Path) -> Self {
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else { return Self::file(folder) };
        let name = format!("vitrine_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Self { url: url.into(), postgres: Some((server, name)) }
    }

    /// An SQLite file in `folder`.
    pub fn file(folder: &std::path::Path) -> Self {
        Self { url: format!("sqlite://{}", folder.join("vitrine.db").display()), postgres: None }
    }

    /// Takes it away; a file goes with its folder.
    pub async fn drop(&self) {
        let Some((server, name)) = &self.postgres else { return };
        let mut connection = PgConnection::connect(server).await.unwrap();
        let drop_database = format!("drop database if exists {name} with (force)");
        connection.execute(sqlx::AssertSqlSafe(drop_database)).await.unwrap();
    }
}

impl Shop {
    async fn start(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        let mut config = Config::in_dir(&folder).unwrap();
        config.bind = "127.0.0.1:0".into();
        config.workers = 2;
        config.first_admin = Some((ADMIN.0.into(), ADMIN.1.to_owned().into()));
        // Not stopped but ended with the process, like the shop itself.
        let sandbox = Sandbox::start(stripe_sandbox::Config { bind: "127.0.0.1:0".into(), ..Default::default() });
        let sandbox: &'static Sandbox = Box::leak(Box::new(sandbox.await.unwrap()));
        config.stripe_api_base = sandbox.base_url().parse().unwrap();
        config.stripe_secret_key = Some("sk_test_of_these_tests".to_owned().into());
        config.stripe_webhook_secrets = vec![WEBHOOK_SECRET.to_owned().into()];
        let database = Database::create(&folder).await;
        config.database_url = database.url.clone();
        configure(&mut config);
        let server = app::start(config, Clock::default()).await.unwrap();
        let url = format!("http://{}", server.address);
        sandbox.set_webhook(&format!("{url}/api/v1/webhooks/stripe"), WEBHOOK_SECRET);
        Shop { server, url, stripe: sandbox.control(), folder, database }
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

    /// Moves the shop's clock, and Stripe's with it.
    pub fn pass(&self, time: TimeDelta) {
        self.server.state.clock.advance(time);
        self.stripe.advance(time.num_seconds());
    }

    /// A published product; a download comes with one small file.
    pub async fn product(&self, kind: ProductKind, name: &str, price: i64) -> AdminProduct {
        self.product_with(kind, name, price, |_| {}).await
    }

    /// The same with other settings.
    pub async fn product_with(
        &self,
        kind: ProductKind,
        name: &str,
        price: i64,
        change: impl FnOnce(&mut NewProduct),
    ) -> AdminProduct {
        let admin = self.admin().await;
        let mut new: NewProduct = serde_json::from_value(serde_json::json!({
            "name": name, "kind": kind, "price": Money::new(price, Currency::USD), "published": true,
            "embed": (kind == ProductKind::Embed).then(|| serde_json::json!({"html": "<p>the lesson</p>", "height": 400})),
            "service": (kind == ProductKind::Service).then(|| serde_json::json!({"duration_minutes": 60})),
        }))
        .unwrap();
        change(&mut new);
        let product = admin.create_product(&new).await.unwrap();
        if kind == ProductKind::Download {
            let content = format!("the content of {name}").into_bytes();
            admin.upload_product_file(product.product.id, &format!("{name}.txt"), content).await.unwrap();
        }
        product
    }

    /// Starts buying one of each product.
    pub async fn check_out(&self, customer: &Client, products: &[Uuid]) -> Checkout {
        customer.create_checkout_session(&items(products), None).await.unwrap()
    }

    /// Stripe's session of an order.
    pub async fn session_of(&self, order: Uuid) -> String {
        self.admin().await.get_admin_order(order).await.unwrap().stripe_session_id.unwrap()
    }

    /// Stripe's payment of a paid order.
    pub async fn payment_of(&self, order: Uuid) -> String {
        self.admin().await.get_admin_order(order).await.unwrap().stripe_payment_intent_id.unwrap()
    }

    /// Buys one of each product and waits until the webhook has brought the order to an end.
    pub async fn buy(&self, customer: &Client, products: &[Uuid]) -> Order {
        let checkout = self.check_out(customer, products).await;
        self.stripe.pay(&self.session_of(checkout.order_id).await, Card::Visa).unwrap();
        self.order_becomes(customer, checkout.order_id, OrderStatus::Paid).await
    }

    /// Waits until an order is in this state.
    pub async fn order_becomes(&self, customer: &Client, order: Uuid, status: OrderStatus) -> Order {
        eventually(&format!("the order becomes {status:?}"), || async {
            Some(customer.get_order(order).await.unwrap()).filter(|order| order.status == status)
        })
        .await
    }
}

/// One of each product.
pub fn items(products: &[Uuid]) -> NewCheckout {
    let item = |product_id: &Uuid| CheckoutItem { product_id: *product_id, quantity: 1, booking: None };
    NewCheckout { items: Some(products.iter().map(item).collect()), ..NewCheckout::default() }
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
