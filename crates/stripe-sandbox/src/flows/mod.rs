//! What happens in the life of a payment: each flow changes the objects and records the events, in Stripe's order.

pub mod billing;
pub mod checkout;
pub mod delayed;
pub mod disputes;
pub mod ending;
pub mod payments;
pub mod plan_change;
pub mod refunds;
pub mod renewal;
pub mod schedules;
pub mod subscribing;
pub mod wallet;

use crate::error::{ApiError, ApiResult};
use crate::world::World;
use serde_json::Value;

/// A session that must still be open to be `verb` (`paid`, `expired`).
fn open_session(world: &World, id: &str, verb: &str) -> ApiResult<Value> {
    let session = world.find("checkout.session", id, "session")?;
    match session["status"].as_str() {
        Some("open") => Ok(session),
        status => Err(ApiError::invalid(format!(
            "Only Checkout Sessions with a status in [\"open\"] can be {verb}. \
             This Checkout Session has a status of `{}`.",
            status.unwrap_or_default()
        ))),
    }
}
