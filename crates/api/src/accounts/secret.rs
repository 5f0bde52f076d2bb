//! Secrets that are handed out once and recognised later: refresh tokens and those in mailed links.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 256 random bits.
pub struct Secret {
    /// What its holder gets: 43 letters, digits, `-` and `_`.
    pub text: String,
    /// What we keep.
    pub hash: String,
}

impl Secret {
    /// A new one.
    pub fn random() -> Self {
        let text = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        Self { hash: hash(&text), text }
    }
}

/// By which a secret is recognised: SHA-256 in hex. Fast is fine, for there is nothing to guess in 256 random bits.
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
