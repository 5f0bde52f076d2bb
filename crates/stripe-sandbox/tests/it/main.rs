//! The sandbox as a shop sees it: over HTTP, with signed webhooks.

mod checkout;
mod idempotency;
mod pages;
mod refunds;
mod shop;
mod strictness;
mod webhooks;
