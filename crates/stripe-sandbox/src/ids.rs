//! Ids as Stripe makes them: a prefix and random letters and digits.

use rand::RngExt;
use rand::distr::Alphanumeric;

/// `prefix` followed by `length` random letters and digits.
pub fn random(prefix: &str, length: usize) -> String {
    let tail: String = rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect();
    format!("{prefix}{tail}")
}

/// An object's id: `prefix` and 24 characters.
pub fn object_id(prefix: &str) -> String {
    random(prefix, 24)
}
