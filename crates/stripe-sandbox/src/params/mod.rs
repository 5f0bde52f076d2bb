//! What a call accepts, told in tables (`tables/*.txt`), and the judging of a request against them.

mod check;
mod form;
mod table;

pub use check::check;
pub use form::parse_form;
#[cfg(test)]
pub use table::calls;
pub use table::{Call, find_call};

use serde_json::{Map, Value};

/// A call's parameters after judging: typed, nested, without `expand`.
#[derive(Debug, Clone, Default)]
pub struct Params(pub Map<String, Value>);

impl Params {
    /// The value of a parameter, `None` when it was not sent.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A string parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// An integer parameter.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    /// A boolean parameter.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    /// A nested parameter, empty when it was not sent.
    pub fn group(&self, name: &str) -> Params {
        Params(self.get(name).and_then(Value::as_object).cloned().unwrap_or_default())
    }

    /// A list parameter, empty when it was not sent.
    pub fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Whether the parameter was sent.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The parameter, or `null`.
    pub fn or_null(&self, name: &str) -> Value {
        self.get(name).cloned().unwrap_or_default()
    }
}
