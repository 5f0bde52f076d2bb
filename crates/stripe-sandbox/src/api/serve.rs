//! One API request over HTTP: authorization, version, form, idempotency, faults, answer.

use super::{NEWEST_VERSION, check_paths, expanded, handle, versions};
use crate::error::{ApiError, ApiResult};
use crate::faults::{self, Fault, FaultKind};
use crate::idempotency::{Answer, Claim};
use crate::ids;
use crate::params::{self, Call};
use crate::requests::{self, RequestRecord};
use crate::shared::{Shared, locked};
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Every request under `/v1`.
pub(crate) async fn serve(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    let mut exchange = Exchange::new(&request, &shared);
    let fault = faults::take(&mut locked(&shared.faults), request.method().as_str(), request.path());
    if let Some(fault) = fault.as_ref().filter(|fault| !fault.after_effect && !matches!(fault.kind, FaultKind::Slow(_)))
    {
        return exchange.break_off(fault).await;
    }
    match exchange.prepare(&request, &body) {
        Err(error) => exchange.reply(error.status, error.body(&exchange.id)),
        Ok(Prepared::Again(answer)) => {
            exchange.record.replayed = true;
            exchange.answer(answer, fault.as_ref()).await
        }
        Ok(Prepared::First { call, id, form }) => {
            let claim = ClaimGuard { shared: &shared, key: exchange.record.idempotency_key.clone(), kept: false };
            if let Some(FaultKind::Slow(millis)) = fault.as_ref().map(|fault| fault.kind) {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            let (mut answer, executed) = exchange.execute(call, &id, form);
            if executed {
                let error = fault.as_ref().filter(|fault| fault.after_effect).and_then(status_fault);
                if let Some(error) = error {
                    // What went wrong while executing is kept too, and given again.
                    answer = Answer { status: error.status, body: error.body(&exchange.id), ..answer };
                }
                claim.keep(answer.clone());
            }
            exchange.answer(answer, fault.as_ref()).await
        }
    }
}

enum Prepared {
    Again(Answer),
    First { call: &'static Call, id: String, form: Map<String, Value> },
}

/// Frees an idempotency key whose request was not executed, also when its connection breaks.
struct ClaimGuard<'a> {
    shared: &'a Shared,
    key: Option<String>,
    kept: bool,
}

impl ClaimGuard<'_> {
    fn keep(mut self, answer: Answer) {
        if let Some(key) = &self.key {
            self.shared.quietly(|world| world.answers.keep(key, answer));
        }
        self.kept = true;
    }
}

impl Drop for ClaimGuard<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key.as_ref().filter(|_| !self.kept) {
            self.shared.quietly(|world| world.answers.release(key));
        }
    }
}

/// A request being served.
struct Exchange<'a> {
    id: String,
    shared: &'a Shared,
    record: RequestRecord,
}

impl<'a> Exchange<'a> {
    fn new(request: &HttpRequest, shared: &'a Shared) -> Self {
        let id = ids::random("req_", 14);
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let record = RequestRecord {
            id: id.clone(),
            at: shared.read(|world| world.now()),
            method: request.method().to_string(),
            path: request.path().to_owned(),
            params: json!({}),
            // Keys mean something on POST only.
            idempotency_key: header("idempotency-key").filter(|_| request.method() == Method::POST),
            version: header("stripe-version"),
            status: None,
            replayed: false,
        };
        Self { id, shared, record }
    }

    /// All that is judged before the call itself.
    fn prepare(&mut self, request: &HttpRequest, body: &[u8]) -> ApiResult<Prepared> {
        authorize(request)?;
        if let Some(version) = self.record.version.as_deref().filter(|version| !versions::is_released(version)) {
            return Err(ApiError::invalid(format!("Invalid Stripe API version: {version}")));
        }
        let (method, path) = (request.method().as_str(), request.path());
        let (call, id) = params::find_call(method, path).ok_or_else(|| {
            let message = format!(
                "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at \
                 https://support.stripe.com/."
            );
            ApiError::invalid(message).status(404)
        })?;
        let form = read_form(request, body)?;
        self.record.params = Value::Object(form.clone());
        let Some(key) = &self.record.idempotency_key else {
            return Ok(Prepared::First { call, id, form });
        };
        if key.len() > 255 {
            let error = ApiError::invalid("Idempotency keys must be at most 255 characters long.");
            return Err(ApiError { kind: "idempotency_error", ..error });
        }
        let fingerprint = format!("{method} {path} {}", self.record.params);
        Ok(match self.shared.quietly(|world| world.answers.claim(key, &fingerprint))? {
            Claim::Again(answer) => Prepared::Again(answer),
            Claim::First => Prepared::First { call, id, form },
        })
    }

    /// Serves the call. The flag says whether it got past validation: only then is its answer kept under its key.
    fn execute(&self, call: &Call, id: &str, form: Map<String, Value>) -> (Answer, bool) {
        let answer = |status, body| Answer { status, body, request_id: self.id.clone() };
        let judged = params::check(call, form).and_then(|(params, paths)| {
            check_paths(call, &paths)?;
            Ok((params, paths))
        });
        let (params, paths) = match judged {
            Ok(judged) => judged,
            Err(error) => return (answer(error.status, error.body(&self.id)), false),
        };
        let outcome = self.shared.with(|world| {
            world.request = Some((self.id.clone(), self.record.idempotency_key.clone()));
            let outcome = handle(world, call, id, &params).map(|object| expanded(world, call, &object, &paths));
            world.request = None;
            outcome
        });
        match outcome {
            Ok(object) => (answer(200, object), true),
            Err(error) => (answer(error.status, error.body(&self.id)), true),
        }
    }

    async fn answer(self, answer: Answer, fault: Option<&Fault>) -> HttpResponse {
        match fault {
            Some(fault) if fault.after_effect && !matches!(fault.kind, FaultKind::Slow(_) | FaultKind::Status(_)) => {
                self.break_off(fault).await
            }
            _ => {
                let replayed = self.record.replayed;
                let original = answer.request_id;
                let mut response = self.reply(answer.status, answer.body);
                let headers = response.headers_mut();
                if replayed {
                    headers.insert(
                        header::HeaderName::from_static("idempotent-replayed"),
                        header::HeaderValue::from_static("true"),
                    );
                }
                if let Ok(value) = header::HeaderValue::from_str(&original) {
                    headers.insert(header::HeaderName::from_static("original-request"), value);
                }
                response
            }
        }
    }

    /// A fault in place of the answer.
    async fn break_off(self, fault: &Fault) -> HttpResponse {
        if let Some(error) = status_fault(fault) {
            return self.reply(error.status, error.body(&self.id));
        }
        if fault.kind == FaultKind::Garbage {
            self.log(Some(200));
            return HttpResponse::Ok().content_type("text/html").body("<html>upstream hiccup</html>");
        }
        if let FaultKind::Timeout(millis) = fault.kind {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        self.log(None);
        // A body that fails before its first byte makes the server close the connection with nothing sent.
        let broken = stream::once(async { Err::<Bytes, std::io::Error>(std::io::ErrorKind::ConnectionReset.into()) });
        HttpResponse::Ok().no_chunking(1).body(actix_web::body::SizedStream::new(1, broken))
    }

    fn log(&self, status: Option<u16>) {
        requests::note(&mut locked(&self.shared.requests), RequestRecord { status, ..self.record.clone() });
    }

    fn reply(&self, status: u16, body: Value) -> HttpResponse {
        self.log(Some(status));
        let mut response =
            HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        response
            .insert_header(("request-id", self.id.as_str()))
            .insert_header(("stripe-version", NEWEST_VERSION))
            .insert_header((header::CACHE_CONTROL, "no-cache, no-store"));
        if let Some(key) = &self.record.idempotency_key {
            response.insert_header(("idempotency-key", key.as_str()));
        }
        if status == 409 || status == 429 || status >= 500 {
            response.insert_header(("stripe-should-retry", "true"));
        }
        let text = serde_json::to_string_pretty(&body).unwrap_or_default();
        response.content_type("application/json").body(text)
    }
}

fn status_fault(fault: &Fault) -> Option<ApiError> {
    let FaultKind::Status(status) = fault.kind else {
        return None;
    };
    let error = match status {
        429 => ApiError::invalid("Request rate limit exceeded.").code("rate_limit"),
        402 => ApiError { kind: "card_error", ..ApiError::invalid("Your card was declined.").code("card_declined") },
        401 => ApiError::invalid("Expired API Key provided").code("api_key_expired"),
        _ => ApiError { kind: "api_error", ..ApiError::invalid("An unknown error occurred") },
    };
    Some(error.status(status))
}

fn authorize(request: &HttpRequest) -> ApiResult<()> {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = match sent.split_once(' ') {
        Some(("Bearer", key)) => key.trim().to_owned(),
        Some(("Basic", encoded)) => basic_user(encoded.trim()).unwrap_or_default(),
        _ => String::new(),
    };
    let refuse = |message: &str| Err(ApiError::invalid(message).status(401));
    if key.is_empty() {
        return refuse(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
             auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        );
    }
    if key.starts_with("pk_") {
        let message = "This API call cannot be made with a publishable API key. Please use a secret API key.";
        return Err(ApiError::invalid(message).code("secret_key_required").status(403));
    }
    if key.starts_with("sk_live_") || key.starts_with("rk_live_") {
        return refuse("A live key was sent to the sandbox. Roll it, and use a test key here.");
    }
    if !["sk_test_", "rk_test_"].iter().any(|prefix| key.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty())) {
        return refuse("Invalid API Key provided.");
    }
    Ok(())
}

/// The user name of `Basic` credentials.
fn basic_user(encoded: &str) -> Option<String> {
    use base64::Engine;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split(':').next().map(str::to_owned)
}

fn read_form(request: &HttpRequest, body: &[u8]) -> ApiResult<Map<String, Value>> {
    let mut sent = request.query_string().to_owned();
    if !body.is_empty() && request.method() != Method::GET {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            let message = "Invalid request (check that your POST content type is application/x-www-form-urlencoded).";
            return Err(ApiError::invalid(message));
        }
        let text = std::str::from_utf8(body).map_err(|_| ApiError::invalid("Invalid UTF-8 in the request body."))?;
        if !sent.is_empty() {
            sent.push('&');
        }
        sent.push_str(text);
    }
    params::parse_form(&sent)
}
