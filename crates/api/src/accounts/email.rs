//! E-mail addresses: checked once, then trusted.

use lettre::Address;
use url::Host;

use crate::error::{Error, Result};

/// The longest address that a mail can be sent to (RFC 5321), in bytes.
const MAX_LENGTH: usize = 254;

/// An address that a mail can be sent to.
#[derive(Clone, Debug)]
pub struct Email {
    /// As its owner writes it.
    pub address: String,
    /// What makes it unique: lower case, the domain in ASCII.
    pub key: String,
}

impl Email {
    /// Reads an address. Quoted or non-ASCII names before the `@` and bare IP addresses after it are refused: hardly any
    /// are real, and most mail servers do not take them.
    ///
    /// # Errors
    /// `request.invalid` about `field`.
    pub fn parse(text: &str, field: &str) -> Result<Self> {
        let invalid = || Error::field(field, "invalid", "This is no e-mail address, such as ada@example.com");
        let text = text.trim();
        let too_long = || Error::field(field, "too_long", format!("At most {MAX_LENGTH} characters"));
        if text.len() > MAX_LENGTH {
            return Err(too_long());
        }
        let address: Address = text.parse().map_err(|_| invalid())?;
        let plain =
            |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '(' | ')' | '<' | '>' | ',' | ':' | ';');
        let Ok(Host::Domain(domain)) = Host::parse(address.domain()) else { return Err(invalid()) };
        if !address.user().chars().all(plain) {
            return Err(invalid());
        }
        let key = format!("{}@{domain}", address.user()).to_ascii_lowercase();
        // A domain grows when it is put into ASCII, which is how a mail goes out: the whole, or a part of it, can be too long.
        if key.len() > MAX_LENGTH {
            return Err(too_long());
        }
        key.parse::<Address>().map_err(|_| invalid())?;
        Ok(Self { address: text.into(), key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_spelling_and_ignores_case_for_the_key() {
        let email = Email::parse(" Ada.Byron+shop@Example.COM ", "email").unwrap();
        assert_eq!(
            (email.address.as_str(), email.key.as_str()),
            ("Ada.Byron+shop@Example.COM", "ada.byron+shop@example.com")
        );
        assert_eq!(
            Email::parse("a@bücher.example", "").unwrap().key,
            Email::parse("A@xn--bcher-kva.example", "").unwrap().key
        );
    }

    #[test]
    fn refuses_what_could_bend_a_mail() {
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\nx",
            "ada\0@example.com",
            "\"a b\"@example.com",
            "\"a\\\r\n\"@example.com",
            "<ada@example.com>",
            "Ada <ada@example.com>",
            "ada@example.com, eve@example.com",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "ädä@example.com",
            "ada@exa mple.com",
            "ada@example.com>",
            &long,
        ] {
            assert!(Email::parse(bad, "email").is_err(), "{bad:?}");
        }
    }
}
