//! Codes of authenticator apps (TOTP, RFC 6238): six digits, a new one every 30 seconds.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use qrcode::{EcLevel, QrCode, render::svg};
use totp_rs::{Builder, Secret, Totp};
use vitrine_types::accounts::TotpSetup;

use crate::error::{Error, Result};

/// A new secret: 160 random bits, as RFC 4226 advises.
pub fn random_secret() -> [u8; 20] {
    rand::random()
}

/// What an authenticator app is told, as text and as picture. `shop` and `account` are what it shows beside the codes.
///
/// # Errors
/// Only when the names do not fit into a QR code.
pub fn setup(secret: &[u8], shop: &str, account: &str) -> Result<TotpSetup> {
    // A colon parts the two names in the address.
    let shop: String = shop.chars().map(|c| if c == ':' { ' ' } else { c }).take(60).collect();
    let builder = Builder::new().with_account_name(account).with_issuer(Some(shop));
    let totp = builder.with_secret(secret.to_vec()).build().map_err(Error::internal)?;
    let otpauth_url = totp.to_url().map_err(Error::internal)?;
    let code = QrCode::with_error_correction_level(&otpauth_url, EcLevel::M).map_err(Error::internal)?;
    let picture = code.render::<svg::Color>().module_dimensions(4, 4).build();
    let qr_code = format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture));
    Ok(TotpSetup { secret: totp.secret().to_base32(), otpauth_url, qr_code })
}

/// The step that `code` is of: the one of now, or its neighbours for clocks that are a little off.
pub fn step_of(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(now.timestamp()).ok()?;
    i64::try_from(totp(secret).ok()?.check(&digits, now)?).ok()
}

fn totp(secret: &[u8]) -> Result<Totp> {
    // A skew of one step to either side is the builder's default, and a test below holds it to that.
    let builder = Builder::new().with_account_name("-").with_secret(Secret::from(secret.to_vec()));
    builder.build().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-1 secret of RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard_one_step_early_or_late() {
        // The appendix gives eight digits; of six, the last six.
        assert_eq!(step_of(SECRET, "287082", at(59)), Some(1));
        assert_eq!(step_of(SECRET, "081804", at(1_111_111_109)), Some(37_037_036));
        assert_eq!(step_of(SECRET, " 287 082 ", at(59)), Some(1), "as apps write it");
        for (seconds, good) in [(0, true), (29, true), (30, true), (89, true), (90, false), (1_000, false)] {
            assert_eq!(step_of(SECRET, "287082", at(seconds)).is_some(), good, "{seconds}");
        }
        for bad in ["", "28708", "2870822", "+87082", "28708x", "２８７０８２"] {
            assert_eq!(step_of(SECRET, bad, at(59)), None, "{bad}");
        }
    }

    #[test]
    fn apps_are_told_whose_and_what() {
        let setup = setup(SECRET, "Ada: Prints & more", "ada+shop@example.com").unwrap();
        assert_eq!(setup.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let url = url::Url::parse(&setup.otpauth_url).unwrap();
        assert_eq!((url.scheme(), url.host_str()), ("otpauth", Some("totp")));
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert!(pairs.contains(&("secret".into(), setup.secret.clone())), "{url}");
        assert!(pairs.contains(&("issuer".into(), "Ada  Prints & more".into())), "{url}");
        assert!(url.path().contains("ada%2Bshop"), "{url}");
        assert!(setup.qr_code.starts_with("data:image/svg+xml;base64,"));
    }
}
