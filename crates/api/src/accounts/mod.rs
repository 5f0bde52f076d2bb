//! Accounts: customers and admins, passwords, sessions, profile.
//!
//! - An address belongs to one account, whatever its case; a deleted account gives it free.
//! - A password is kept as Argon2id hash. Hashing runs off the async threads, few at once: a storm of sign-ins waits in
//!   a short queue or is told to come back, and the shop goes on.
//! - A session is a row. Every request looks it up, so that ending it (signing out, a new password, a deleted account)
//!   acts at once. It ends by itself after [`service::IDLE_LIFE`] without renewal and after [`service::SESSION_LIFE`] in
//!   any case.
//! - A refresh token is 256 random bits, kept as hash, good for one use. Using one twice means that two hold it, one of
//!   whom stole it: the session ends.
//! - A mailed link carries such a token too: good once, for its purpose, for a limited time; a new one voids the old.
//! - Known and unknown addresses get the same answer after the same work wherever somebody may be guessing.
//! - A deleted account keeps its row, without what names a person: the books need it.

pub mod email;
pub mod limits;
pub mod passwords;
pub mod recovery_code;
pub mod routes;
pub mod secret;
pub mod service;
pub mod store;
pub mod totp;
