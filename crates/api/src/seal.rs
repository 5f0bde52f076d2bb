//! Seals secrets that must be read again: the database, a backup or a log of it alone does not give them away.
//!
//! XChaCha20-Poly1305 under a key made from `VITRINE_JWT_SECRET`, which lies outside the database. As with tokens the first
//! secret seals and all open, so what was sealed before a rotation stays readable while the old secret is listed.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::error::{Error, Result};

const NONCE: usize = 24;

/// Seals and opens.
pub struct Seals(Vec<XChaCha20Poly1305>);

impl Seals {
    /// Seals made from these secrets.
    ///
    /// # Errors
    /// Never with HMAC's keys of any length; the signature allows for it.
    pub fn new(secrets: &[SecretString]) -> anyhow::Result<Self> {
        let cipher = |secret: &SecretString| {
            // A key of its own for this use: tokens are signed with the secret itself.
            let mut key = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose_secret().as_bytes())?;
            key.update(b"vitrine seal 1");
            Ok(XChaCha20Poly1305::new(&key.finalize().into_bytes()))
        };
        Ok(Self(secrets.iter().map(cipher).collect::<anyhow::Result<_>>()?))
    }

    /// Seals `secret`. It opens only with the same `about`, so that it cannot be put into another row's place.
    ///
    /// # Errors
    /// Only when there is no key.
    pub fn seal(&self, secret: &[u8], about: &[u8]) -> Result<String> {
        let cipher = self.0.first().ok_or_else(|| broken("no key"))?;
        let nonce = rand::random::<[u8; NONCE]>();
        let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: about });
        let sealed = sealed.map_err(|_| broken("it cannot be sealed"))?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what [`Seals::seal`] gave.
    ///
    /// # Errors
    /// `server.internal` when it was changed, is about something else, or its key is no longer listed.
    pub fn open(&self, sealed: &str, about: &[u8]) -> Result<Vec<u8>> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(Error::internal)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(|| broken("too short"))?;
        let open = |cipher: &XChaCha20Poly1305| {
            cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: about }).ok()
        };
        self.0.iter().find_map(open).ok_or_else(|| broken("it opens with none of VITRINE_JWT_SECRET"))
    }
}

fn broken(why: &'static str) -> Error {
    Error::internal(anyhow::anyhow!("a sealed secret: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seals(secrets: &[&str]) -> Seals {
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| secret.repeat(8).into()).collect();
        Seals::new(&secrets).unwrap()
    }

    #[test]
    fn opens_with_its_key_and_for_its_owner_only() {
        let sealed = seals(&["first"]).seal(b"secret", b"ada").unwrap();
        assert!(!sealed.contains("secret"));
        assert_ne!(sealed, seals(&["first"]).seal(b"secret", b"ada").unwrap());
        assert_eq!(seals(&["new", "first"]).open(&sealed, b"ada").unwrap(), b"secret", "rotated");
        assert!(seals(&["new"]).open(&sealed, b"ada").is_err(), "another key");
        assert!(seals(&["first"]).open(&sealed, b"bob").is_err(), "another's");
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert!(seals(&["first"]).open(&String::from_utf8(changed).unwrap(), b"ada").is_err(), "{position}");
        }
        assert!(seals(&["first"]).open("", b"ada").is_err());
    }
}
