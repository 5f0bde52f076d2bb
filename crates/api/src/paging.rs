//! Pages of lists: limits and opaque cursors.
//!
//! A cursor is the sort key of the last item of a page, so that a list stays fast at any depth and does not skip or
//! repeat when items are added meanwhile.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use vitrine_types::Page;

use crate::error::{Error, Result};

/// How many items a page has: 1–100, 20 when not said.
///
/// # Errors
/// `request.invalid` outside of that.
pub fn limit(asked: Option<u32>) -> Result<i64> {
    match asked.unwrap_or(20) {
        limit @ 1..=100 => Ok(limit.into()),
        _ => Err(Error::field("limit", "out_of_range", "Between 1 and 100")),
    }
}

/// Reads a cursor made by [`page`].
///
/// # Errors
/// `request.invalid` when it is not one of this list.
pub fn cursor<K: DeserializeOwned>(text: Option<&str>) -> Result<Option<K>> {
    let Some(text) = text else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .map(Some)
        .ok_or_else(|| Error::field("cursor", "invalid", "Use the next_cursor of the page before, unchanged"))
}

/// Makes a page of `rows`, which hold one more than `limit` when there is a further page. `key` is the sort key.
pub fn page<T, K: Serialize>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Page<T> {
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next_cursor =
        last.and_then(|row| serde_json::to_vec(&key(row)).ok()).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    Page { data: rows, next_cursor }
}
