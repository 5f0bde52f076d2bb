//! Starting and stopping a sandbox.

use crate::control::{self, Control};
use crate::shared::Shared;
use crate::webhooks::{self, DeliverySettings};
use crate::world::World;
use crate::{NEWEST_VERSION, api, pages, state};
use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data, PayloadConfig};
use actix_web::{App, HttpServer};
use anyhow::Context;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How a sandbox is set up. The default listens on a free port of this machine and sends no webhooks yet.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    pub bind: String,
    /// Where browsers reach the sandbox; `http://` and the bound address when `None`.
    pub public_url: Option<String>,
    /// Where events go; can be set later with [`Sandbox::set_webhook`].
    pub webhook_url: Option<String>,
    /// The endpoint's signing secrets: each signs, as while Stripe rotates them.
    pub webhook_secrets: Vec<String>,
    /// The API version written on events.
    pub api_version: String,
    /// Seconds after which a delayed payment settles by itself; `None`: only when told to.
    pub settle_after: Option<u32>,
    /// The shop's name on the pay page.
    pub shop_name: String,
    /// How events are delivered.
    pub delivery: DeliverySettings,
    /// Keeps the state in this file over restarts.
    pub state: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:0".to_owned(),
            public_url: None,
            webhook_url: None,
            webhook_secrets: Vec::new(),
            api_version: NEWEST_VERSION.to_owned(),
            settle_after: None,
            shop_name: "Sandbox shop".to_owned(),
            delivery: DeliverySettings::default(),
            state: None,
        }
    }
}

/// A running sandbox. Stops when dropped, or gracefully with [`Sandbox::stop`].
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: ServerHandle,
    tasks: Vec<JoinHandle<()>>,
    state: Option<PathBuf>,
}

impl Sandbox {
    /// Starts a sandbox in the caller's Tokio runtime.
    ///
    /// # Errors
    /// When the address is taken or the kept state is unreadable.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        // Somebody else may have chosen a provider already; either serves.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let world = config.state.as_deref().map_or_else(|| Ok(World::default()), state::load)?;
        let shared = Arc::new(Shared::new(world));
        let (data, shop) = (Data::from(shared.clone()), Data::new(pages::Shop { name: config.shop_name.clone() }));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(shop.clone())
                .app_data(PayloadConfig::new(1 << 20))
                .configure(pages::routes)
                .configure(control::routes)
                .default_service(web::to(api::serve))
        })
        .workers(2)
        .shutdown_timeout(2)
        .disable_signals()
        .bind(&config.bind)
        .with_context(|| format!("cannot listen on {}", config.bind))?;
        let address = *server.addrs().first().context("no address was bound")?;
        shared.quietly(|world| {
            world.public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
            world.shop_name = config.shop_name.clone();
            world.api_version = config.api_version.clone();
            world.settle_after = config.settle_after.map(i64::from);
            world.mailbox.settings = config.delivery.clone();
            if config.webhook_url.is_some() {
                world.mailbox.url = config.webhook_url.clone();
                world.mailbox.secrets = config.webhook_secrets.clone();
            }
        });
        let server = server.run();
        let handle = server.handle();
        let mut tasks = vec![
            tokio::spawn(async { server.await.unwrap_or_else(|error| tracing::error!(%error, "the sandbox stopped")) }),
            tokio::spawn(webhooks::run(shared.clone(), reqwest::Client::new())),
            tokio::spawn(run_timers(shared.clone())),
        ];
        if let Some(path) = config.state.clone() {
            let shared = shared.clone();
            tasks.push(tokio::spawn(async move { state::keep_saving(&shared, &path).await }));
        }
        Ok(Self { shared, address, server: handle, tasks, state: config.state })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to use as `STRIPE_API_BASE`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends events from now on to `url`, signed with `secret`.
    pub fn set_webhook(&self, url: &str, secret: &str) {
        self.control().set_webhook(Some(url.to_owned()), vec![secret.to_owned()]);
    }

    /// The handle to steer it by.
    pub fn control(&self) -> Control {
        Control::new(self.shared.clone())
    }

    /// Stops it, after the requests under way, and saves its state.
    pub async fn stop(self) {
        self.server.stop(true).await;
        if let Some(path) = &self.state
            && let Err(error) = state::save(&self.shared, path)
        {
            tracing::warn!(%error, "the sandbox's state is not saved");
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Fires what is due, also while nobody asks.
async fn run_timers(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        if shared.is_timer_due() {
            shared.with(|_| ());
        }
    }
}
