//! The browser app, as files.

use reqwest::{Response, StatusCode};

use crate::harness::with_configured_shop;

async fn ask(url: &str, headers: &[(&str, &str)]) -> Response {
    let http = reqwest::Client::new();
    headers.iter().fold(http.get(url), |http, (name, value)| http.header(*name, *value)).send().await.unwrap()
}

#[test]
fn pages_get_the_app_assets_stay_and_the_api_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    for (name, content) in [
        ("index.html", "<p>app</p>"),
        ("robots.txt", "robots"),
        ("assets/app-1.js", "plain"),
        ("assets/app-1.js.br", "small"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let web_dir = Some(folder.path().to_owned());
    with_configured_shop(
        |config| config.web_dir = web_dir,
        |shop| async move {
            for page in ["/", "/products/field-guide", "/checkout/success?session_id=cs_1"] {
                let answer = ask(&format!("{}{page}", shop.url), &[]).await;
                assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{page}");
                assert_eq!(answer.headers()["cache-control"], "no-cache");
                assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("'wasm-unsafe-eval'"));
                assert_eq!(answer.text().await.unwrap(), "<p>app</p>");
            }

            let asset = format!("{}/assets/app-1.js", shop.url);
            let plain = ask(&asset, &[]).await;
            assert!(plain.headers()["cache-control"].to_str().unwrap().contains("immutable"));
            let tag = plain.headers()["etag"].to_str().unwrap().to_owned();
            assert_eq!(plain.text().await.unwrap(), "plain");
            let packed = ask(&asset, &[("Accept-Encoding", "gzip, br")]).await;
            assert_eq!(packed.headers()["content-encoding"], "br");
            assert_eq!(packed.text().await.unwrap(), "small");
            let refused = ask(&asset, &[("Accept-Encoding", "br;q=0")]).await;
            assert_eq!(refused.text().await.unwrap(), "plain");
            assert_eq!(ask(&asset, &[("If-None-Match", &tag)]).await.status(), StatusCode::NOT_MODIFIED);

            for missing in ["/assets/gone.js", "/gone.png", "/assets/app-1.js.br", "/api/v1/nothing", "/api/nothing"] {
                let answer = ask(&format!("{}{missing}", shop.url), &[]).await;
                assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{missing}");
                assert_eq!(answer.headers()["content-type"], "application/problem+json", "{missing}");
            }
            let posted = reqwest::Client::new().post(format!("{}/products", shop.url)).send().await.unwrap();
            assert!(posted.status().is_client_error(), "{}", posted.status());
        },
    );
}
