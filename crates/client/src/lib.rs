//! The typed client of the Vitrine API: the browser app's only way to the server, and the tests' too.
//!
//! One file per feature, one method per operation, named as the operation. [`Client`] keeps the access token in memory;
//! the refresh token lives in the browser's (or reqwest's) cookie store and never passes through here. When an access
//! token has expired the client refreshes it once and repeats the request.

mod accounts;
mod admin;
mod alone;
mod calendar;
mod cart;
mod catalog;
mod checkout;
mod entitlements;
mod send;
mod subscriptions;
mod time_machine;
mod tokens;

use std::sync::{Arc, Mutex};

use serde::{Serialize, de::DeserializeOwned};
use vitrine_types::{Code, Problem, accounts::Session};

pub use send::Method;
use send::{Body, Request};

/// Why a call did not give what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The server said no, and why.
    Problem(Box<Problem>),
    /// The server could not be reached, or the connection broke.
    Network(String),
    /// The answer was not what this version of the client understands.
    Unreadable(String),
}

impl Error {
    /// The server's code, when it gave one this version knows.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => problem.known_code(),
            _ => None,
        }
    }

    /// The HTTP status, when there was an answer that said no.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Problem(problem) => Some(problem.status),
            _ => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => {
                write!(f, "{} {}: {}", problem.status, problem.code, problem.title)?;
                problem.detail.iter().try_for_each(|detail| write!(f, " ({detail})"))?;
                problem.errors.iter().try_for_each(|e| write!(f, " [{}: {}]", e.field, e.detail))
            }
            Self::Network(why) => write!(f, "no connection: {why}"),
            Self::Unreadable(why) => write!(f, "unexpected answer: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// What a call gives.
pub type Result<T> = std::result::Result<T, Error>;

/// A client of one server, signed in or not. Clones share the session.
#[derive(Clone)]
pub struct Client {
    base: Arc<str>,
    token: Arc<Mutex<Option<String>>>,
    alone: alone::Alone,
    transport: send::Transport,
}

impl Client {
    /// A client of the server at `base`, such as `http://localhost:8080`; empty means "where the page came from".
    pub fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').into(),
            token: Arc::default(),
            alone: Default::default(),
            transport: Default::default(),
        }
    }

    /// The access token in use.
    pub fn token(&self) -> Option<String> {
        self.token.lock().ok().and_then(|token| token.clone())
    }

    /// Uses this access token from now on; `None` forgets it.
    pub fn set_token(&self, token: Option<String>) {
        if let Ok(mut slot) = self.token.lock() {
            *slot = token;
        }
    }

    fn keep(&self, session: Session) -> Session {
        self.set_token(Some(session.access_token.clone()));
        session
    }

    /// Sends JSON to `path` (below `/api/v1`) and reads JSON: the way to any call that has no method here.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T> {
        let body = match body {
            Some(body) => Body::Json(serde_json::to_string(body).map_err(|e| Error::Unreadable(e.to_string()))?),
            None => Body::Empty,
        };
        self.request(Request { method, path: path.into(), body, idempotency_key: None }).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.call(Method::Get, path, None::<&()>).await
    }

    async fn get_with<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T> {
        self.get(&format!("{path}{}", query_string(query))).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.call(Method::Post, path, Some(body)).await
    }

    /// As [`Client::post`], with an `Idempotency-Key`.
    async fn post_once<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize, key: Option<&str>) -> Result<T> {
        let body = Body::Json(serde_json::to_string(body).map_err(|e| Error::Unreadable(e.to_string()))?);
        let idempotency_key = key.map(str::to_owned);
        self.request(Request { method: Method::Post, path: path.into(), body, idempotency_key }).await
    }

    async fn request<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        let text = self.request_text(request).await?;
        // 202 and 204 have no body; `()` reads from `null`.
        let text = if text.is_empty() { "null" } else { &text };
        serde_json::from_str(text).map_err(|e| Error::Unreadable(e.to_string()))
    }

    async fn request_text(&self, request: Request) -> Result<String> {
        let body = self.request_bytes(request).await?;
        String::from_utf8(body).map_err(|e| Error::Unreadable(e.to_string()))
    }

    async fn request_bytes(&self, request: Request) -> Result<Vec<u8>> {
        let token = self.token();
        let answer = self.send(&request, token.as_deref()).await;
        match (&answer, &token) {
            (Err(error), Some(old)) if error.code() == Some(Code::InvalidToken) => {
                self.alone
                    .run(async {
                        // Another call may have refreshed meanwhile: then its token is good for this one too.
                        if self.token().as_ref() != Some(old) {
                            return Ok(());
                        }
                        self.exchange_cookie().await.map(drop).inspect_err(|error| {
                            // Without a connection the session has not ended.
                            if error.status() == Some(401) {
                                self.set_token(None);
                            }
                        })
                    })
                    .await?;
                self.send(&request, self.token().as_deref()).await
            }
            _ => answer,
        }
    }

    async fn send(&self, request: &Request, token: Option<&str>) -> Result<Vec<u8>> {
        let url = format!("{}/api/v1{}", self.base, request.path);
        let (status, body) = self.transport.send(&url, request, token).await?;
        if status < 400 {
            return Ok(body);
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(Error::Problem(Box::new(problem))),
            Err(_) => Err(Error::Unreadable(format!("status {status}"))),
        }
    }
}

/// `?a=b&c=d` of a flat struct, without what is absent; empty when all is.
fn query_string(query: &impl Serialize) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(query) else {
        return String::new();
    };
    let mut text = String::new();
    for (name, value) in fields {
        let value = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::String(value) => value,
            other => other.to_string(),
        };
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(&name);
        text.push('=');
        text.push_str(&escape(&value));
    }
    text
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn escape(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use vitrine_types::catalog::{ProductKind, ProductQuery};

    #[test]
    fn query_leaves_out_what_is_absent_and_escapes_the_rest() {
        let query = ProductQuery { kind: Some(ProductKind::Download), q: Some("a&b ü".into()), ..Default::default() };
        assert_eq!(super::query_string(&query), "?kind=download&q=a%26b%20%C3%BC");
        assert_eq!(super::query_string(&ProductQuery::default()), "");
    }
}
