//! Requests that no honest client sends: too much, too slow, or with two meanings.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use tokio::task::spawn_blocking;

use crate::harness::{Shop, with_configured_shop, with_shop};

/// The largest JSON body, in bytes.
const JSON_LIMIT: usize = vitrine::extract::JSON_LIMIT;

/// Asks for this address as it stands; other clients tidy it up before they send it.
pub async fn get_as_it_stands(shop: &'static Shop, path: &str, headers: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: shop\r\n{headers}Connection: close\r\n\r\n");
    spawn_blocking(move || exchange(shop.server.address, request.as_bytes())).await.unwrap()
}

/// Sends these bytes and reads what comes back until the server closes, or is silent for a while.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    // The server may close before all is sent: then what it has said counts.
    drop(stream.write_all(bytes));
    drop(stream.shutdown(Shutdown::Write));
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of the answers in it.
pub fn statuses(answer: &str) -> Vec<u16> {
    answer.split("HTTP/1.1 ").skip(1).map(|one| one[..3].parse().unwrap()).collect()
}

async fn post(shop: &Shop, body: Vec<u8>) -> (u16, Duration) {
    let begun = Instant::now();
    let request = reqwest::Client::new().post(format!("{}/api/v1/auth/login", shop.url));
    let answer = request.header("Content-Type", "application/json").body(body).send().await.unwrap();
    (answer.status().as_u16(), begun.elapsed())
}

#[test]
fn bodies_are_bounded_and_read_strictly() {
    with_shop(|shop| async move {
        let named = |value: &str| format!(r#"{{"email":{value},"password":"x"}}"#).into_bytes();
        let padded = |length: usize| {
            let mut body = named("\"ada@example.com\"");
            body.resize(length, b' ');
            body
        };
        assert_eq!(post(shop, padded(JSON_LIMIT)).await.0, 401, "just as large as it may be");
        assert_eq!(post(shop, padded(JSON_LIMIT + 1)).await.0, 413);
        assert_eq!(post(shop, padded(10 << 20)).await.0, 413);
        for (what, body, expected) in [
            ("nothing", Vec::new(), 400),
            ("a hundred thousand lists", named(&"[".repeat(100_000)), 422),
            ("a hundred thousand objects", named(&"{\"a\":".repeat(40_000)), 422),
            ("an unknown one so deep", format!(r#"{{"x":{}"#, "[".repeat(100_000)).into_bytes(), 422),
            ("invalid UTF-8", [&b"{\"email\":\"\xff\xfe\",\"password\":\"x\"}"[..]].concat(), 400),
            ("half a surrogate", named(r#""\ud800""#), 400),
            ("NUL", named(r#""\u0000""#), 401),
            ("a bare NUL", named("\"\0\""), 400),
            ("a key twice", br#"{"email":"a","email":"b","password":"x"}"#.to_vec(), 422),
            ("a number beyond all", named("1e400"), 400),
            ("NaN", named("NaN"), 400),
            ("2^53 + 1", named("9007199254740993"), 422),
            ("a byte order mark", [b"\xef\xbb\xbf".to_vec(), named("\"a\"")].concat(), 400),
            ("two values", [named("\"a\""), named("\"a\"")].concat(), 400),
            ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect(), 400),
            ("null", b"null".to_vec(), 422),
            ("a long key", format!(r#"{{"{}":1}}"#, "k".repeat(200_000)).into_bytes(), 422),
        ] {
            let (status, took) = post(shop, body).await;
            assert_eq!(status, expected, "{what}");
            assert!(took < Duration::from_secs(2), "{what}: {took:?}");
        }
    });
}

/// What follows a request's end belongs to the next one: a proxy before us and we must not see that end differently.
#[test]
fn a_request_has_one_end() {
    with_shop(|shop| async move {
        let address = shop.server.address;
        let hidden = "GET /api/v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n";
        let length = hidden.len();
        let post = |headers: &str, body: &str| {
            format!(
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{body}"
            )
        };
        let both = "Transfer-Encoding: chunked";
        let cases = [
            ("both lengths", post(&format!("Content-Length: {length}\r\n{both}"), &format!("0\r\n\r\n{hidden}"))),
            ("both, the other way", post(&format!("{both}\r\nContent-Length: 5"), &format!("0\r\n\r\n{hidden}"))),
            ("two lengths", post(&format!("Content-Length: 0\r\nContent-Length: {length}"), hidden)),
            ("a list of lengths", post(&format!("Content-Length: 0, {length}"), hidden)),
            ("a signed length", post("Content-Length: +0", hidden)),
            ("a negative length", post("Content-Length: -1", hidden)),
            ("a hexadecimal length", post("Content-Length: 0x0", hidden)),
            ("a length and a half", post("Content-Length: 0.0", hidden)),
            ("a length beyond 64 bits", post("Content-Length: 18446744073709551616", hidden)),
            ("a space in the name", post("Content-Length : 0", hidden)),
            ("an unknown coding", post("Transfer-Encoding: xchunked", &format!("0\r\n\r\n{hidden}"))),
            ("chunked is not last", post("Transfer-Encoding: chunked, identity", &format!("0\r\n\r\n{hidden}"))),
            ("chunked twice", post("Transfer-Encoding: chunked, chunked", &format!("0\r\n\r\n{hidden}"))),
            ("chunked in two headers", post(&format!("{both}\r\n{both}"), &format!("0\r\n\r\n{hidden}"))),
            ("a vertical tab", post("Transfer-Encoding: \u{b}chunked", &format!("0\r\n\r\n{hidden}"))),
            ("a folded line", post("Transfer-Encoding:\r\n chunked", &format!("0\r\n\r\n{hidden}"))),
            ("no chunk size", post(both, &format!("\r\n\r\n{hidden}"))),
            ("a chunk size of letters", post(both, &format!("zz\r\n\r\n{hidden}"))),
            ("a chunk size beyond 64 bits", post(both, &format!("10000000000000000\r\n\r\n{hidden}"))),
            ("a chunk too long for its size", post(both, &format!("1\r\nabc\r\n0\r\n\r\n{hidden}"))),
        ];
        for (what, bytes) in cases {
            let answer = spawn_blocking(move || exchange(address, bytes.as_bytes())).await.unwrap();
            let found = statuses(&answer);
            assert!(!answer.contains("/api/v1/hidden"), "{what}: the second request was seen: {answer}");
            assert!(found.iter().all(|status| (400..500).contains(status)), "{what}: {answer}");
        }
        // And what is right is read as two requests.
        for (what, bytes) in [
            ("by length", post("Content-Length: 2", &format!("{{}}{hidden}"))),
            ("by chunks", post(both, &format!("2\r\n{{}}\r\n0\r\n\r\n{hidden}"))),
        ] {
            let answer = spawn_blocking(move || exchange(address, bytes.as_bytes())).await.unwrap();
            assert_eq!(statuses(&answer), [422, 404], "{what}: {answer}");
        }
    });
}

#[test]
fn heads_are_bounded() {
    with_shop(|shop| async move {
        let address = shop.server.address;
        let long = "x".repeat(200_000);
        for (what, bytes) in [
            ("a long address", format!("GET /api/v1/products?q={long} HTTP/1.1\r\nHost: x\r\n\r\n")),
            ("a long header", format!("GET /api/v1/shop HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n")),
            ("many headers", format!("GET /api/v1/shop HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(20_000))),
            ("no end", format!("GET /{long}")),
            ("no HTTP", format!("\u{16}\u{3}\u{1}{long}")),
            ("a NUL", "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ] {
            let answer = spawn_blocking(move || exchange(address, bytes.as_bytes())).await.unwrap();
            let found = statuses(&answer);
            assert!(found.iter().all(|status| (400..500).contains(status)), "{what}: {answer}");
        }
        assert_eq!(reqwest::get(format!("{}/healthz", shop.url)).await.unwrap().status(), 200);
    });
}

/// Those who never finish what they send wait for themselves alone, and not for long.
#[test]
fn slow_clients_do_not_stop_the_shop() {
    with_shop(|shop| async move {
        let address = shop.server.address;
        let open = move |bytes: &'static [u8]| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(bytes).unwrap();
            stream
        };
        let head: &[u8] = b"GET /api/v1/shop HTTP/1.1\r\nHost: x\r\nX-Slow: ";
        let body: &[u8] = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
            Content-Length: 1000\r\n\r\n{";
        let begun = Instant::now();
        let mut slow: Vec<TcpStream> =
            spawn_blocking(move || (0..400).map(|number| open(if number % 4 == 0 { body } else { head })).collect())
                .await
                .unwrap();
        let http = reqwest::Client::new();
        let mut times = Vec::new();
        for _ in 0..100 {
            let asked = Instant::now();
            assert_eq!(http.get(format!("{}/api/v1/shop", shop.url)).send().await.unwrap().status(), 200);
            times.push(asked.elapsed());
        }
        times.sort();
        assert!(times[98] < Duration::from_secs(1), "{:?}", &times[90..]);
        // A head has ten seconds, a body twenty; a machine under load a little longer.
        let closed = spawn_blocking(move || {
            slow.iter_mut().enumerate().all(|(number, stream)| {
                let patience = Duration::from_secs(if number % 4 == 0 { 32 } else { 20 });
                let left = patience.saturating_sub(begun.elapsed()).max(Duration::from_millis(50));
                stream.set_read_timeout(Some(left)).unwrap();
                // It is told why, or just closed.
                let mut piece = [0; 32];
                matches!(stream.read(&mut piece), Ok(read) if read == 0 || piece.starts_with(b"HTTP/1.1 408"))
            })
        });
        assert!(closed.await.unwrap(), "somebody is waited for");
    });
}

/// Whether an answer lets pages of `origin` read it.
async fn may_read(shop: &Shop, origin: &str) -> bool {
    let http = reqwest::Client::new();
    let url = format!("{}/api/v1/shop", shop.url);
    let asked = http.request(reqwest::Method::OPTIONS, &url).header("Origin", origin);
    let asked = asked.header("Access-Control-Request-Method", "GET").send().await.unwrap();
    let read = http.get(&url).header("Origin", origin).send().await.unwrap();
    let allows = |answer: &reqwest::Response| {
        let allowed = answer.headers().get("access-control-allow-origin");
        assert_ne!(allowed.map(|value| value.as_bytes()), Some(&b"*"[..]));
        allowed.is_some()
    };
    allows(&asked) || allows(&read)
}

#[test]
fn no_other_origin_reads_the_api_unless_it_is_named() {
    let tricks = [
        "https://evil.example",
        "https://app.example.evil.example",
        "https://evilapp.example",
        "https://app.example@evil.example",
        "https://app.example:444",
        "http://app.example",
        "https://sub.app.example",
        "https://APP.example.",
        "https://app.example/",
        "https://app.example%60.evil.example",
        "https://app.example, https://evil.example",
        "null",
        "file://",
        "chrome-extension://app.example",
        "https://",
        "*",
    ];
    with_shop(|shop| async move {
        for origin in tricks.into_iter().chain(["https://app.example"]) {
            assert!(!may_read(shop, origin).await, "{origin}");
        }
    });
    with_configured_shop(
        |config| config.cors_origins = vec!["https://app.example".into()],
        |shop| async move {
            assert!(may_read(shop, "https://app.example").await, "the app hosted elsewhere");
            for origin in tricks {
                assert!(!may_read(shop, origin).await, "{origin}");
            }
        },
    );
}

/// What is told to browsers is told with every answer, errors and strangers' addresses included.
#[test]
fn every_answer_says_how_it_may_be_used() {
    with_configured_shop(
        |config| config.public_url = "https://shop.example".parse().unwrap(),
        |shop| async move {
            let ada = shop.customer("ada").await.token().unwrap();
            for (path, token, status) in [
                ("/api/v1/shop", None, 200),
                ("/api/v1/account", Some(&ada), 200),
                ("/api/v1/account", None, 401),
                ("/api/v1/admin/mails", Some(&ada), 403),
                ("/api/v1/nothing", None, 404),
                ("/api/v1/auth/login", None, 405),
                ("/api/openapi.json", None, 200),
                ("/healthz", None, 200),
                ("/nothing", None, 404),
            ] {
                let mut request = reqwest::Client::new().get(format!("{}{path}", shop.url));
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), status, "{path}");
                let says = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
                assert_eq!(says("x-content-type-options"), "nosniff", "{path}");
                assert_eq!(says("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
                assert_eq!(says("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
                assert!(!says("referrer-policy").is_empty() && !says("content-type").is_empty(), "{path}");
                assert_eq!(says("cross-origin-opener-policy"), "same-origin", "{path}");
                if path.starts_with("/api/v1/") {
                    assert_eq!(says("cache-control"), "no-store", "{path}");
                }
                assert!(answer.headers().get("server").is_none() && answer.headers().get("x-powered-by").is_none());
            }
        },
    );
}
