//! Sending one request: over `fetch` in the browser, over reqwest elsewhere.

use crate::{Error, Result};

/// The methods the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or does.
    Post,
    /// Sets whole.
    Put,
    /// Changes parts.
    Patch,
    /// Takes away.
    Delete,
}

pub(crate) enum Body {
    Empty,
    Json(String),
    Bytes(Vec<u8>, &'static str),
    /// One file as `multipart/form-data` in the field `file`.
    #[cfg(not(target_arch = "wasm32"))]
    File {
        name: String,
        bytes: Vec<u8>,
    },
}

pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    pub body: Body,
    pub idempotency_key: Option<String>,
}

#[cfg(not(target_arch = "wasm32"))]
mod transport {
    use super::*;

    /// Keeps cookies, as a browser does.
    #[derive(Clone)]
    pub(crate) struct Transport(reqwest::Client);

    impl Default for Transport {
        fn default() -> Self {
            // The server closes what is idle for five seconds; a connection must not be used just when that happens.
            let http =
                reqwest::Client::builder().cookie_store(true).pool_idle_timeout(std::time::Duration::from_secs(3));
            // Building fails only without a TLS provider, which every binary installs first thing in `main`.
            Self(http.build().expect("a TLS provider is installed"))
        }
    }

    impl Transport {
        pub(crate) async fn send(&self, url: &str, request: &Request, token: Option<&str>) -> Result<(u16, Vec<u8>)> {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
                Method::Patch => reqwest::Method::PATCH,
                Method::Delete => reqwest::Method::DELETE,
            };
            let mut http = self.0.request(method, url);
            if let Some(token) = token {
                http = http.bearer_auth(token);
            }
            if let Some(key) = &request.idempotency_key {
                http = http.header("Idempotency-Key", key);
            }
            http = match &request.body {
                Body::Empty => http,
                Body::Json(json) => http.header("Content-Type", "application/json").body(json.clone()),
                Body::Bytes(bytes, kind) => http.header("Content-Type", *kind).body(bytes.clone()),
                Body::File { name, bytes } => {
                    let part = reqwest::multipart::Part::bytes(bytes.clone()).file_name(name.clone());
                    http.multipart(reqwest::multipart::Form::new().part("file", part))
                }
            };
            let answer = http.send().await.map_err(|e| Error::Network(e.to_string()))?;
            let status = answer.status().as_u16();
            let body = answer.bytes().await.map_err(|e| Error::Network(e.to_string()))?;
            Ok((status, body.into()))
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod transport {
    use gloo_net::http::RequestBuilder;

    use super::*;

    /// The browser keeps the cookies.
    #[derive(Clone, Default)]
    pub(crate) struct Transport;

    impl Transport {
        pub(crate) async fn send(&self, url: &str, request: &Request, token: Option<&str>) -> Result<(u16, Vec<u8>)> {
            let method = match request.method {
                Method::Get => gloo_net::http::Method::GET,
                Method::Post => gloo_net::http::Method::POST,
                Method::Put => gloo_net::http::Method::PUT,
                Method::Patch => gloo_net::http::Method::PATCH,
                Method::Delete => gloo_net::http::Method::DELETE,
            };
            let mut http = RequestBuilder::new(url).method(method).credentials(web_sys::RequestCredentials::Include);
            if let Some(token) = token {
                http = http.header("Authorization", &format!("Bearer {token}"));
            }
            if let Some(key) = &request.idempotency_key {
                http = http.header("Idempotency-Key", key);
            }
            let network = |e: gloo_net::Error| Error::Network(e.to_string());
            let http = match &request.body {
                Body::Empty => http.build(),
                Body::Json(json) => http.header("Content-Type", "application/json").body(json.as_str()),
                Body::Bytes(bytes, kind) => {
                    http.header("Content-Type", kind).body(js_sys::Uint8Array::from(bytes.as_slice()))
                }
            };
            let answer = http.map_err(network)?.send().await.map_err(network)?;
            let body = answer.binary().await.map_err(network)?;
            Ok((answer.status(), body))
        }
    }
}

pub(crate) use transport::Transport;
