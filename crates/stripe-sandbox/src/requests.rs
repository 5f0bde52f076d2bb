//! The log of API requests, for tests that ask what the shop sent.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One API request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestRecord {
    /// `req_…`, as in the `Request-Id` header.
    pub id: String,
    /// Seconds since 1970, on the sandbox's clock.
    pub at: i64,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// The parameters as sent, nested.
    pub params: Value,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// `Stripe-Version`.
    pub version: Option<String>,
    /// The status answered; `None` when the connection was broken on purpose.
    pub status: Option<u16>,
    /// Whether a kept answer was given again.
    pub replayed: bool,
}
