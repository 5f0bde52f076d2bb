//! What every answer has, and what operators ask for.

use vitrine_types::Problem;

use crate::harness::{Shop, with_shop};

async fn ask(shop: &Shop, method: &str, path: &str) -> reqwest::Response {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    reqwest::Client::new().request(method, format!("{}{path}", shop.url)).send().await.unwrap()
}

#[test]
fn is_alive_ready_and_counted() {
    with_shop(|shop| async move {
        for path in ["/healthz", "/readyz", "/metrics", "/api/openapi.json"] {
            assert_eq!(ask(shop, "GET", path).await.status(), 200, "{path}");
        }
        let metrics = ask(shop, "GET", "/metrics").await.text().await.unwrap();
        assert!(metrics.contains("http_requests_total"), "{metrics}");
    });
}

#[test]
fn every_error_is_a_problem_with_a_request_id() {
    with_shop(|shop| async move {
        for (method, path, status, code) in [
            ("GET", "/api/v1/no-such-thing", 404, "request.not_found"),
            ("DELETE", "/api/v1/auth/login", 405, "request.method_not_allowed"),
            ("POST", "/healthz", 405, "request.method_not_allowed"),
        ] {
            let answer = ask(shop, method, path).await;
            assert_eq!(answer.status(), status, "{method} {path}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
            let problem: Problem = answer.json().await.unwrap();
            assert_eq!((problem.code.as_str(), problem.status), (code, status));
            assert_eq!((problem.request_id, problem.instance.as_deref()), (id, Some(path)));
        }
    });
}

/// An error that claims to be packed and is not reaches no browser.
#[test]
fn an_error_is_packed_as_its_header_says() {
    with_shop(|shop| async move {
        let request = reqwest::Client::new().get(format!("{}/api/v1/no-such-thing", shop.url));
        let answer = request.header("Accept-Encoding", "gzip").send().await.unwrap();
        let is_packed = answer.headers().get("content-encoding").is_some_and(|coding| coding == "gzip");
        let body = answer.bytes().await.unwrap();
        assert_eq!(body.starts_with(&[0x1f, 0x8b]), is_packed, "{body:?}");
    });
}

#[test]
fn a_packed_body_is_refused_before_it_is_unpacked() {
    with_shop(|shop| async move {
        let request = reqwest::Client::new().post(format!("{}/api/v1/auth/login", shop.url));
        let answer = request.header("Content-Encoding", "gzip").body(vec![0; 64]).send().await.unwrap();
        assert_eq!(answer.status(), 415);
    });
}

/// The committed document is what the code says; `cargo xtask openapi` renews it.
#[test]
fn the_committed_openapi_document_is_fresh() {
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/openapi.json")).unwrap();
    let fresh = vitrine::openapi::document().to_pretty_json().unwrap();
    assert!(committed.trim() == fresh.trim(), "openapi/openapi.json is stale: run `cargo xtask openapi`");
}
