//! The sandbox as a shop sees it: over HTTP, with signed webhooks.

mod checkout;
mod idempotency;
mod pages;
mod plans;
mod portal;
mod refunds;
mod restart;
mod shop;
mod strictness;
mod subscriptions;
mod webhooks;
