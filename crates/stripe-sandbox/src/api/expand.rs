//! `expand[]`: objects in place of their ids, and lists that are absent unless asked for.

use crate::error::{ApiError, ApiResult};
use crate::objects::list;
use crate::params::Call;
use crate::world::{World, text, visible};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// How many levels may be expanded.
const DEPTH: usize = 4;

/// A field that can be expanded.
struct Rule {
    kind: &'static str,
    /// The field, in steps through plain objects and lists.
    steps: Vec<&'static str>,
    /// A list that is absent unless asked for.
    includable: bool,
    /// The kind of what stands there; `*` for any, `-` where it is always null.
    target: &'static str,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    include_str!("../../tables/expand.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let [kind, field, target] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("a rule is a kind, a field and what stands there: {line}");
            };
            let includable = field.ends_with("[]");
            Rule { kind, steps: field.trim_end_matches("[]").split('.').collect(), includable, target }
        })
        .collect()
});

/// Refuses paths that lead nowhere.
///
/// # Errors
/// 400 as Stripe words it.
pub fn check_paths(call: &Call, paths: &[String]) -> ApiResult<()> {
    for path in paths {
        let refuse = |message: String| Err(ApiError::invalid(message).param("expand"));
        let steps: Vec<&str> = path.split('.').collect();
        let steps = match (call.is_list, steps.as_slice()) {
            (true, ["data", rest @ ..]) => rest,
            (true, _) => {
                return refuse(format!(
                    "This property cannot be expanded ({path}). You may want to try `data.{path}`."
                ));
            }
            (false, steps) => steps,
        };
        if steps.len() > DEPTH {
            return refuse(format!("You cannot expand more than {DEPTH} levels of a property. Property: {path}."));
        }
        if !leads_somewhere(&call.answers, steps) {
            return refuse(format!("This property cannot be expanded ({path})."));
        }
    }
    Ok(())
}

fn leads_somewhere(kind: &str, steps: &[&str]) -> bool {
    kind == "*"
        || find_rule(kind, steps).is_some_and(|rule| {
            let rest = past(rule, steps);
            rest.is_empty() || leads_somewhere(rule.target, rest)
        })
}

fn find_rule(kind: &str, steps: &[&str]) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind && steps.starts_with(&rule.steps))
}

/// The steps after a rule's; a list's elements are under `data`.
fn past<'a, 'b>(rule: &Rule, steps: &'a [&'b str]) -> &'a [&'b str] {
    match &steps[rule.steps.len()..] {
        ["data", rest @ ..] if rule.includable => rest,
        rest => rest,
    }
}

/// The answer with its hidden fields left out and the paths expanded.
pub fn expanded(world: &World, call: &Call, answer: &Value, paths: &[String]) -> Value {
    if !call.is_list {
        return expanded_object(world, answer, paths);
    }
    let paths: Vec<String> = paths.iter().filter_map(|path| path.strip_prefix("data.")).map(str::to_owned).collect();
    let mut shown = answer.clone();
    if let Some(rows) = shown.get_mut("data").and_then(Value::as_array_mut) {
        rows.iter_mut().for_each(|row| *row = expanded_object(world, row, &paths));
    }
    shown
}

fn expanded_object(world: &World, object: &Value, paths: &[String]) -> Value {
    let mut shown = visible(object);
    for path in paths {
        expand(world, text(object, "object"), &mut shown, &path.split('.').collect::<Vec<_>>());
    }
    shown
}

fn expand(world: &World, kind: &str, object: &mut Value, steps: &[&str]) {
    let Some(rule) = find_rule(kind, steps) else {
        return;
    };
    let rest = past(rule, steps);
    if rule.includable && object.get(rule.steps[0]).is_none() {
        let id = text(object, "id").to_owned();
        object[rule.steps[0]] = included(world, &id, rule.steps[0]);
    }
    reach(object, &rule.steps, &mut |slot| {
        if let Some(found) = slot.as_str().and_then(|id| world.any(id)) {
            *slot = visible(found);
        }
        if rest.is_empty() || slot.is_null() {
            return;
        }
        match slot.get_mut("data").and_then(Value::as_array_mut) {
            Some(rows) if rule.includable => rows.iter_mut().for_each(|row| expand(world, rule.target, row, rest)),
            _ => {
                let kind = text(slot, "object").to_owned();
                expand(world, &kind, slot, rest);
            }
        }
    });
}

/// Applies `act` to what stands at the end of the steps, in every element of the lists on the way.
fn reach(value: &mut Value, steps: &[&str], act: &mut dyn FnMut(&mut Value)) {
    match (value, steps) {
        (Value::Array(rows), steps) => rows.iter_mut().for_each(|row| reach(row, steps, act)),
        (slot, []) => act(slot),
        (Value::Object(fields), [step, rest @ ..]) => {
            if let Some(next) = fields.get_mut(*step) {
                reach(next, rest, act);
            }
        }
        _ => {}
    }
}

/// A list that is absent unless asked for.
fn included(world: &World, id: &str, field: &str) -> Value {
    let of = |kind: &str, field: &str| world.of(kind, field, id).map(visible).collect::<Vec<_>>();
    match field {
        "line_items" => {
            let lines = world.any(id).and_then(|session| session["_line_items"].as_array().cloned());
            list(lines.unwrap_or_default(), &format!("/v1/checkout/sessions/{id}/line_items"))
        }
        "payments" => list(of("invoice_payment", "invoice"), "/v1/invoice_payments"),
        "refunds" => list(of("refund", "charge"), &format!("/v1/charges/{id}/refunds")),
        "subscriptions" => {
            let mut rows = of("subscription", "customer");
            rows.retain(|subscription| subscription["status"] != "canceled");
            list(rows, &format!("/v1/customers/{id}/subscriptions"))
        }
        "sources" | "tax_ids" => list(Vec::new(), &format!("/v1/customers/{id}/{field}")),
        _ => json!(null),
    }
}
