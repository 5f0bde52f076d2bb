//! `application/x-www-form-urlencoded` with Stripe's bracket nesting: `line_items[0][price_data][currency]=usd`.

use crate::error::{ApiError, ApiResult};
use serde_json::{Map, Value};

/// Reads a form or a query string into nested objects of strings; lists become objects with the keys `0`, `1` ….
///
/// # Errors
/// Malformed brackets, a key sent twice, a key that is both a value and a group.
pub fn parse_form(text: &str) -> ApiResult<Map<String, Value>> {
    let mut root = Map::new();
    for (key, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let path = split_key(&key)
            .ok_or_else(|| ApiError::invalid(format!("Invalid parameter name: {key}")).param(key.as_ref()))?;
        insert(&mut root, &path, value.into_owned())
            .map_err(|message| ApiError::invalid(format!("{message}: {key}")).param(key.as_ref()))?;
    }
    Ok(root)
}

fn split_key(key: &str) -> Option<Vec<&str>> {
    let open = key.find('[').unwrap_or(key.len());
    let (head, mut rest) = key.split_at(open);
    if head.is_empty() || head.contains(']') {
        return None;
    }
    let mut path = vec![head];
    while !rest.is_empty() {
        let (segment, tail) = rest.strip_prefix('[')?.split_once(']')?;
        if segment.contains('[') {
            return None;
        }
        path.push(segment);
        rest = tail;
    }
    Some(path)
}

fn insert(group: &mut Map<String, Value>, path: &[&str], value: String) -> Result<(), &'static str> {
    let (first, rest) = path.split_first().ok_or("Invalid parameter name")?;
    // `a[]=x` appends.
    let key = if first.is_empty() { group.len().to_string() } else { (*first).to_owned() };
    if rest.is_empty() {
        return match group.insert(key, Value::String(value)) {
            None => Ok(()),
            Some(_) => Err("Parameter sent more than once"),
        };
    }
    match group.entry(key).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(inner) => insert(inner, rest, value),
        _ => Err("Parameter is both a value and a group"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_nested_brackets() {
        let form = parse_form("a=1&b[c][d]=x+y&e[0][f]=%7BID%7D&g[]=1&g[]=2").unwrap();
        let expected =
            json!({"a": "1", "b": {"c": {"d": "x y"}}, "e": {"0": {"f": "{ID}"}}, "g": {"0": "1", "1": "2"}});
        assert_eq!(Value::Object(form), expected);
    }

    #[test]
    fn refuses_what_is_ambiguous() {
        for text in ["a=1&a=2", "a=1&a[b]=2", "a[b]=2&a=1", "a[b=1", "[a]=1", "a]b=1", "a[b]c=1", "a[[b]]=1"] {
            assert!(parse_form(text).is_err(), "{text}");
        }
    }
}
