//! What every answer has: a request id, security headers, one form for errors; and a line in the log.

use std::time::Instant;

use actix_web::{
    HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;
use vitrine_types::Code;

use crate::error::Error;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request, as told in `X-Request-Id`.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Uuid);

/// Wraps every request.
///
/// # Errors
/// Those of other middleware; a handler's errors are answers already.
pub async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestId(id));
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.path().to_owned();
    let span = tracing::info_span!("request", request_id = %id, method = %method, path = without_secrets(&path));
    let mut response = async {
        // A body that unpacks to a thousand times its size is nobody's honest request.
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            let error = Error::new(Code::UnsupportedMediaType).detail("Send the body without Content-Encoding");
            return Ok(request.into_response(HttpResponse::from_error(error)).map_into_boxed_body());
        }
        next.call(request).await.map(ServiceResponse::map_into_boxed_body)
    }
    .instrument(span.clone())
    .await?;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = as_problem(response, id, &path);
    }
    let api = path.starts_with("/api/");
    let https = response.request().app_data::<crate::state::App>().is_some_and(|state| state.config.is_https());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID.clone(), value);
    }
    secure(headers, api, https);
    let status = response.status().as_u16();
    let route = response.request().match_pattern().unwrap_or_else(|| "other".into());
    let seconds = started.elapsed().as_secs_f64();
    metrics::counter!("http_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_duration_seconds", "route" => route).record(seconds);
    span.in_scope(|| tracing::debug!(status, milliseconds = seconds * 1e3, "answered"));
    Ok(response)
}

/// The path as it may stand in a log: some addresses are keys in themselves.
fn without_secrets(path: &str) -> String {
    let keys = ["/api/v1/bookings/by-link/", "/api/v1/calendar/", "/api/v1/downloads/", "/api/v1/embeds/"];
    let Some((before, secret)) = keys.iter().find_map(|key| Some((*key, path.strip_prefix(key)?))) else {
        return path.to_owned();
    };
    let after = secret.find('/').map_or("", |end| &secret[end..]);
    format!("{before}…{after}")
}

/// Gives an error its one form, with the path and the request's id.
fn as_problem(response: ServiceResponse, id: Uuid, path: &str) -> ServiceResponse {
    let told = response.response().error().and_then(|error| error.as_error::<Error>()).map(Error::problem);
    let status = response.status();
    let mut problem = told.unwrap_or_else(|| Error::new(code_of(status)).problem());
    problem.status = status.as_u16();
    problem.instance = Some(path.to_owned());
    problem.request_id = id.to_string();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let (request, mut response) = response.into_parts();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Both told of the body that is replaced, which may have been packed already.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().remove(header::CONTENT_ENCODING);
    ServiceResponse::new(request, response.set_body(BoxBody::new(body)))
}

/// What the framework meant.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        401 => Code::NotSignedIn,
        403 => Code::Forbidden,
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::RequestTimeout,
        413 => Code::PayloadTooLarge,
        415 => Code::UnsupportedMediaType,
        416 => Code::RangeNotSatisfiable,
        422 => Code::InvalidRequest,
        429 => Code::RateLimited,
        503 => Code::Busy,
        400..500 => Code::MalformedRequest,
        _ => Code::Internal,
    }
}

/// Sets what a handler has not set itself.
fn secure(headers: &mut HeaderMap, api: bool, https: bool) {
    let mut default = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    default(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    default(header::PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=()");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if api {
        default(header::CACHE_CONTROL, "no-store");
    }
    if https {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn addresses_that_are_keys_are_not_logged() {
        assert_eq!(without_secrets("/api/v1/calendar/0123abcd.ics"), "/api/v1/calendar/…");
        assert_eq!(without_secrets("/api/v1/bookings/by-link/a.b.c/cancel"), "/api/v1/bookings/by-link/…/cancel");
        assert_eq!(without_secrets("/api/v1/downloads/a.b.c/guide.pdf"), "/api/v1/downloads/…/guide.pdf");
        assert_eq!(without_secrets("/api/v1/embeds/a.b.c"), "/api/v1/embeds/…");
        assert_eq!(without_secrets("/api/v1/bookings/1/cancel"), "/api/v1/bookings/1/cancel");
    }
}
