//! A local Stripe for development, tests and the demo.
//!
//! It speaks Stripe's API over HTTP in the newest version's shapes, shows a hosted pay page, sends signed webhooks, and
//! misbehaves on demand. Start one inside a test with [`Sandbox::start`] and steer it with [`Sandbox::control`], or over
//! HTTP under `/_sandbox` when the test is not written in Rust. The binary of the same name serves the demo.

// The longest `json!` literals have more than a hundred fields.
#![recursion_limit = "256"]

mod api;
mod calendar;
mod cards;
mod clock;
mod control;
mod error;
mod faults;
mod flows;
mod idempotency;
mod ids;
mod money;
mod objects;
mod pages;
mod params;
mod requests;
mod sandbox;
mod shared;
mod state;
mod timers;
mod webhooks;
mod world;

pub use api::NEWEST_VERSION;
pub use cards::Card;
pub use control::Control;
pub use error::{ApiError, ApiResult};
pub use faults::{Fault, FaultKind};
pub use flows::billing::DunningEnd;
pub use flows::disputes::DisputeEnd;
pub use requests::RequestRecord;
pub use sandbox::{Config, Sandbox};
pub use webhooks::{Attempt, Delivery, DeliverySettings, DeliveryState, signature_header};
