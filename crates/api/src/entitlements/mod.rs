//! Entitlements: what customers own and may use. The app calls them *your products*.
//!
//! - One row per business fact: an order line, a claimed free product, a subscription's product, a gift. However often the
//!   fact is reported, there is one row (`fact` is unique).
//! - A row's status is what its source says (paid, refunded, disputed …), unless the owner took it away by hand. Both are
//!   kept, so that either can be undone without forgetting the other.
//! - Access is tested at each request and each byte range, never once for all: a link dies with the access behind it.
//! - Somebody who owns the same product twice keeps access when one of the two ends.

pub mod routes;
pub mod service;
pub mod store;
