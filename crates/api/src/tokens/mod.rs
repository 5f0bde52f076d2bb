//! Tokens of plans: lots, and a ledger that is only ever added to. (The field says *credits*; access tokens are in `auth`.)
//!
//! A subscription has an account, named by the subscription's id. What comes in together is a *lot* and ends together. An
//! *entry* is a line of the statement: one per business fact (an invoice's period, a booking, a booking's return), however
//! often the fact is reported; its *movements* say which lots it filled or emptied. Entries and movements are never
//! changed or deleted: the database refuses. The sum of the entries is the account's balance and what is left of its lots.
//!
//! The rules, which `docs/tokens.md` tells the owner:
//! - What ends first is spent first; what never ends comes last. No balance is ever below zero: the database refuses.
//! - A lot whose end has come cannot be spent from that instant on, whether or not the job that books its end has run.
//! - A booking cancelled in time gives back to the lots it was paid from. What belonged to a lot that has ended meanwhile
//!   comes back as a lot of its own, good for [`RETURN_LIFE`] from then.
//! - At a renewal, what is left of the plan's tokens is carried over up to the plan's cap, and ends with the new period;
//!   what was carried over before counts as left. A cap of zero carries nothing. The rest has ended.
//! - What was bought ends when its product says, what the owner gives does not. What the owner takes is taken from what ends
//!   first, never below zero.
//! - What was bought follows its money ([`service::follow_payment`]): disputed it waits, refunded what is left of it goes.
//!
//! All that changes an account takes its lock, and first books the end of lots that are over.

pub mod routes;
pub mod service;
pub mod store;

/// How long tokens can be spent that came back after their lot had ended.
pub const RETURN_LIFE: chrono::TimeDelta = chrono::TimeDelta::days(30);
