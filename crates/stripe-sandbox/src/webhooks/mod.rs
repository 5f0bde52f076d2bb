//! Signed events on their way to the shop: at least once, in no promised order, retried until it answers 2xx.

mod mailbox;
mod postman;
mod signature;

pub use mailbox::{Attempt, Delivery, DeliverySettings, DeliveryState, Mailbox};
pub(crate) use postman::run;
pub use signature::signature_header;
