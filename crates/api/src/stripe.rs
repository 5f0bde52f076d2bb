//! Talking with Stripe: sending requests, checking signatures, reading replies.
//!
//! Requests are built with the types that the `async-stripe-*` crates generate from Stripe's specification; sending them
//! is ours, because the crates' client either retries or uses our idempotency key, never both. Replies and events are
//! read into small tolerant types ([`objects`]), because Stripe adds fields and words at any time and an endpoint's
//! events keep the layout of its own API version for ever.

pub mod billing;
mod client;
pub mod objects;
pub mod payments;
mod signature;

pub use client::{Refusal, Stripe, StripeError};
pub use signature::{BadSignature, verify};
