//! Money in integer minor units.

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code in lower case, such as `usd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollars.
    pub const USD: Currency = Currency(*b"usd");

    /// Reads a three-letter code, in either case; `None` when it is not three ASCII letters.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Self(bytes.map(|b| b.to_ascii_lowercase())))
    }

    /// The code in lower case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("xxx")
    }

    /// How many decimal digits the minor unit stands for: 0 for JPY, 3 for KWD, 2 for most.
    ///
    /// This is how Stripe counts minor units (its zero-decimal and three-decimal lists), not plain ISO 4217.
    pub fn exponent(&self) -> u32 {
        match self.as_str() {
            "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf" | "vnd" | "vuv" | "xaf"
            | "xof" | "xpf" => 0,
            "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
            _ => 2,
        }
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Currency::parse(&code).ok_or_else(|| serde::de::Error::custom("a currency is three letters, such as \"usd\""))
    }
}

/// An amount of money: minor units (cents, yen, fils) of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"amount": 1900, "currency": "usd"})))]
pub struct Money {
    /// In minor units; JPY has none, KWD three digits of them.
    pub amount: i64,
    /// ISO 4217, lower case.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "usd"))]
    pub currency: Currency,
}

impl Money {
    /// `amount` minor units of `currency`.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }
}

/// Plain notation for logs and mails, such as `19.00 USD`; the app formats in the reader's locale instead.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.currency.exponent();
        let unit = 10_i64.pow(digits);
        let sign = if self.amount < 0 { "-" } else { "" };
        let (whole, part) = (self.amount.unsigned_abs() / unit as u64, self.amount.unsigned_abs() % unit as u64);
        let code = self.currency.as_str().to_ascii_uppercase();
        match digits {
            0 => write!(f, "{sign}{whole} {code}"),
            _ => write!(f, "{sign}{whole}.{part:0width$} {code}", width = digits as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_by_the_currencys_minor_unit() {
        let shown = |amount, code| Money::new(amount, Currency::parse(code).unwrap()).to_string();
        assert_eq!(shown(1900, "usd"), "19.00 USD");
        assert_eq!(shown(-5, "eur"), "-0.05 EUR");
        assert_eq!(shown(1900, "jpy"), "1900 JPY");
        assert_eq!(shown(1900, "KWD"), "1.900 KWD");
    }

    #[test]
    fn refuses_what_is_no_currency() {
        for bad in ["", "us", "usdd", "u$d", "12a"] {
            assert!(Currency::parse(bad).is_none(), "{bad}");
        }
        assert!(serde_json::from_str::<Money>(r#"{"amount":1.5,"currency":"usd"}"#).is_err());
    }
}
