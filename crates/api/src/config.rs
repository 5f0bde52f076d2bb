//! Settings: from the environment, or a TOML file with the same names.
//!
//! Defaults < the file named by `VITRINE_CONFIG` < environment. Unknown `VITRINE_…` names and unknown keys of the file
//! are refused at start, so that a misspelt setting is noticed. Every setting is explained in `.env.example`.

use std::{
    io::Write,
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;
use vitrine_types::Currency;

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `VITRINE_BIND`: address and port to listen on; port 0 takes a free one.
    pub bind: String,
    /// `VITRINE_PUBLIC_URL`: where browsers reach the shop, without a slash at the end.
    pub public_url: Url,
    /// `VITRINE_DATA_DIR`: database, files, keys.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`
    pub database_url: String,
    /// `VITRINE_DATABASE_CONNECTIONS`: how many at most.
    pub database_connections: u32,
    /// `VITRINE_WEB_DIR`: the built browser app; `None` serves the API only.
    pub web_dir: Option<PathBuf>,
    /// `VITRINE_JWT_SECRET`: the first signs, all verify.
    pub jwt_secrets: Vec<SecretString>,
    /// `VITRINE_ADMIN_EMAIL` and `VITRINE_ADMIN_PASSWORD`: the first admin, when there is none.
    pub first_admin: Option<(String, SecretString)>,
    /// `STRIPE_SECRET_KEY`
    pub stripe_secret_key: Option<SecretString>,
    /// `STRIPE_WEBHOOK_SECRET`: several while rotating.
    pub stripe_webhook_secrets: Vec<SecretString>,
    /// `STRIPE_API_BASE`
    pub stripe_api_base: Url,
    /// `SMTP_URL`
    pub smtp_url: Option<SecretString>,
    /// `VITRINE_MAIL_FROM`: the sender of all mails.
    pub mail_from: String,
    /// `VITRINE_CURRENCY`
    pub currency: Currency,
    /// `VITRINE_STORAGE_URL`: `file://…` or `s3://bucket/prefix`.
    pub storage_url: Url,
    /// `VITRINE_CORS_ORIGINS`
    pub cors_origins: Vec<String>,
    /// `VITRINE_TRUSTED_PROXIES`: addresses whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// `VITRINE_SHOP_NAME`
    pub shop_name: String,
    /// `VITRINE_SHOP_TAGLINE`
    pub shop_tagline: String,
    /// `VITRINE_WORKERS`: threads that answer requests; one per core when 0.
    pub workers: usize,
    /// `VITRINE_DEMO`: the clock follows the local Stripe's, which can be moved. Refused with the real one.
    pub demo: bool,
    /// Whether outside calendars may be read from hosts of our own network. There is no setting for it: tests turn it on.
    pub fetch_private: bool,
}

/// The settings as they are written: all text, by their names in the environment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    vitrine_bind: String,
    vitrine_public_url: String,
    vitrine_data_dir: PathBuf,
    database_url: Option<String>,
    vitrine_database_connections: u32,
    vitrine_web_dir: Option<String>,
    vitrine_jwt_secret: Option<String>,
    vitrine_admin_email: Option<String>,
    vitrine_admin_password: Option<String>,
    stripe_secret_key: Option<String>,
    stripe_webhook_secret: Option<String>,
    stripe_api_base: String,
    smtp_url: Option<String>,
    vitrine_mail_from: String,
    vitrine_currency: String,
    vitrine_storage_url: Option<String>,
    vitrine_cors_origins: Option<String>,
    vitrine_require_admin_totp: bool,
    vitrine_trusted_proxies: Option<String>,
    vitrine_shop_name: String,
    vitrine_shop_tagline: String,
    vitrine_workers: usize,
    vitrine_demo: bool,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            vitrine_bind: "127.0.0.1:8080".into(),
            vitrine_public_url: "http://localhost:8080".into(),
            vitrine_data_dir: "./data".into(),
            database_url: None,
            vitrine_database_connections: 10,
            vitrine_web_dir: None,
            vitrine_jwt_secret: None,
            vitrine_admin_email: None,
            vitrine_admin_password: None,
            stripe_secret_key: None,
            stripe_webhook_secret: None,
            stripe_api_base: "https://api.stripe.com".into(),
            smtp_url: None,
            vitrine_mail_from: "Vitrine <shop@localhost>".into(),
            vitrine_currency: "usd".into(),
            vitrine_storage_url: None,
            vitrine_cors_origins: None,
            vitrine_require_admin_totp: false,
            vitrine_trusted_proxies: None,
            vitrine_shop_name: "Vitrine".into(),
            vitrine_shop_tagline: "Work made with care, from the hand that made it.".into(),
            vitrine_workers: 0,
            vitrine_demo: false,
        }
    }
}

impl Config {
    /// Reads the settings from environment and file.
    ///
    /// # Errors
    /// When one is unknown or does not make sense; the message names it.
    pub fn load() -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Raw::default()));
        if let Ok(path) = std::env::var("VITRINE_CONFIG") {
            figment = figment.merge(Toml::file_exact(path));
        }
        // The environment holds much that is not ours: of it, only our prefix is checked for unknown names.
        let ours = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.starts_with("vitrine_") && name != "vitrine_config" && !name.starts_with("vitrine_test_")
                || matches!(name.as_str(), "database_url" | "smtp_url")
                || matches!(name.as_str(), "stripe_secret_key" | "stripe_webhook_secret" | "stripe_api_base")
        };
        // Values stay text, so that a numeric password or secret is not read as a number.
        let env: Vec<(String, String)> = std::env::vars()
            .filter(|(name, value)| ours(name) && (!value.is_empty() || name == "VITRINE_WEB_DIR"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        for (name, value) in env {
            figment = match name.as_str() {
                "vitrine_database_connections" | "vitrine_workers" | "vitrine_require_admin_totp" | "vitrine_demo" => {
                    figment.merge(Env::raw().only(&[name.as_str()]))
                }
                _ => figment.merge((name, value)),
            };
        }
        let raw: Raw = figment.extract().map_err(|error| anyhow::anyhow!("settings: {error}"))?;
        raw.check()
    }

    /// Settings for a shop whose data lives in `data_dir`, with all else at its default.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn in_dir(data_dir: impl Into<PathBuf>) -> anyhow::Result<Self> {
        Raw { vitrine_data_dir: data_dir.into(), ..Raw::default() }.check()
    }

    /// The public address of `path`, which starts with a slash.
    pub fn public(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }

    /// Whether browsers reach the shop over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

impl Raw {
    fn check(self) -> anyhow::Result<Config> {
        let data_dir = std::path::absolute(&self.vitrine_data_dir).context("VITRINE_DATA_DIR")?;
        std::fs::create_dir_all(&data_dir).with_context(|| format!("VITRINE_DATA_DIR {}", data_dir.display()))?;
        let secret = |text: String| SecretString::from(text);
        let jwt_secrets = match &self.vitrine_jwt_secret {
            Some(secrets) => split(secrets),
            None => vec![kept_secret(&jwt_secret_file(&data_dir))?],
        };
        if let Some(short) = jwt_secrets.iter().find(|secret| secret.len() < 32) {
            bail!("VITRINE_JWT_SECRET: a secret of {} characters is too short, use at least 32", short.len());
        }
        if self.vitrine_require_admin_totp {
            // Better no shop than one whose owner believes in a guard that is not there.
            bail!("VITRINE_REQUIRE_ADMIN_TOTP: the second factor is not built yet; leave this at false");
        }
        let first_admin = match (self.vitrine_admin_email, self.vitrine_admin_password) {
            (Some(email), Some(password)) => Some((email, secret(password))),
            (None, None) => None,
            _ => bail!("VITRINE_ADMIN_EMAIL and VITRINE_ADMIN_PASSWORD go together"),
        };
        let storage_url = match self.vitrine_storage_url {
            Some(url) => Url::parse(&url).context("VITRINE_STORAGE_URL")?,
            None => Url::from_directory_path(data_dir.join("files")).ok().context("VITRINE_DATA_DIR")?,
        };
        let stripe_api_base = web_address(&self.stripe_api_base).context("STRIPE_API_BASE")?;
        let is_local = matches!(stripe_api_base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if self.vitrine_demo && !is_local {
            bail!(
                "VITRINE_DEMO: a demo's clock can be moved, which no real payments should follow; it needs a local Stripe"
            );
        }
        let proxies = self.vitrine_trusted_proxies.as_deref().map(split).unwrap_or_default();
        Ok(Config {
            bind: self.vitrine_bind,
            public_url: web_address(&self.vitrine_public_url).context("VITRINE_PUBLIC_URL")?,
            database_url: self
                .database_url
                .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("vitrine.db").display())),
            database_connections: self.vitrine_database_connections.max(2),
            web_dir: self.vitrine_web_dir.filter(|dir| !dir.is_empty()).map(PathBuf::from),
            jwt_secrets: jwt_secrets.into_iter().map(secret).collect(),
            first_admin,
            stripe_secret_key: self.stripe_secret_key.map(secret),
            stripe_webhook_secrets: self
                .stripe_webhook_secret
                .as_deref()
                .map(split)
                .unwrap_or_default()
                .into_iter()
                .map(secret)
                .collect(),
            stripe_api_base,
            smtp_url: self.smtp_url.map(secret),
            mail_from: self.vitrine_mail_from,
            currency: Currency::parse(&self.vitrine_currency)
                .context("VITRINE_CURRENCY: three letters, such as usd")?,
            storage_url,
            cors_origins: self.vitrine_cors_origins.as_deref().map(split).unwrap_or_default(),
            trusted_proxies: proxies
                .iter()
                .map(|ip| ip.parse().with_context(|| format!("VITRINE_TRUSTED_PROXIES: {ip}")))
                .collect::<anyhow::Result<_>>()?,
            shop_name: self.vitrine_shop_name,
            shop_tagline: self.vitrine_shop_tagline,
            workers: self.vitrine_workers,
            demo: self.vitrine_demo,
            fetch_private: false,
            data_dir,
        })
    }
}

fn split(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn web_address(text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        bail!("{text} is no http or https address");
    }
    Ok(url)
}

/// Where the secret that signs tokens is kept, unless `VITRINE_JWT_SECRET` names it.
pub fn jwt_secret_file(data_dir: &Path) -> PathBuf {
    data_dir.join("jwt-secret")
}

/// The secret in `path`, made at the first start.
fn kept_secret(path: &Path) -> anyhow::Result<String> {
    if let Ok(secret) = std::fs::read_to_string(path) {
        return Ok(secret.trim().to_owned());
    }
    let secret = hex::encode(rand::random::<[u8; 32]>());
    match write_secret(path, &secret) {
        Ok(()) => Ok(secret),
        // Another process made it in the meantime.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(std::fs::read_to_string(path)?.trim().to_owned())
        }
        Err(error) => Err(error).with_context(|| format!("write {}", path.display())),
    }
}

/// Writes a secret to a new file that nobody else can read.
///
/// # Errors
/// Also when there is such a file.
pub fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()
}

/// The value of a secret, for the moment of its use.
pub fn reveal(secret: &SecretString) -> &str {
    secret.expose_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_secret_it_made() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = || reveal(&Config::in_dir(dir.path()).unwrap().jwt_secrets[0]).to_owned();
        assert_eq!(secrets(), secrets());
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        let dir = tempfile::tempdir().unwrap();
        let raw = || Raw { vitrine_data_dir: dir.path().into(), ..Raw::default() };
        let refused = |raw: Raw, name: &str| {
            let error = format!("{:#}", raw.check().unwrap_err());
            assert!(error.contains(name), "{error}");
        };
        refused(Raw { vitrine_public_url: "ftp://x".into(), ..raw() }, "VITRINE_PUBLIC_URL");
        refused(Raw { vitrine_currency: "dollars".into(), ..raw() }, "VITRINE_CURRENCY");
        refused(Raw { vitrine_jwt_secret: Some("short".into()), ..raw() }, "VITRINE_JWT_SECRET");
        refused(Raw { vitrine_require_admin_totp: true, ..raw() }, "VITRINE_REQUIRE_ADMIN_TOTP");
        refused(Raw { vitrine_admin_email: Some("a@b.c".into()), ..raw() }, "VITRINE_ADMIN_PASSWORD");
        refused(Raw { vitrine_demo: true, ..raw() }, "VITRINE_DEMO");
    }

    #[test]
    fn file_with_an_unknown_key_is_refused() {
        let figment = Figment::from(Serialized::defaults(Raw::default())).merge(Toml::string("vitrine_bnd = 'x'"));
        assert!(figment.extract::<Raw>().unwrap_err().to_string().contains("vitrine_bnd"));
    }
}
