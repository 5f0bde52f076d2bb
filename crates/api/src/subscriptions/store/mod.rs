//! SQL of plans and subscriptions.

mod disputes;
mod plans;
mod subscriptions;

pub use disputes::*;
pub use plans::*;
pub use subscriptions::*;
