//! The server's slices: who may call whom, and what each layer may name.

use super::{
    File, Violation,
    code::{code, crate_paths, lines_naming},
};

const SOURCES: &str = "crates/api/src/";

/// Each slice and the slices whose service it may call. No arrow runs backwards. A new slice gets a line here.
const MAY_CALL: [(&str, &[&str]); 12] = [
    ("accounts", &[]),
    ("catalog", &[]),
    ("entitlements", &["catalog"]),
    ("tokens", &[]),
    ("calendar", &["catalog", "entitlements", "tokens"]),
    ("subscriptions", &["catalog", "entitlements", "tokens"]),
    ("cart", &["catalog"]),
    ("checkout", &["cart", "catalog", "entitlements", "calendar", "subscriptions", "tokens"]),
    ("webhook", &["checkout", "subscriptions", "entitlements"]),
    ("mail", &[]),
    ("time_machine", &[]),
    ("admin", &["catalog", "entitlements", "tokens", "calendar", "subscriptions", "cart", "checkout", "webhook"]),
];

/// What stands below all others, lowest first: who somebody is, and what is to be sent out.
const BELOW_ALL: [&str; 2] = ["mail", "accounts"];

fn sources(files: &[File]) -> impl Iterator<Item = (&File, &str)> {
    files.iter().filter(|file| file.is(&[".rs"])).filter_map(|file| Some((file, file.path.strip_prefix(SOURCES)?)))
}

fn slice_of(path: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    MAY_CALL.iter().find(|(slice, _)| path.split('/').next() == Some(*slice) && path.contains('/'))
}

/// How far up a slice stands among [`BELOW_ALL`]; all others stand above them, side by side.
fn height(slice: &str) -> usize {
    BELOW_ALL.iter().position(|below| *below == slice).unwrap_or(BELOW_ALL.len())
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// Whether `path` is `layer.rs` or lies in a folder `layer/` of its slice.
fn is_layer(path: &str, layer: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    parts.next().is_some_and(|part| part == layer || part.strip_suffix(".rs") == Some(layer))
}

/// A slice names only the slices below it: of their stores nothing but the records, and their routes (which make records
/// into wire types) only in its own routes.
pub fn calls_go_down(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (file, path) in sources(files) {
        let Some((slice, may_call)) = slice_of(path) else { continue };
        for used in crate_paths(&code(&file.text)) {
            let [module, layer, item] = used.segments.each_ref().map(String::as_str);
            if module == *slice || !MAY_CALL.iter().any(|(other, _)| *other == module) {
                continue;
            }
            let in_table = may_call.contains(&module) || height(module) < height(slice);
            if !in_table {
                violations.push(file.violation(used.line, format!("`{slice}` may not call `{module}`")));
            } else if layer == "store" && !is_type(item) || layer == "routes" && !is_layer(path, "routes") {
                let what = format!("`{module}::{layer}` belongs to `{module}`: call its service");
                violations.push(file.violation(used.line, what));
            }
        }
    }
    violations
}

/// A folder with routes is a slice, and every slice says whom it may call.
pub fn every_slice_is_in_the_table(files: &[File]) -> Vec<Violation> {
    let routes = sources(files).filter(|(_, path)| is_layer(path, "routes") && slice_of(path).is_none());
    routes.map(|(file, _)| file.violation(1, "this slice is not in the table of who may call whom")).collect()
}

/// Inside a slice only the routes name the HTTP framework.
pub fn only_routes_speak_http(files: &[File]) -> Vec<Violation> {
    let inner = sources(files).filter(|(_, path)| slice_of(path).is_some() && !is_layer(path, "routes"));
    inner
        .flat_map(|(file, _)| {
            let lines = lines_naming(&code(&file.text), "actix_");
            lines.into_iter().map(|line| file.violation(line, "only `routes` may name actix")).collect::<Vec<_>>()
        })
        .collect()
}

/// SQL stands in stores, and in the modules below all slices.
pub fn only_stores_speak_sql(files: &[File]) -> Vec<Violation> {
    let outside = sources(files).filter(|(_, path)| {
        let top = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        !["db", "jobs", "idempotency"].contains(&top) && !is_layer(path, "store")
    });
    outside
        .flat_map(|(file, _)| {
            let code = code(&file.text);
            let names = ["sql(", "sql_for(", "query(", "query_as(", "query_scalar(", "QueryBuilder"];
            let sql = names.iter().flat_map(|name| lines_naming(&code, name)).filter(|line| {
                let text = code.lines().nth(line - 1).unwrap_or_default();
                !text.contains(".query(") || text.contains("sqlx")
            });
            sql.map(|line| file.violation(line, "SQL belongs into `store`")).collect::<Vec<_>>()
        })
        .collect()
}

/// Only the clock asks the system for the time: everything else can then be tested at any time.
pub fn only_the_clock_tells_the_time(files: &[File]) -> Vec<Violation> {
    let outside = sources(files).filter(|(_, path)| !path.starts_with("clock"));
    outside
        .flat_map(|(file, _)| {
            let code = code(&file.text);
            let lines = ["Utc::now", "Local::now", "SystemTime::now"].map(|name| lines_naming(&code, name)).concat();
            lines.into_iter().map(|line| file.violation(line, "ask the `Clock` for the time")).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::lines, *};

    #[test]
    fn a_call_upwards_or_past_the_service_is_caught() {
        let text = "use crate::{checkout::service, db};\nfn f() {\n crate::catalog::store::find();\n}";
        assert_eq!(lines(calls_go_down, "crates/api/src/cart/service.rs", text), [1, 3]);
        assert_eq!(lines(calls_go_down, "crates/api/src/webhook/service.rs", "use crate::cart::service;"), [1]);
        assert_eq!(lines(calls_go_down, "crates/api/src/mail/service.rs", "use crate::accounts::service;"), [1]);
        assert_eq!(lines(calls_go_down, "crates/api/src/cart/service.rs", "use crate::catalog::routes;"), [1]);
        let fine = "use crate::{accounts, catalog::{service, store::ProductRecord}, mail};\n// crate::checkout\nuse crate::cart::store;";
        assert!(lines(calls_go_down, "crates/api/src/cart/service.rs", fine).is_empty());
        assert!(lines(calls_go_down, "crates/api/src/cart/routes/lines.rs", "use crate::catalog::routes;").is_empty());
        assert!(lines(calls_go_down, "crates/api/src/app.rs", text).is_empty());
    }

    #[test]
    fn a_slice_outside_the_table_is_caught() {
        assert_eq!(lines(every_slice_is_in_the_table, "crates/api/src/chat/routes.rs", ""), [1]);
        assert!(lines(every_slice_is_in_the_table, "crates/api/src/cart/routes.rs", "").is_empty());
    }

    #[test]
    fn http_outside_routes_is_caught() {
        let text = "use actix_web::web;";
        assert_eq!(lines(only_routes_speak_http, "crates/api/src/cart/service.rs", text), [1]);
        assert!(lines(only_routes_speak_http, "crates/api/src/cart/routes.rs", text).is_empty());
        assert!(lines(only_routes_speak_http, "crates/api/src/app.rs", text).is_empty());
    }

    #[test]
    fn sql_outside_stores_is_caught() {
        let text = "// sql(\nfn f() {\n  sql(tx, \"select 1\");\n}";
        assert_eq!(lines(only_stores_speak_sql, "crates/api/src/cart/service.rs", text), [3]);
        assert_eq!(lines(only_stores_speak_sql, "crates/api/src/doctor.rs", "sqlx::query(\"\")"), [1]);
        assert!(lines(only_stores_speak_sql, "crates/api/src/cart/store.rs", text).is_empty());
        assert!(lines(only_stores_speak_sql, "crates/api/src/jobs.rs", text).is_empty());
        assert!(lines(only_stores_speak_sql, "crates/api/src/stripe.rs", "request.query(&[1])").is_empty());
    }

    #[test]
    fn the_time_taken_past_the_clock_is_caught() {
        let text = "let now = chrono::Utc::now();";
        assert_eq!(lines(only_the_clock_tells_the_time, "crates/api/src/cart/service.rs", text), [1]);
        assert!(lines(only_the_clock_tells_the_time, "crates/api/src/clock.rs", text).is_empty());
    }
}
