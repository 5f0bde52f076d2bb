//! Errors in Stripe's shape: `{"error": {"type", "code", "message", "param", …}}` with an HTTP status.

use serde_json::{Value, json};

/// A refused API call.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Stripe's `type`: `invalid_request_error`, `idempotency_error`, `card_error`, `api_error`.
    pub kind: &'static str,
    /// Stripe's `code`, where it has one.
    pub code: Option<&'static str>,
    /// The parameter that is wrong, in bracket notation.
    pub param: Option<String>,
    /// What is wrong, for people.
    pub message: String,
}

/// The answer of everything that can be refused.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A 400 `invalid_request_error`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { status: 400, kind: "invalid_request_error", code: None, param: None, message: message.into() }
    }

    /// A 400 for a parameter that is needed and absent.
    pub fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    /// A 404 for an object that does not exist; `param` names where its id was given.
    pub fn no_such(kind: &str, id: &str, param: &str) -> Self {
        Self { status: 404, ..Self::invalid(format!("No such {kind}: '{id}'")).code("resource_missing").param(param) }
    }

    /// With a `code`.
    pub fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// With a `param`.
    pub fn param(self, param: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..self }
    }

    /// With another HTTP status.
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The JSON body; `request_id` goes into the link to the request's log.
    pub fn body(&self, request_id: &str) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind });
        if let Some(code) = self.code {
            error["code"] = json!(code);
            error["doc_url"] = json!(format!("https://docs.stripe.com/error-codes/{}", code.replace('_', "-")));
        }
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        error["request_log_url"] = json!(format!("https://dashboard.stripe.com/test/logs/{request_id}"));
        json!({ "error": error })
    }
}
