//! Webhook: what Stripe reports, and comparing our books with Stripe's.
//!
//! - The signature is checked on the raw bytes before anything is read. The event is stored under its id, then answered
//!   2xx; a job handles it. So an answered event is on disk, and sixteen copies at once are one row.
//! - An event only says *look there*: what is true is asked of Stripe's API when it is handled. So the order of events, their
//!   duplicates and the layout of their API version do not matter; of an event only ids are read, which every version has.
//! - What is not ours (another shop on the same account, another mode, a connected account) is stored as ignored.
//! - Reconciliation finds what never arrived: events that are not in the inbox, orders that still wait.

pub mod handle;
pub mod reconcile;
pub mod routes;
pub mod store;
