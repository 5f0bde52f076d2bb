//! Judges a form against a call's table and gives its values their types.

use super::Params;
use super::table::{Call, Field, Kind};
use crate::error::{ApiError, ApiResult};
use serde_json::{Map, Value};

/// Longest string Stripe takes.
const MAX_TEXT: usize = 5000;

/// The typed parameters and the paths in `expand[]`.
///
/// # Errors
/// The first parameter that is unknown, missing or of the wrong type, as Stripe words it.
pub fn check(call: &Call, mut form: Map<String, Value>) -> ApiResult<(Params, Vec<String>)> {
    let expand = match form.remove("expand") {
        None => Vec::new(),
        Some(paths) => match value(&Kind::List(Box::new(Kind::Text)), paths, "expand")? {
            Value::Array(paths) => paths.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        },
    };
    Ok((Params(object(&call.fields, form, "")?), expand))
}

fn object(fields: &[Field], mut form: Map<String, Value>, path: &str) -> ApiResult<Map<String, Value>> {
    let full = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
    };
    let unknown = form.keys().find(|name| !fields.iter().any(|field| field.name == **name));
    if let Some(name) = unknown {
        let full = full(name);
        let error = ApiError::invalid(format!("Received unknown parameter: {full}"));
        return Err(error.code("parameter_unknown").param(full));
    }
    if let Some(field) = fields.iter().find(|field| field.required && !form.contains_key(&field.name)) {
        return Err(ApiError::missing(&full(&field.name)));
    }
    let mut typed = Map::new();
    for field in fields {
        if let Some(raw) = form.remove(&field.name) {
            let unset = field.unsettable && raw == "";
            let judged = if unset { Value::Null } else { value(&field.kind, raw, &full(&field.name))? };
            typed.insert(field.name.clone(), judged);
        }
    }
    Ok(typed)
}

fn value(kind: &Kind, raw: Value, path: &str) -> ApiResult<Value> {
    match (kind, raw) {
        (Kind::Either(kinds), raw) => either(kinds, raw, path),
        (Kind::Object(fields), Value::Object(form)) => Ok(Value::Object(object(fields, form, path)?)),
        (Kind::Map, Value::Object(form)) => map(form, path),
        (Kind::List(kind), Value::Object(form)) => list(kind, form, path),
        (Kind::Object(_) | Kind::Map, _) => Err(ApiError::invalid("Invalid object").param(path)),
        (Kind::List(_), _) => Err(ApiError::invalid("Invalid array").param(path)),
        (kind, Value::String(text)) => scalar(kind, text, path),
        (_, _) => Err(ApiError::invalid(format!("Invalid {path}: expected a value, got a group")).param(path)),
    }
}

fn either(kinds: &[Kind], raw: Value, path: &str) -> ApiResult<Value> {
    let mut refusal = None;
    for kind in kinds {
        match value(kind, raw.clone(), path) {
            Ok(typed) => return Ok(typed),
            // The first alternative of the same shape has the most useful complaint.
            Err(error) if raw.is_object() == matches!(kind, Kind::Object(_)) => refusal = refusal.or(Some(error)),
            Err(_) => {}
        }
    }
    Err(refusal.unwrap_or_else(|| ApiError::invalid(format!("Invalid {path}")).param(path)))
}

/// Free keys, in Stripe's bounds for metadata.
fn map(form: Map<String, Value>, path: &str) -> ApiResult<Value> {
    if form.len() > 50 {
        return Err(ApiError::invalid("You can only have up to 50 metadata keys").param(path));
    }
    for (key, entry) in &form {
        let error = match entry.as_str() {
            None => ApiError::invalid("Metadata values must be strings"),
            Some(_) if key.chars().count() > 40 => {
                ApiError::invalid(format!("Metadata keys must be at most 40 characters: {key}"))
            }
            Some(text) if text.chars().count() > 500 => {
                ApiError::invalid("Metadata values can have up to 500 characters").code("metadata_value_too_long")
            }
            Some(_) => continue,
        };
        return Err(error.param(format!("{path}[{key}]")));
    }
    Ok(Value::Object(form))
}

fn list(kind: &Kind, form: Map<String, Value>, path: &str) -> ApiResult<Value> {
    let mut form = form;
    (0..form.len())
        .map(|index| match form.remove(&index.to_string()) {
            Some(raw) => value(kind, raw, &format!("{path}[{index}]")),
            None => Err(ApiError::invalid("Invalid array").param(path)),
        })
        .collect::<ApiResult<Vec<_>>>()
        .map(Value::Array)
}

fn scalar(kind: &Kind, text: String, path: &str) -> ApiResult<Value> {
    if text.is_empty() {
        let message = format!(
            "You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; \
             however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
        );
        return Err(ApiError::invalid(message).code("parameter_invalid_empty").param(path));
    }
    let bad = |what: &str| ApiError::invalid(format!("Invalid {what}: {text}")).param(path);
    match kind {
        Kind::Integer => {
            text.parse::<i64>().map(Value::from).map_err(|_| bad("integer").code("parameter_invalid_integer"))
        }
        Kind::Number => match text.parse::<f64>() {
            Ok(number) if is_decimal(&text) => Ok(Value::from(number)),
            _ => Err(bad("decimal")),
        },
        Kind::Boolean => text.parse::<bool>().map(Value::from).map_err(|_| bad("boolean")),
        Kind::Decimal if !is_decimal(&text) => Err(bad("decimal")),
        Kind::OneOf(words) if !words.contains(&text) => {
            Err(ApiError::invalid(format!("Invalid {path}: must be one of {}", words.join(", "))).param(path))
        }
        _ if text.chars().count() > MAX_TEXT => {
            Err(ApiError::invalid(format!("Invalid string: must be at most {MAX_TEXT} characters")).param(path))
        }
        _ => Ok(Value::String(text)),
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.len() <= 12 && part.bytes().all(|b| b.is_ascii_digit()))
}
