//! Sending requests to Stripe.

use std::time::Duration;

use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};
use url::Url;
use vitrine_types::Code;

use crate::{error::Error, rig};

/// The layout that requests and replies have. The webhook endpoint should be made with the same.
const API_VERSION: &str = "2026-10-28.endive";

/// A request is tried so often before it is given up.
const ATTEMPTS: u32 = 3;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(8);
/// A customer waits for the answer: better a clear "try again" than a page that hangs.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection to one Stripe account.
pub struct Stripe {
    http: reqwest::Client,
    base: String,
    key: SecretString,
}

/// Why a request brought nothing.
#[derive(Debug)]
pub enum StripeError {
    /// Stripe understood and said no: the same request would be refused again.
    Refused(Refusal),
    /// No answer: the request may have had its effect. Send it again with the same key.
    Unavailable(String),
    /// Stripe answered that it is in trouble; the request may have had its effect all the same. Stripe repeats this answer
    /// to the same key for ever: look whether the effect is there, then use another key.
    Broken(u16),
}

/// Stripe's error object.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Refusal {
    /// The HTTP status.
    #[serde(skip)]
    pub status: u16,
    /// Such as `invalid_request_error`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Such as `charge_already_refunded`.
    #[serde(default)]
    pub code: Option<String>,
    /// For developers; may name our parameters, never a secret.
    #[serde(default)]
    pub message: Option<String>,
}

impl std::fmt::Display for StripeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(no) => write!(
                f,
                "Stripe refused ({} {} {}): {}",
                no.status,
                no.kind,
                no.code.as_deref().unwrap_or("-"),
                no.message.as_deref().unwrap_or("-")
            ),
            Self::Unavailable(why) => write!(f, "Stripe does not answer: {why}"),
            Self::Broken(status) => write!(f, "Stripe is in trouble (status {status})"),
        }
    }
}

impl std::error::Error for StripeError {}

impl StripeError {
    /// Whether Stripe said no with this code.
    pub fn is_refusal(&self, code: &str) -> bool {
        matches!(self, Self::Refused(no) if no.code.as_deref() == Some(code))
    }

    /// Whether there is no such object.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused(no) if no.status == 404)
    }
}

impl From<StripeError> for Error {
    fn from(error: StripeError) -> Self {
        let code = match &error {
            StripeError::Refused(_) => Code::PaymentsRefused,
            StripeError::Unavailable(_) | StripeError::Broken(_) => Code::PaymentsUnavailable,
        };
        Error::new(code).cause(error)
    }
}

impl Stripe {
    /// A connection with this key to `base`, Stripe's own address or another that speaks its API.
    ///
    /// # Errors
    /// When there is no TLS provider.
    pub fn new(base: &Url, key: SecretString) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(ATTEMPT_TIMEOUT)
            .connect_timeout(Duration::from_secs(3))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Vitrine/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, base: base.as_str().trim_end_matches('/').to_owned(), key })
    }

    /// Whether the key is one of live mode; events of the other mode are not ours.
    pub fn is_live(&self) -> bool {
        self.key.expose_secret().contains("_live_")
    }

    /// Sends a request that changes something. `key` names the intention: sent again, it has no further effect.
    ///
    /// # Errors
    /// [`StripeError`]; after `Unavailable` the effect is unknown until the same key is sent again.
    pub async fn send<T: DeserializeOwned>(&self, request: &impl StripeRequest, key: &str) -> Result<T, StripeError> {
        self.deliver(request.build(), Some(key)).await
    }

    /// Asks for something.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn get<T: DeserializeOwned>(&self, request: &impl StripeRequest) -> Result<T, StripeError> {
        self.deliver(request.build(), None).await
    }

    async fn deliver<T: DeserializeOwned>(&self, request: RequestBuilder, key: Option<&str>) -> Result<T, StripeError> {
        let deliver = async {
            let mut attempt = 1;
            loop {
                match self.attempt(&request, key).await {
                    Err(error @ (StripeError::Unavailable(_) | StripeError::Broken(_))) if attempt < ATTEMPTS => {
                        tracing::warn!(path = request.path, attempt, %error, "trying again");
                        // Jitter, so that many customers' retries do not arrive together.
                        let wait = rand::rng().random_range(100..300) * u64::from(attempt);
                        tokio::time::sleep(Duration::from_millis(wait)).await;
                        attempt += 1;
                    }
                    answer => break answer,
                }
            }
        };
        let timed_out = |_| StripeError::Unavailable(format!("no answer within {} s", TOTAL_TIMEOUT.as_secs()));
        let text = tokio::time::timeout(TOTAL_TIMEOUT, deliver).await.map_err(timed_out)??;
        serde_json::from_str(&text).map_err(|e| StripeError::Unavailable(format!("{}: {e}", request.path)))
    }

    async fn attempt(&self, request: &RequestBuilder, key: Option<&str>) -> Result<String, StripeError> {
        let query = request.query.as_deref().filter(|query| !query.is_empty());
        let url = format!("{}/v1{}{}{}", self.base, request.path, query.map_or("", |_| "?"), query.unwrap_or(""));
        let mut http = match request.method {
            StripeMethod::Get => self.http.get(url),
            StripeMethod::Post => self.http.post(url),
            StripeMethod::Delete => self.http.delete(url),
        };
        http = http.bearer_auth(self.key.expose_secret()).header("Stripe-Version", API_VERSION);
        if let Some(key) = key {
            http = http.header("Idempotency-Key", key);
        }
        if let Some(body) = &request.body {
            http = http.header("Content-Type", "application/x-www-form-urlencoded").body(body.clone());
        }
        // Without the address: it could carry ids into a log.
        let broken = |error: reqwest::Error| StripeError::Unavailable(error.without_url().to_string());
        rig::point();
        let answer = http.send().await.map_err(broken)?;
        let status = answer.status().as_u16();
        let should_retry = answer.headers().get("Stripe-Should-Retry").map(|value| value == "true");
        let text = answer.text().await.map_err(broken)?;
        rig::point();
        if status < 400 {
            return Ok(text);
        }
        match status {
            // Stripe's own word counts more than ours, where it gives one.
            500.. if should_retry != Some(false) || key.is_some() => return Err(StripeError::Broken(status)),
            // The request did not come in time (a connection that was idle), another with this key is under way, or too many
            // are: none had an effect.
            408 | 409 | 424 | 429 if should_retry != Some(false) => {
                return Err(StripeError::Unavailable(format!("status {status}")));
            }
            _ => {}
        }
        #[derive(Deserialize)]
        struct Body {
            error: Refusal,
        }
        let refusal = serde_json::from_str::<Body>(&text).map(|body| body.error).unwrap_or_default();
        Err(StripeError::Refused(Refusal { status, ..refusal }))
    }
}
