//! What crosses the wire between the Vitrine API and its clients: data and their shapes, no behaviour.
//!
//! One file per feature. JSON is `snake_case`; times are RFC 3339 UTC; ids are UUIDv7; money is integer minor units.
//! With the feature `openapi` every type carries its schema for the API document.

pub mod accounts;
pub mod admin;
pub mod calendar;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod entitlements;
pub mod mail;
mod money;
mod page;
mod problem;
pub mod subscriptions;
pub mod time_machine;
pub mod tokens;
pub mod webhook;

pub use money::{Currency, Money};
pub use page::{Page, PageQuery};
pub use problem::{Code, FieldError, Problem};
