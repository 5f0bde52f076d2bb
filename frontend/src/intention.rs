//! One intention has one effect, however often it is sent.

use leptos::prelude::*;
use vitrine_client::{Error, Result};

/// The key under which the server knows an intention again. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Intention(StoredValue<String>);

impl Intention {
    /// To be called while a component is made.
    pub fn new() -> Self {
        Self(StoredValue::new(new_key()))
    }

    /// To be sent with it.
    pub fn key(self) -> String {
        self.0.get_value()
    }

    /// Where the answer never came, the next try is the same intention; after any answer it is another one.
    pub fn answered<T>(self, answer: &Result<T>) {
        if !matches!(answer, Err(Error::Network(_))) {
            self.0.set_value(new_key());
        }
    }
}

/// Never the same twice; it need not be hard to guess, as the server keeps keys per customer.
fn new_key() -> String {
    // As whole numbers: writing floats takes some kilobytes of code.
    format!("{}-{}", js_sys::Date::now() as u64, (js_sys::Math::random() * 1e15) as u64)
}
