//! What every handler may use: one struct of plain fields.

use std::sync::Arc;

use actix_web::web;
use object_store::ObjectStore;

use crate::{
    accounts::{limits::Limits, passwords::Passwords},
    auth::Keys,
    clock::Clock,
    config::{Config, reveal},
    db::Db,
    error::{Error, Result},
    mail::smtp::Mailer,
    seal::Seals,
    stripe::Stripe,
};

/// Handlers take this.
pub type App = web::Data<State>;

/// The running shop.
pub struct State {
    /// Settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Signs and checks tokens.
    pub keys: Keys,
    /// Seals secrets that must be read again.
    pub seals: Seals,
    /// Hashes passwords, a bounded number at once.
    pub passwords: Passwords,
    /// Who asked how often.
    pub limits: Limits,
    /// Sends mails, when there is a mail server.
    pub mailer: Option<Mailer>,
    /// Where files live.
    pub storage: Arc<dyn ObjectStore>,
    stripe: Option<Stripe>,
}

impl State {
    /// Opens what the settings name.
    ///
    /// # Errors
    /// When the database, the storage or the settings are not usable.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let stripe =
            config.stripe_secret_key.clone().map(|key| Stripe::new(&config.stripe_api_base, key)).transpose()?;
        let host = config.public_url.host_str().unwrap_or("localhost");
        let mailer =
            config.smtp_url.as_ref().map(|url| Mailer::new(reveal(url), &config.mail_from, host)).transpose()?;
        Ok(Self {
            db: Db::open(&config.database_url, config.database_connections).await?,
            keys: Keys::new(&config.jwt_secrets),
            seals: Seals::new(&config.jwt_secrets)?,
            passwords: Passwords::default(),
            limits: Limits::default(),
            storage: crate::storage::open(&config.storage_url)?,
            stripe,
            mailer,
            clock,
            config,
        })
    }

    /// Stripe, when payments are set up.
    ///
    /// # Errors
    /// `payments.not_configured`.
    pub fn stripe(&self) -> Result<&Stripe> {
        self.stripe.as_ref().ok_or_else(|| Error::new(vitrine_types::Code::PaymentsNotConfigured))
    }

    /// Whether orders that cost something can be paid.
    pub fn takes_payments(&self) -> bool {
        self.stripe.is_some()
    }
}
