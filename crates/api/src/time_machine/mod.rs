//! The demo's time machine: the shop's clock follows the local Stripe's, which can be moved ahead.
//!
//! Only in demo mode (`VITRINE_DEMO`), which only a local Stripe allows. The local Stripe keeps the one clock, so that shop
//! and payments never disagree about the time, also over restarts; this slice asks for it and sets the shop's.

pub mod routes;
pub mod service;
