//! SQL of orders, refunds and disputes.

mod orders;
mod refunds;

pub use orders::*;
pub use refunds::*;
