//! Checkout: orders, the money for them, the money that goes back.
//!
//! - The order comes first, with prices from the catalog alone and its stock held; then Stripe's Checkout Session; then the
//!   customer is sent there. Stripe's key for it is the order and its attempt: asking again brings the same session.
//! - [`settle`](settle::apply) is the only place where a payment takes effect. Webhook, success page and reconciliation
//!   call it with the session as Stripe's API tells it; however often, it takes effect once.
//! - *Paid* is a session that is complete with `payment_status` `paid` or `no_payment_required`. Slow methods
//!   (`processing`) give nothing yet.
//! - Amount, currency or mode that disagree with the order grant nothing and flag it (`needs_review`).
//! - A payment is never lost: one that arrives after the order was closed is settled if its stock is still there, else
//!   sent back and flagged; a second payment for a paid order is sent back and flagged.
//! - What became of the money decides access ([`service::follow_money`]): refunded in full or by line: ended; by amount
//!   only: stays; disputed: suspended; dispute won: restored, lost: ended.
//! - Tokens that products come with are sold to who has a plan, and follow the money like access does.
//! - An order for a plan stands for the first payment of a subscription; renewals are invoices, not orders.
//! - Refunds never exceed what was paid; the sum is set from Stripe's refund objects, never added up from events.

mod appointments;
pub mod create;
pub mod ending;
mod letters;
mod plan_orders;
pub mod refunds;
pub mod routes;
pub mod service;
pub mod settle;
pub mod store;
mod top_ups;
pub mod views;
