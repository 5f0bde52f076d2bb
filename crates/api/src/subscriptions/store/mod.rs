//! SQL of plans and subscriptions.

mod plans;
mod subscriptions;

pub use plans::*;
pub use subscriptions::*;
