//! How things go wrong, and how that is told.
//!
//! Services return [`Error`]: a stable [`Code`] and, where it helps, words for people. `?` turns anything unexpected
//! (SQL, I/O) into `server.internal`: logged with its cause, told without it.

use std::borrow::Cow;

use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header};
use vitrine_types::{Code, FieldError, Problem};

/// What a use case can fail with.
#[derive(Debug)]
pub struct Error {
    code: Code,
    detail: Option<Cow<'static, str>>,
    fields: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    cause: Option<anyhow::Error>,
}

/// What a use case gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A problem of this kind.
    pub fn new(code: Code) -> Self {
        let retry_after_seconds = matches!(code.status(), 429 | 503).then_some(2);
        Self { code, detail: None, fields: Vec::new(), retry_after_seconds, cause: None }
    }

    /// Says what happened this time, for people.
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// After how many seconds trying again makes sense.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// What lies behind it, for the log alone.
    pub fn cause(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// `request.invalid` about one field.
    pub fn field(field: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { field: field.into(), code: code.into(), detail: detail.into() }])
    }

    /// `request.invalid` about several fields.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(Code::InvalidRequest) }
    }

    /// Something that should not happen.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(Code::Internal).cause(cause)
    }

    /// What kind of problem it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What went wrong, whole, for the log or a job's last error.
    pub fn describe(&self) -> String {
        let mut text = self.to_string();
        if let Some(cause) = &self.cause {
            text.push_str(&format!(": {cause:#}"));
        }
        text
    }

    /// The body of the answer; path and request id are filled in on its way out (see `http`).
    pub fn problem(&self) -> Problem {
        Problem {
            kind: format!("/api/docs#{}", self.code.as_str()),
            title: self.code.title().into(),
            status: self.code.status(),
            code: self.code.as_str().into(),
            detail: self.detail.as_ref().map(ToString::to_string),
            instance: None,
            request_id: String::new(),
            errors: self.fields.clone(),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        self.detail.iter().try_for_each(|detail| write!(f, ": {detail}"))?;
        self.fields.iter().try_for_each(|e| write!(f, " [{}: {}]", e.field, e.code))
    }
}

impl std::error::Error for Error {}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => Code::Busy,
            sqlx::Error::Database(inner) => match inner.code().as_deref() {
                // SQLITE_BUSY and its kinds: another program holds the file. PostgreSQL: it stops or starts.
                Some("5" | "261" | "517" | "57P01" | "57P02" | "57P03") => Code::Busy,
                // Two transactions waited for each other, and this one gave way: it can simply be sent again.
                Some("40P01" | "40001") => Code::Busy,
                // SQLITE_FULL, and PostgreSQL's disk_full.
                Some("13" | "53100") => Code::StorageFull,
                // PostgreSQL keeps no NUL in texts; nothing that contains one is anywhere.
                Some("22021" | "22P05") => Code::MalformedRequest,
                // Nor times before 4713 BC.
                Some("22008") => Code::MalformedRequest,
                _ => Code::Internal,
            },
            _ => Code::Internal,
        };
        Self::new(code).cause(error)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(if is_full(&error) { Code::StorageFull } else { Code::Internal }).cause(error)
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        let code = match error {
            object_store::Error::NotFound { .. } => Code::NotFound,
            _ if is_full(&error) => Code::StorageFull,
            // As object_store names the errors of S3-compatible stores: out of reach, or failing.
            object_store::Error::Generic { store: "S3", .. } => Code::Busy,
            _ => Code::Internal,
        };
        Self::new(code).cause(error)
    }
}

/// Whether a disk without space lies behind it.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let full = |error: &std::io::Error| matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge);
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.downcast_ref::<std::io::Error>().is_some_and(full))
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.code.status() >= 500 {
            tracing::error!(error = %self.describe(), "request failed");
        }
        let mut answer = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after_seconds {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.code.status() == 401 {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        answer.content_type("application/problem+json").json(self.problem())
    }
}

/// Collects what is wrong with a request, so that all of it is told at once.
#[derive(Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes that `field` is wrong unless `ok`.
    pub fn check(&mut self, ok: bool, field: &str, code: &str, detail: impl Into<String>) {
        if !ok {
            self.0.push(FieldError { field: field.into(), code: code.into(), detail: detail.into() });
        }
    }

    /// Notes that `text` must have between `min` and `max` characters, and no control characters but line breaks.
    pub fn text(&mut self, text: &str, field: &str, min: usize, max: usize) {
        let length = text.chars().count();
        self.check(
            length >= min,
            field,
            if min == 1 { "required" } else { "too_short" },
            match min {
                1 => "This is needed".to_owned(),
                _ => format!("At least {min} characters"),
            },
        );
        self.check(length <= max, field, "too_long", format!("At most {max} characters"));
        let clean = !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
        self.check(clean, field, "control_characters", "Contains characters that cannot be shown");
    }

    /// Fails when anything was noted.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::fields(self.0)) }
    }
}
