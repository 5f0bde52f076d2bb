//! Who may do what: every operation asked by a stranger, by a customer, by another one, and by the owner.
//!
//! The operations come from the document that the server makes of its own routes, what each caller gets from the table.
//! Either without the other fails.

mod table;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use vitrine_types::Problem;

use self::{
    table::{Row, TABLE},
    world::{CALLERS, World},
};
use crate::{
    harness::{Shop, with_configured_shop, with_shop},
    hostile::{get_as_it_stands, statuses},
};

const STRANGER: usize = 0;
const BOB: usize = 1;
const ANN: usize = 2;
const OWNER: usize = 3;

/// An operation of the document.
struct Operation {
    /// Only for who is signed in.
    is_secured: bool,
    takes_json: bool,
}

/// All of them, by `METHOD /path` with `{}` for what differs.
fn operations() -> BTreeMap<String, Operation> {
    let document = serde_json::to_value(vitrine::openapi::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = shape(path.strip_prefix("/api/v1").unwrap());
        item.as_object().unwrap().iter().map(move |(method, operation)| {
            let takes_json = operation["requestBody"]["content"].get("application/json").is_some();
            // An empty object among them means: also without signing in.
            let is_secured = operation["security"].as_array().is_some_and(|ways| !ways.contains(&json!({})));
            (format!("{} {path}", method.to_uppercase()), Operation { is_secured, takes_json })
        })
    });
    operations.collect()
}

/// A path with `{}` for each parameter, be it `{named}` or a `$name` of the table.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let segment = |segment: &str| match (segment.find(['{', '$']), segment.strip_suffix(".ics")) {
        (None, _) => segment.to_owned(),
        (Some(_), None) => "{}".to_owned(),
        (Some(_), Some(_)) => "{}.ics".to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The operation that a row of the table calls: of those that fit, the one with the fewest parameters.
fn operation_of(call: &str, operations: &BTreeMap<String, Operation>) -> Option<String> {
    let (method, path) = call.split_once(' ')?;
    let asked: Vec<String> = shape(path).split('/').map(str::to_owned).collect();
    let fits = |known: &&String| {
        let (known_method, known_path) = known.split_once(' ').unwrap_or_default();
        let known: Vec<&str> = known_path.split('/').collect();
        let same = |(known, asked): (&&str, &String)| {
            *known == asked || *known == "{}" && asked != "{}.ics" || *known == "{}.ics" && asked.ends_with(".ics")
        };
        known_method == method && known.len() == asked.len() && known.iter().zip(&asked).all(same)
    };
    operations.keys().filter(fits).min_by_key(|known| known.matches("{}").count()).cloned()
}

fn fill(text: &str, world: &World) -> String {
    // The longest first: `$plan2` is not `$plan`.
    let names: BTreeSet<_> = world.keys().map(|name| (usize::MAX - name.len(), *name)).collect();
    let filled = names.iter().fold(text.to_owned(), |text, (_, name)| text.replace(&format!("${name}"), &world[name]));
    assert!(!filled.contains('$'), "nothing is called so: {filled}");
    filled
}

async fn ask(shop: &Shop, http: &reqwest::Client, call: &str, token: Option<&str>, body: &str) -> Response {
    let (method, path) = call.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let mut request = http.request(method, format!("{}/api/v1{path}", shop.url));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request = match body {
        "" => request,
        "@picture" => request.header("Content-Type", "image/png").body(picture()),
        "@text" => {
            let part = reqwest::multipart::Part::bytes(b"some text".as_slice()).file_name("note.txt");
            request.multipart(reqwest::multipart::Form::new().part("file", part))
        }
        json => request.header("Content-Type", "application/json").body(json.to_owned()),
    };
    request.send().await.unwrap()
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// What a problem says, without what differs from one request to the next.
async fn words(answer: Response) -> (u16, String, Option<String>) {
    let problem: Problem = answer.json().await.unwrap();
    (problem.status, problem.code, problem.detail)
}

#[test]
fn the_table_lists_every_operation_and_no_other() {
    let operations = operations();
    let mut listed = BTreeSet::new();
    for (call, statuses, body) in TABLE {
        let name =
            operation_of(call, &operations).unwrap_or_else(|| panic!("stale row, there is no such route: {call}"));
        let operation = &operations[&name];
        assert!(!operation.takes_json || !body.is_empty(), "a row without the body it takes: {call}");
        if operation.is_secured {
            assert_eq!(statuses[STRANGER], 401, "strangers are told to sign in, says the document: {call}");
        }
        if name.contains(" /admin/") {
            assert_eq!(statuses[..3], [401, 403, 403], "the owner's alone: {call}");
            assert!((200..300).contains(&statuses[OWNER]), "show that the owner can: {call}");
        }
        listed.insert(name);
    }
    let missing: Vec<_> = operations.keys().filter(|name| !listed.contains(*name)).collect();
    assert!(missing.is_empty(), "routes without a row in matrix/table.rs, say who may call them: {missing:#?}");
}

#[test]
fn everybody_gets_what_the_table_says() {
    with_configured_shop(
        |config| config.demo = true,
        |shop| async move {
            let (world, tokens) = world::build(shop).await;
            let http = reqwest::Client::new();
            let operations = operations();
            let mut wrong = Vec::new();
            for row in TABLE {
                wrong.extend(check(shop, &http, row, &world, &tokens, &operations).await);
            }
            assert!(wrong.is_empty(), "{} answers are not those of the table:\n{}", wrong.len(), wrong.join("\n"));
        },
    );
}

/// Asks as everybody; what was not as the row says.
async fn check(
    shop: &Shop,
    http: &reqwest::Client,
    (call, expected, body): &Row,
    world: &World,
    tokens: &[Option<String>; 4],
    operations: &BTreeMap<String, Operation>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let (path, filled) = (fill(call, world), fill(body, world));
    let takes_json = operation_of(call, operations).is_some_and(|name| operations[&name].takes_json);
    // Ann last: what is hers is still there when others ask for it.
    for caller in [STRANGER, BOB, OWNER, ANN] {
        let token = &tokens[caller];
        let may = (200..300).contains(&expected[caller]);
        if may && takes_json && !call.starts_with("POST /webhooks") {
            // What nobody may set is refused by name, whoever asks, before anything happens.
            let refused = ask(shop, http, &path, token.as_deref(), &with_more(&filled)).await;
            if refused.status() != 422 {
                wrong.push(format!("{call}: {} set `role` along the way: {}", CALLERS[caller], refused.status()));
            }
        }
        let answer = ask(shop, http, &path, token.as_deref(), &filled).await;
        let status = answer.status();
        if status != expected[caller] {
            let text = answer.text().await.unwrap();
            wrong.push(format!("{call}: {} got {status} instead of {}: {text}", CALLERS[caller], expected[caller]));
            continue;
        }
        // What is another's is told in the very words of what does not exist.
        if status == StatusCode::NOT_FOUND && expected[ANN] < 300 && caller == BOB {
            let nowhere: World = world.iter().map(|(name, value)| (*name, elsewhere(name, value))).collect();
            let missing = ask(shop, http, &fill(call, &nowhere), token.as_deref(), &fill(body, &nowhere)).await;
            let (theirs, nobodys) = (words(answer).await, words(missing).await);
            if theirs != nobodys {
                wrong.push(format!("{call}: Ann's thing is told from none: {theirs:?}, {nobodys:?}"));
            }
        }
    }
    wrong
}

/// The body with fields that only the server may set.
fn with_more(body: &str) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    body["role"] = json!("admin");
    body.to_string()
}

/// A thing of Ann's under an id that names nothing.
fn elsewhere(name: &str, value: &str) -> String {
    match name {
        "order" | "entitlement" | "lesson" | "booking" | "subscription" | "device" | "right" => {
            uuid::Uuid::now_v7().to_string()
        }
        "session" => "cs_test_nothing".to_owned(),
        _ => value.to_owned(),
    }
}

/// The same address in other clothes opens nothing.
#[test]
fn no_spelling_of_an_address_gets_around_the_owners_pages() {
    with_shop(|shop| async move {
        let bob = shop.customer("bob").await.token();
        let http = reqwest::Client::new();
        for path in ["/admin/customers", "/admin/orders", "/admin/health"] {
            let name = &path["/admin/".len()..];
            for spelling in ["./admin", "products/../admin", "products/%2e%2e/admin"] {
                let headers = format!("Authorization: Bearer {}\r\n", bob.as_deref().unwrap());
                let answer = get_as_it_stands(shop, &format!("/api/v1/{spelling}/{name}"), &headers).await;
                assert!(matches!(statuses(&answer)[..], [400..500]), "{spelling}/{name}: {answer}");
            }
            for spelling in [
                format!("{path}/"),
                format!("//admin/{name}"),
                format!("/admin//{name}"),
                format!("/Admin/{name}"),
                format!("/admin/{}", name.to_uppercase()),
                format!("/%61dmin/{name}"),
                format!("/admin%2F{name}"),
                format!("/admin/{name}%00"),
                format!("/admin/{name};x=1"),
                format!("{path}?role=admin"),
            ] {
                for token in [None, bob.as_deref()] {
                    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "GET_"] {
                        let call = format!("{method} {spelling}");
                        let answer = ask(shop, &http, &call, token, "").await;
                        assert!(answer.status().is_client_error(), "{call}: {}", answer.status());
                    }
                    let url = format!("{}/api/v1{spelling}", shop.url);
                    let request = http.post(url).header("X-HTTP-Method-Override", "GET").header("X-Original-URL", path);
                    let request = request.header("X-Rewrite-URL", path).header("X-Forwarded-User", "owner@example.com");
                    assert!(request.send().await.unwrap().status().is_client_error(), "{spelling}");
                }
            }
        }
    });
}

/// Addresses outside of the document are few, and each is known.
#[test]
fn no_address_is_opened_beside_the_document() {
    let known = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
        "/api/docs",
        "/api/docs/",
        "/api/docs/{file}",
        "/media/{name}",
        "/robots.txt",
        "/sitemap.xml",
        "/{path:.*}",
    ];
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|kind| kind == "rs") {
                let text = std::fs::read_to_string(entry).unwrap();
                for opening in [".route(", "(operation(", "web::resource(", "web::scope("] {
                    let addresses = text.split(opening).skip(1).filter_map(|rest| {
                        let rest = rest.trim_start().strip_prefix('"')?;
                        Some(rest.split('"').next().unwrap_or(rest).to_owned())
                    });
                    found.extend(addresses);
                }
            }
        }
    }
    assert!(found.len() >= known.len(), "the sources are not read: {found:?}");
    found.retain(|address| !known.contains(&address.as_str()));
    assert!(found.is_empty(), "not in the document, so in no row of the table either: {found:?}");
}
