//! Passwords: which are good enough, and hashing them, a bounded number at once.
//!
//! One hash takes tens of milliseconds and 19 MiB. Half of the cores may hash at a time, so that a storm of sign-ins
//! leaves the other half to the shop; a limited number waits for its turn, the rest is told to come back.

use std::{collections::HashSet, sync::Arc, sync::LazyLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vitrine_types::Code;

use crate::error::{Error, Fields, Result};

/// How many may wait for a turn, per turn.
const QUEUE: usize = 64;

/// The hash of nobody's password, made with the same parameters: what is checked when there is no account.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Vmk1dHIxbmVOb2JvZHlTYWx0$5bYx1uFJbW9rJrZqZ9rYw0u1m3qS0cE1oE1m6r0J1fQ";

/// Words that make a password no better, most used ones first.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Hashes and checks passwords.
pub struct Passwords {
    waiting: Arc<Semaphore>,
    hashing: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let turns = (std::thread::available_parallelism().map_or(1, usize::from) / 2).max(1);
        Self { waiting: Arc::new(Semaphore::new(turns * (QUEUE + 1))), hashing: Arc::new(Semaphore::new(turns)) }
    }
}

impl Passwords {
    /// Waits for a turn.
    ///
    /// # Errors
    /// `server.busy` when too many wait already.
    pub async fn turn(&self) -> Result<Turn> {
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| Error::new(Code::Busy))?;
        let turn = self.hashing.clone().acquire_owned().await.map_err(Error::internal)?;
        Ok(Turn(place, turn))
    }
}

/// The right to hash once, held until that is done, even when the one who asked has gone.
pub struct Turn(#[allow(dead_code)] OwnedSemaphorePermit, #[allow(dead_code)] OwnedSemaphorePermit);

impl Turn {
    /// The hash of a password.
    ///
    /// # Errors
    /// When the machine has no memory left.
    pub async fn hash(self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || argon2()?.hash_password(password.as_bytes()).map(|hash| hash.to_string())).await
    }

    /// Whether the password is the one of this hash; with `None` the same work for nothing.
    ///
    /// # Errors
    /// When the machine has no memory left.
    pub async fn verify(self, password: &str, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(NOBODY).to_owned());
        self.run(move || match argon2()?.verify_password(password.as_bytes(), hash.as_str()) {
            Ok(()) => Ok(known),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> argon2::password_hash::Result<T> + Send + 'static,
    ) -> Result<T> {
        let work = move || {
            let done = work();
            drop(self);
            done
        };
        let done = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        done.map_err(|error| Error::internal(anyhow::anyhow!("argon2: {error}")))
    }
}

/// As OWASP advises: Argon2id with 19 MiB, two passes, one lane.
fn argon2() -> argon2::password_hash::Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether `password` is good enough for the account of `email` and `name`.
///
/// # Errors
/// `request.invalid` about `field`.
pub fn check_strength(password: &str, field: &str, email: &str, name: &str) -> Result<()> {
    let mut fields = Fields::default();
    let length = password.chars().count();
    fields.check(length >= 8, field, "too_short", "At least 8 characters");
    fields.check(length <= 128, field, "too_long", "At most 128 characters");
    let lower = password.to_lowercase();
    let (email, name) = (email.trim().to_lowercase(), name.trim().to_lowercase());
    let personal = lower == email || lower == name || email.split('@').next() == Some(lower.as_str());
    fields.check(!personal, field, "personal", "Not your name or e-mail address");
    let common = length >= 8 && is_common(&lower);
    fields.check(!common, field, "too_common", "This password is on the lists that attackers try first");
    fields.done()
}

/// Whether it is a well-known one, also with the usual ornaments, or has a pattern instead of content.
fn is_common(lower: &str) -> bool {
    let plain: String = lower
        .chars()
        .map(|c| match c {
            '@' | '4' => 'a',
            '0' => 'o',
            '3' => 'e',
            '$' | '5' => 's',
            '1' | '!' => 'i',
            c => c,
        })
        .collect();
    // `Password123!` is `password`, `dragon1987` is `dragon`.
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    let is_listed = |text: &str| COMMON.contains(text);
    is_listed(lower) || is_listed(&bare(lower)) || is_listed(&bare(&plain)) || is_repeated(lower) || is_run(lower)
}

/// One to four characters over and over.
fn is_repeated(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|unit| chars.iter().enumerate().all(|(at, c)| *c == chars[at % unit]))
}

/// Neighbours in the alphabet, among the digits or on the keyboard, up or down.
fn is_run(text: &str) -> bool {
    const ROWS: [&str; 6] = [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qazwsxedcrfvtgbyhnujmikolp",
    ];
    let reversed: String = text.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(text) || row.contains(&reversed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Option<String> {
        let problem = check_strength(password, "password", "ada@example.com", "Ada Byron").err()?.problem();
        Some(problem.errors[0].code.clone())
    }

    #[test]
    fn well_known_and_personal_passwords_are_refused() {
        for (password, code) in [
            ("short", "too_short"),
            (&"long".repeat(33), "too_long"),
            ("ada@example.com", "personal"),
            ("ADA BYRON", "personal"),
            ("password", "too_common"),
            ("Password123!", "too_common"),
            ("P@ssw0rd", "too_common"),
            ("iloveyou2", "too_common"),
            ("aaaaaaaaaa", "too_common"),
            ("abcabcabc", "too_common"),
            ("12345678", "too_common"),
            ("87654321", "too_common"),
            ("qwertyuiop", "too_common"),
        ] {
            assert_eq!(verdict(password).as_deref(), Some(code), "{password}");
        }
    }

    #[test]
    fn others_pass() {
        for password in
            ["correct horse battery", "a quiet gallery", "Tr0ub4dor&3x", "пароль не для всех", "ü".repeat(8).as_str()]
        {
            let expected = password.starts_with('ü').then(|| "too_common".to_owned());
            assert_eq!(verdict(password), expected, "{password}");
        }
    }

    #[tokio::test]
    async fn verifies_what_it_hashed_and_nothing_for_nobody() {
        let passwords = Passwords::default();
        let hash = passwords.turn().await.unwrap().hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (password, hash, expected) in [
            ("correct horse", Some(hash.as_str()), true),
            ("wrong horse", Some(hash.as_str()), false),
            ("x", None, false),
        ] {
            assert_eq!(passwords.turn().await.unwrap().verify(password, hash).await.unwrap(), expected, "{password}");
        }
    }

    #[tokio::test]
    async fn too_many_at_once_are_told_to_come_back() {
        let passwords = Passwords { waiting: Arc::new(Semaphore::new(1)), hashing: Arc::new(Semaphore::new(1)) };
        let turn = passwords.turn().await.unwrap();
        assert_eq!(passwords.turn().await.err().map(|error| error.code()), Some(Code::Busy));
        drop(turn);
        assert!(passwords.turn().await.is_ok());
    }
}
