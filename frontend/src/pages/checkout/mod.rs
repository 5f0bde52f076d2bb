//! Going to pay, and coming back.

mod bought;
mod cancelled;
mod hand_off;
mod held;
mod success;

pub use cancelled::Cancelled;
pub use hand_off::HandOff;
pub use held::{Held, HeldNote};
pub use success::Success;
