//! The browser app's files and pages, and the API's page for readers.

use std::path::Path;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use vitrine_types::{Code, catalog::ProductPatch};

use crate::{
    catalog::product,
    harness::{Shop, with_configured_shop},
    hostile::{get_as_it_stands, statuses},
};

const SCRIPT: &str = "console.log('the app')";

/// Runs `test` with a shop that serves a small built app.
fn with_app<F: Future<Output = ()>>(test: impl FnOnce(&'static Shop) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    write("index.html", "<!doctype html><html><head><title>Vitrine</title></head><body></body></html>");
    write("assets/app-1.js", SCRIPT);
    write("assets/app-1.js.br", "as brotli");
    write("assets/app-1.js.gz", "as gzip");
    write("icon.svg", "<svg/>");
    write("robots.txt", "User-agent: *\nDisallow: /admin\n");
    let app = folder.path().to_owned();
    with_configured_shop(
        |config| {
            config.web_dir = Some(app);
            config.public_url = "https://shop.example".parse().unwrap();
            config.shop_name = "Blue & Co".into();
        },
        test,
    );
}

fn ask(shop: &Shop, method: Method, path: &str) -> RequestBuilder {
    reqwest::Client::new().request(method, format!("{}{path}", shop.url))
}

async fn get(shop: &Shop, path: &str) -> Response {
    ask(shop, Method::GET, path).header("Accept", "text/html,*/*;q=0.8").send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn files_are_sent_packed_and_kept_for_ever() {
    with_app(|shop| async move {
        for (accepted, coding, body) in [
            ("gzip, deflate, br", "br", "as brotli"),
            ("gzip", "gzip", "as gzip"),
            ("br;q=0, gzip;q=0.5", "gzip", "as gzip"),
            ("identity", "", SCRIPT),
            ("br;q=0.0", "", SCRIPT),
        ] {
            let answer =
                ask(shop, Method::GET, "/assets/app-1.js").header("Accept-Encoding", accepted).send().await.unwrap();
            assert_eq!((answer.status().as_u16(), header(&answer, "content-encoding")), (200, coding), "{accepted}");
            assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(header(&answer, "content-type"), "text/javascript; charset=utf-8");
            assert!(header(&answer, "vary").to_lowercase().contains("accept-encoding"));
            let tag = header(&answer, "etag").to_owned();
            assert_eq!(answer.text().await.unwrap(), body);
            let again = ask(shop, Method::GET, "/assets/app-1.js").header("If-None-Match", tag).send().await.unwrap();
            assert_eq!((again.status().as_u16(), again.text().await.unwrap().as_str()), (304, ""));
        }
        assert_eq!(header(&get(shop, "/icon.svg").await, "cache-control"), "no-cache");
    });
}

#[test]
fn pages_of_the_app_get_its_page_and_nothing_else_does() {
    with_app(|shop| async move {
        for path in ["/", "/products", "/dashboard/orders/1", "/no/such/page", "/products/%00", "/products/a%2fb"] {
            let page = get(shop, path).await;
            assert_eq!(
                (page.status().as_u16(), header(&page, "content-type")),
                (200, "text/html; charset=utf-8"),
                "{path}"
            );
            assert_eq!(header(&page, "cache-control"), "no-cache");
            let policy = header(&page, "content-security-policy").to_owned();
            for part in [
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        }
        for path in [
            "/assets/app-2.js",
            "/assets/app-1.js.br",
            "/gone.png",
            "/favicon.ico",
            "/api/v1/nothing",
            "/api/nothing",
            "/media/a/b",
            "/media/x",
            "/assets/",
        ] {
            let answer = get(shop, path).await;
            let kind = header(&answer, "content-type");
            assert_eq!((answer.status().as_u16(), kind), (404, "application/problem+json"), "{path}");
        }
        let data = ask(shop, Method::GET, "/products").header("Accept", "application/json").send().await.unwrap();
        assert_eq!(data.status(), 404);
        assert_eq!(ask(shop, Method::POST, "/products").send().await.unwrap().status(), 404);
        for path in [
            "/../../etc/passwd",
            "/../../../../../../../../etc/passwd",
            "/assets/../../../../../../../../etc/passwd",
            "/assets/../index.html.bak",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2fetc%2fpasswd",
            "/assets/%2e%2e/%2e%2e/x",
            "/%5c..%5c..%5cetc",
            "//etc/passwd",
            "/assets/%00",
            "/.%00./etc",
        ] {
            let answer = get_as_it_stands(shop, path, "Accept: text/html\r\n").await;
            assert!(matches!(statuses(&answer)[..], [200 | 400 | 404]), "{path}: {answer}");
            assert!(!answer.contains("root:"), "{path}");
        }
        let head = ask(shop, Method::HEAD, "/").header("Accept", "text/html").send().await.unwrap();
        assert_eq!((head.status().as_u16(), header(&head, "content-type")), (200, "text/html; charset=utf-8"));
        assert!(head.text().await.unwrap().is_empty());
        let head = ask(shop, Method::HEAD, "/assets/app-1.js").send().await.unwrap();
        assert_eq!(header(&head, "content-length"), SCRIPT.len().to_string());
    });
}

#[test]
fn a_products_page_says_what_it_is_of() {
    with_app(|shop| async move {
        let admin = shop.admin().await;
        let hostile = json!({"summary": "Cut \"and\" <script>alert(1)</script> paste", "slug": "scissors", "stock": 0});
        let id = admin.create_product(&product("Scissors & Glue", hostile)).await.unwrap().product.id;
        let mut png = Vec::new();
        let picture = image::DynamicImage::new_rgb8(20, 10);
        picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        let image = admin.set_product_image(id, png).await.unwrap().product.image_url.unwrap();
        let page = get(shop, "/products/scissors").await.text().await.unwrap();
        for part in [
            "<title>Scissors &amp; Glue · Blue &amp; Co</title>",
            "<meta property=\"og:title\" content=\"Scissors &amp; Glue\">",
            "content=\"Cut &quot;and&quot; &lt;script&gt;",
            "<link rel=\"canonical\" href=\"https://shop.example/products/scissors\">",
            &format!("<meta property=\"og:image\" content=\"https://shop.example{image}\">"),
            "<meta property=\"product:price:amount\" content=\"19.00\">",
            "OutOfStock",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("<script>"), "{page}");
        assert!(!page.contains("noindex"));
        let sitemap = get(shop, "/sitemap.xml").await.text().await.unwrap();
        assert!(sitemap.contains("<loc>https://shop.example/products/scissors</loc>"), "{sitemap}");
        let robots = get(shop, "/robots.txt").await.text().await.unwrap();
        assert_eq!(robots, "User-agent: *\nDisallow: /admin\n\nSitemap: https://shop.example/sitemap.xml\n");
        admin.update_product(id, &ProductPatch { published: Some(false), ..Default::default() }).await.unwrap();
        for path in ["/products/scissors", "/products/none", "/admin", "/dashboard/orders"] {
            let page = get(shop, path).await.text().await.unwrap();
            assert!(page.contains("<title>Blue &amp; Co</title>") && page.contains("noindex"), "{path}: {page}");
            assert!(!page.contains("Scissors"), "a draft shows");
        }
        assert!(!get(shop, "/sitemap.xml").await.text().await.unwrap().contains("scissors"));
        let version = shop.visitor().get_shop().await.unwrap().version;
        assert!(version.contains('+'), "changes with the app: {version}");
    });
}

#[test]
fn a_folder_that_is_no_app_is_refused_at_start() {
    let open = |folder: &Path| vitrine::web::Site::open(Some(folder)).err().map(|error| format!("{error:#}"));
    let folder = tempfile::tempdir().unwrap();
    assert!(open(folder.path()).unwrap().contains("index.html"));
    assert!(open(&folder.path().join("none")).unwrap().contains("none"));
    assert!(vitrine::web::Site::open(None).is_ok());
}

#[test]
fn the_documentation_loads_nothing_from_elsewhere() {
    with_app(|shop| async move {
        for path in ["/api/docs", "/api/docs/"] {
            let answer = get(shop, path).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "text/html; charset=utf-8"));
            let policy = header(&answer, "content-security-policy").to_owned();
            assert!(policy.contains("default-src 'none'") && !policy.contains("https:"), "{policy}");
            let page = answer.text().await.unwrap();
            let mut loaded = 0;
            for (attribute, at) in
                ["src=\"", "href=\""].iter().flat_map(|a| page.match_indices(*a).map(move |(at, _)| (a, at)))
            {
                let target = page[at + attribute.len()..].split('"').next().unwrap();
                assert!(target.starts_with('/') || target.starts_with('#') || target == "data:,", "{target}");
                if target.starts_with('/') {
                    assert_eq!(get(shop, target).await.status(), 200, "{target}");
                    loaded += 1;
                }
            }
            assert_eq!(loaded, 6);
            assert!(Code::ALL.iter().all(|code| page.contains(&format!("id=\"{}\"", code.as_str()))));
        }
        assert_eq!(get(shop, "/api/docs/../../Cargo.toml").await.status(), 404);
        assert_eq!(get(shop, "/api/docs/index.html").await.status(), 404);
    });
}
