//! Checking that an event comes from Stripe.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far an event's time may lie from ours, in seconds.
const TOLERANCE: i64 = 300;

/// Why an event is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSignature {
    /// The header is absent or cannot be read.
    Header,
    /// No signature matches the body with any of the secrets.
    Mismatch,
    /// It matches, but the event was signed too long ago (or ahead).
    Stale,
}

/// Checks `Stripe-Signature` over the raw `body`.
///
/// Any `v1` may match with any of `secrets`: while a secret is rotated the header carries one per secret. `v0` never counts.
///
/// # Errors
/// [`BadSignature`] when the event is not to be believed.
pub fn verify(body: &[u8], header: &str, secrets: &[SecretString], now: DateTime<Utc>) -> Result<(), BadSignature> {
    let mut time = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
        match name {
            "t" => time = Some(value),
            "v1" => signatures.extend(hex::decode(value)),
            _ => {}
        }
    }
    let time = time.ok_or(BadSignature::Header)?;
    let signed_at: i64 = time.parse().map_err(|_| BadSignature::Header)?;
    let matches = secrets.iter().any(|secret| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { return false };
        // The time as it was written: "+5" or "05" would parse to the same number.
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        // verify_slice compares in constant time.
        signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    });
    if !matches {
        return Err(BadSignature::Mismatch);
    }
    if now.timestamp().abs_diff(signed_at) > TOLERANCE as u64 { Err(BadSignature::Stale) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\n  \"id\": \"evt_1\"\n}";

    fn sign(secret: &str, time: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.").as_bytes());
        mac.update(BODY);
        hex::encode(mac.finalize().into_bytes())
    }

    fn check(body: &[u8], header: &str) -> Result<(), BadSignature> {
        let secrets = [SecretString::from("whsec_new"), SecretString::from("whsec_old")];
        verify(body, header, &secrets, DateTime::from_timestamp(1_000_000, 0).unwrap())
    }

    #[test]
    fn believes_each_secret_and_any_of_several_signatures() {
        for secret in ["whsec_new", "whsec_old"] {
            assert_eq!(check(BODY, &format!("t=1000000,v1={}", sign(secret, 1_000_000))), Ok(()));
        }
        let header = format!("t=1000000,v1={},v1={}", "00".repeat(32), sign("whsec_old", 1_000_000));
        assert_eq!(check(BODY, &header), Ok(()));
    }

    #[test]
    fn tolerates_five_minutes_and_no_more() {
        for (time, expected) in [
            (1_000_000 - 300, Ok(())),
            (1_000_000 + 300, Ok(())),
            (1_000_000 - 301, Err(BadSignature::Stale)),
            (1_000_000 + 301, Err(BadSignature::Stale)),
            (i64::MIN, Err(BadSignature::Stale)),
        ] {
            assert_eq!(check(BODY, &format!("t={time},v1={}", sign("whsec_new", time))), expected, "{time}");
        }
    }

    #[test]
    fn ten_thousand_mutations_are_refused() {
        let good = format!("t=1000000,v1={}", sign("whsec_new", 1_000_000));
        let mut refused = 0;
        for bit in 0..BODY.len() * 8 {
            let mut body = BODY.to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&body, &good).is_err(), "body bit {bit}");
            refused += 1;
        }
        for round in 0..10_000 - refused {
            let mut header = good.clone().into_bytes();
            let position = round % header.len();
            let change = 1 + (round / header.len()) as u8 % 127;
            header[position] ^= change;
            let Ok(header) = String::from_utf8(header) else { continue };
            // Hexadecimal may be written in capitals; that is the same signature.
            if header.to_ascii_lowercase() != good {
                assert!(check(BODY, &header).is_err(), "{header}");
            }
        }
        for header in ["", "t=1000000", "v1=00", "t=,v1=", "t=1000000,v1=", "garbage", &good.replace("v1", "v0")] {
            assert!(check(BODY, header).is_err(), "{header}");
        }
        assert!(check(BODY, &format!("t=1000000,v1={}", sign("whsec_wrong", 1_000_000))).is_err());
    }
}
