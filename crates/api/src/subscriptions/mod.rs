//! Subscriptions: plans, who is subscribed to them, and what that gives.
//!
//! - What is true about a subscription is asked of Stripe each time anything is reported ([`service::follow`]): the order of
//!   events, their duplicates and their layout do not matter. Ours is a copy, and can be made again from Stripe's at any time.
//! - A customer has one subscription that is not over: the database refuses a second one. Another plan is a change of plan,
//!   and takes a planned end back.
//! - Tokens come once per paid invoice and period; the rules are in `docs/decisions/0008-tokens-follow-paid-invoices.md`.
//! - What a plan includes is a rule, not a list: `included_products` says what each subscription opens now, and entitlements
//!   follow it whenever a subscription, a plan or a product changes.
//! - A renewal that fails leaves everything open for [`GRACE`]; then, or when Stripe gives up, it closes until it is paid.
//! - A price of a plan is for who subscribes from then on; each subscription pays on what it began with.

pub mod routes;
pub mod service;
pub mod store;

/// How long benefits go on after a renewal's payment has failed.
pub const GRACE: chrono::TimeDelta = chrono::TimeDelta::days(7);
