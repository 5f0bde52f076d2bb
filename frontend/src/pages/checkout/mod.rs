//! Coming back from paying.

mod cancelled;
mod success;

pub use cancelled::Cancelled;
pub use success::Success;
