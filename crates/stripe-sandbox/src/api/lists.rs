//! Lists: filters, cursors, pages.

use crate::error::{ApiError, ApiResult};
use crate::objects::{invoice, subscription};
use crate::params::{Call, Params};
use crate::world::{World, int, text};
use serde_json::{Value, json};

const PAGING: [&str; 3] = ["limit", "starting_after", "ending_before"];

/// A page of the objects a call lists, newest first: those that `belong` and pass the call's filters.
pub fn list(
    world: &World,
    call: &Call,
    id: &str,
    params: &Params,
    belongs: impl Fn(&Value) -> bool,
) -> ApiResult<Value> {
    let filters: Vec<_> = params.0.iter().filter(|(name, _)| !PAGING.contains(&name.as_str())).collect();
    let rows = world
        .all(&call.answers)
        .filter(|object| object["deleted"] != true && belongs(object))
        // Subscriptions that ended are listed only when asked for.
        .filter(|object| params.has("status") || object["object"] != "subscription" || object["status"] != "canceled")
        .filter(|object| filters.iter().all(|(name, wanted)| passes(object, name, wanted)))
        .collect();
    page(rows, params, &call.path.replace("{id}", id), &call.answers)
}

/// Whether an object passes one filter.
fn passes(object: &Value, name: &str, wanted: &Value) -> bool {
    match (name, wanted) {
        ("status", Value::String(all)) if all == "all" => true,
        ("status", Value::String(ended)) if ended == "ended" => {
            matches!(text(object, "status"), "canceled" | "incomplete_expired")
        }
        ("subscription", wanted) if object["object"] == "invoice" => *wanted == invoice::subscription_id(object),
        ("price" | "plan", wanted) if object["object"] == "subscription" => {
            subscription::items(object).iter().any(|item| item["price"]["id"] == *wanted)
        }
        ("current_period_start" | "current_period_end", wanted) if object["object"] == "subscription" => {
            passes(&object["items"]["data"][0], name, wanted)
        }
        ("payment", Value::Object(group)) => group.iter().all(|(inner, wanted)| object["payment"][inner] == *wanted),
        ("delivery_success", wanted) => (int(object, "pending_webhooks") == 0) == (wanted == true),
        ("type", Value::String(pattern)) if pattern.ends_with('*') => {
            text(object, "type").starts_with(pattern.trim_end_matches('*'))
        }
        // `types[]=…` looks at `type`, `ids[]=…` at `id`.
        (name, Value::Array(any)) => any.contains(&object[name.trim_end_matches('s')]),
        (name, Value::Object(bounds))
            if bounds.keys().all(|key| matches!(key.as_str(), "gt" | "gte" | "lt" | "lte")) =>
        {
            let at = int(object, name);
            bounds.iter().all(|(bound, limit)| {
                let limit = limit.as_i64().unwrap_or_default();
                match bound.as_str() {
                    "gt" => at > limit,
                    "gte" => at >= limit,
                    "lt" => at < limit,
                    _ => at <= limit,
                }
            })
        }
        (name, Value::Object(group)) => group.iter().all(|(inner, wanted)| passes(&object[name], inner, wanted)),
        (name, wanted) => object[name] == *wanted,
    }
}

/// Cuts a page out of `rows`.
///
/// # Errors
/// A limit out of range, both cursors, a cursor that is not in the list.
pub fn page(rows: Vec<&Value>, params: &Params, url: &str, kind: &str) -> ApiResult<Value> {
    let limit = params.int("limit").unwrap_or(10);
    if !(1..=100).contains(&limit) {
        let message = "Invalid limit: must be between 1 and 100";
        return Err(ApiError::invalid(message).code("parameter_invalid_integer").param("limit"));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let place = |cursor: &str| {
        let id = params.text(cursor).unwrap_or_default();
        let place = rows.iter().position(|row| row["id"] == id);
        place.ok_or_else(|| ApiError::no_such(kind, id, cursor).status(400))
    };
    let (rest, from_end) = match (params.has("starting_after"), params.has("ending_before")) {
        (true, true) => {
            let message = "You may only specify one of these parameters: starting_after, ending_before.";
            return Err(ApiError::invalid(message));
        }
        (true, false) => (&rows[place("starting_after")? + 1..], false),
        (false, true) => (&rows[..place("ending_before")?], true),
        (false, false) => (&rows[..], false),
    };
    let cut = rest.len().min(limit);
    let data = if from_end { &rest[rest.len() - cut..] } else { &rest[..cut] };
    Ok(json!({ "object": "list", "data": data, "has_more": rest.len() > limit, "url": url }))
}
