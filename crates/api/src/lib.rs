//! The Vitrine server.
//!
//! One module per feature (slice), each with the same rooms: `mod.rs` (what it is and its rules), `routes.rs` (HTTP),
//! `service.rs` (the business), `store.rs` (SQL). `app.rs` puts them together; the other files are what all share.
//! `docs/architecture.md` says who may call whom; `cargo xtask test` checks it.

pub mod app;
pub mod auth;
pub mod backup;
pub mod clock;
pub mod closing;
pub mod config;
pub mod db;
pub mod docs;
pub mod error;
pub mod export;
pub mod extract;
pub mod fetch;
#[doc(hidden)]
pub mod fuzz;
pub mod http;
pub mod idempotency;
pub mod images;
pub mod jobs;
pub mod media;
pub mod openapi;
pub mod paging;
pub mod rig;
pub mod seal;
pub mod state;
pub mod storage;
pub mod stripe;
pub mod telemetry;
pub mod web;

pub mod accounts;
pub mod admin;
pub mod calendar;
pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod entitlements;
pub mod mail;
pub mod subscriptions;
pub mod time_machine;
pub mod tokens;
pub mod webhook;
