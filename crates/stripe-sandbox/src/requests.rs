//! The log of API requests, for tests that ask what the shop sent.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

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

/// Remembers a request, and forgets the oldest when there are too many.
pub(crate) fn note(requests: &mut VecDeque<RequestRecord>, record: RequestRecord) {
    if requests.len() == REMEMBERED {
        requests.pop_front();
    }
    requests.push_back(record);
}
