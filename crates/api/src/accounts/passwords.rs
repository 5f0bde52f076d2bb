//! Hashing passwords, a bounded number at once.

/// Hashes and checks passwords.
#[derive(Default)]
pub struct Passwords {}
