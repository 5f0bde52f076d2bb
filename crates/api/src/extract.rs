//! Reading requests: JSON bodies, queries and paths, with errors that say what to mend.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    time::Duration,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::{PathError, PayloadError, QueryPayloadError},
    http::header,
    web,
};
use serde::de::DeserializeOwned;
use vitrine_types::Code;

use crate::{
    error::{Error, Result},
    state::State,
};

/// The largest JSON body, in bytes.
pub const JSON_LIMIT: usize = 256 * 1024;

/// How long a body of at most [`JSON_LIMIT`] may take to arrive: who sends it byte by byte must not keep us waiting.
const PATIENCE: Duration = Duration::from_secs(20);

/// A body as it was sent, of at most [`JSON_LIMIT`] bytes.
pub struct Raw(pub web::Bytes);

impl FromRequest for Raw {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move { in_time(PATIENCE, body).await?.map(Self).map_err(payload_error) })
    }
}

/// What arrives, unless it takes too long.
async fn in_time<T>(patience: Duration, arriving: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(patience, arriving).await.map_err(|_| Code::RequestTimeout.into())
}

/// A JSON body. Broken JSON is 400; a wrong or unknown field 422 with its path.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        // Also keeps other sites' forms out: a form cannot send this type without asking first (CORS preflight).
        let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        let body = Raw::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(Error::new(Code::UnsupportedMediaType).detail("Send application/json"));
            }
            read_json(&body.await?.0).map(Json)
        })
    }
}

/// A JSON body that may be left out altogether, which means its default.
pub struct JsonOrNothing<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for JsonOrNothing<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let nothing = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
            && !request.headers().contains_key(header::TRANSFER_ENCODING);
        if nothing {
            return Box::pin(std::future::ready(Ok(Self(T::default()))));
        }
        let body = Json::<T>::from_request(request, payload);
        Box::pin(async move { body.await.map(|Json(body)| Self(body)) })
    }
}

/// Reads JSON as [`Json`] does.
///
/// # Errors
/// `request.malformed` for broken JSON, `request.invalid` for a field that does not fit.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // serde takes a list for an object, value by value in the order of the fields; nobody means that.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Error::field("", "invalid", "Send an object, not a list"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => field_error(&path, &inner.to_string()),
            _ => Error::new(Code::MalformedRequest).detail(format!("This is no valid JSON: {inner}")),
        }
    })?;
    reader.end().map_err(|_| Error::new(Code::MalformedRequest).detail("There is something after the JSON value"))?;
    Ok(value)
}

/// Turns serde's words into a field, a reason and a sentence.
fn field_error(path: &str, message: &str) -> Error {
    let words = message.split(" at line ").next().unwrap_or(message);
    let quoted = words.split('`').nth(1);
    let (field, code) = match (words, quoted) {
        (words, Some(name)) if words.starts_with("unknown field") => (join(path, name), "unknown_field"),
        (words, Some(name)) if words.starts_with("missing field") => (join(path, name), "required"),
        _ => (path.to_owned(), "invalid"),
    };
    Error::field(field.trim_start_matches("."), code, words)
}

fn join(path: &str, name: &str) -> String {
    match path {
        "." | "" => name.to_owned(),
        // For an unknown field the path already ends with its name.
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// Reads a body that is no JSON, such as a picture, of at most `limit` bytes.
///
/// # Errors
/// `request.too_large`; `request.malformed` when it breaks off; `request.timeout` after several minutes.
pub async fn read_bytes(payload: web::Payload, limit: usize) -> Result<web::Bytes> {
    let too_large = || Error::new(Code::PayloadTooLarge).detail(format!("At most {} MiB", limit / 1024 / 1024));
    let body = in_time(15 * PATIENCE, payload.to_bytes_limited(limit)).await?.map_err(|_| too_large())?;
    body.map_err(|_| Error::new(Code::MalformedRequest).detail("The body did not arrive whole"))
}

fn payload_error(error: actix_web::Error) -> Error {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => too_large(),
        _ if error.as_response_error().status_code() == 413 => too_large(),
        _ => Error::new(Code::MalformedRequest).detail("The body did not arrive whole"),
    }
}

fn too_large() -> Error {
    Error::new(Code::PayloadTooLarge).detail(format!("At most {} KiB", JSON_LIMIT / 1024))
}

/// Where the request comes from. `X-Forwarded-For` is believed only of trusted proxies, and only what they wrote.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequest for ClientAddress {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let peer = request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
        let proxies = request.app_data::<web::Data<State>>().map_or(&[][..], |state| &state.config.trusted_proxies);
        let forwarded = request.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
        std::future::ready(Ok(Self(client_address(peer, forwarded, proxies))))
    }
}

/// Each proxy adds whom it was called by at the end: from there on, the first one that we do not trust is the client.
fn client_address<'h>(peer: IpAddr, forwarded: impl Iterator<Item = &'h str>, proxies: &[IpAddr]) -> IpAddr {
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut client = peer.to_canonical();
    for hop in hops.into_iter().rev() {
        if !proxies.contains(&client) {
            break;
        }
        let Ok(before) = hop.parse::<IpAddr>() else { break };
        client = before.to_canonical();
    }
    client
}

/// What the framework's own extractors answer when they fail.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(JSON_LIMIT))
        .app_data(web::QueryConfig::default().error_handler(|error, _| {
            let QueryPayloadError::Deserialize(inner) = &error else {
                return Error::new(Code::MalformedRequest).into();
            };
            let words = inner.to_string();
            let name = words.split('`').nth(1).unwrap_or("query").to_owned();
            Error::field(name, if words.starts_with("unknown field") { "unknown_field" } else { "invalid" }, words)
                .into()
        }))
        // A path that is no id names nothing.
        .app_data(web::PathConfig::default().error_handler(|_: PathError, _| Error::new(Code::NotFound).into()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use vitrine_types::checkout::NewCheckout;

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let client = |peer: &str, header: &[&str], proxies: &[&str]| {
            let proxies: Vec<_> = proxies.iter().map(|proxy| ip(proxy)).collect();
            client_address(ip(peer), header.iter().copied(), &proxies).to_string()
        };
        assert_eq!(client("192.0.2.9", &["198.51.100.1"], &[]), "192.0.2.9", "nobody is trusted");
        assert_eq!(client("192.0.2.9", &["198.51.100.1"], &["10.0.0.1"]), "192.0.2.9", "another one is");
        assert_eq!(client("10.0.0.1", &["198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        // The client wrote the first entry itself.
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"], &["10.0.0.1", "10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(client("10.0.0.1", &["nonsense"], &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[], &["10.0.0.1"]), "10.0.0.1");
    }

    #[actix_web::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let never = std::future::pending::<()>();
        assert_eq!(in_time(Duration::from_millis(1), never).await.unwrap_err().code(), Code::RequestTimeout);
    }

    fn problem(body: &str) -> vitrine_types::Problem {
        read_json::<NewCheckout>(body.as_bytes()).err().unwrap().problem()
    }

    #[test]
    fn broken_json_is_malformed() {
        for body in ["", "{", "{\"cart\":}", "{} {}", "\u{0}"] {
            assert_eq!(problem(body).code, "request.malformed", "{body}");
        }
        for list in [&"[".repeat(100_000), " [null, null]", "[]"] {
            assert_eq!(problem(list).status, 422, "not an object at all");
        }
        let deep = format!("{{\"items\":{}", "[".repeat(100_000));
        assert!((400..=422).contains(&problem(&deep).status));
    }

    #[test]
    fn a_wrong_field_is_named_by_its_path() {
        let problem = problem(r#"{"items":[{"product_id":"x","quantity":1}]}"#);
        assert_eq!((problem.status, problem.errors[0].field.as_str()), (422, "items[0].product_id"));
        let problem = self::problem(r#"{"items":[{"product_id":"018f4e9e-0000-7000-8000-000000000000"}]}"#);
        assert_eq!(
            (problem.errors[0].field.as_str(), problem.errors[0].code.as_str()),
            ("items[0].quantity", "required")
        );
        let problem = self::problem(r#"{"total":1}"#);
        assert_eq!((problem.errors[0].field.as_str(), problem.errors[0].code.as_str()), ("total", "unknown_field"));
    }
}
