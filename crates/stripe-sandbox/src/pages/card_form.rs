//! The card fields that the pay page, the portal and the invoice page share.

use crate::cards::Card;
use chrono::{DateTime, Datelike};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is wrong, per field.
pub type Errors = BTreeMap<&'static str, String>;

/// A card as typed.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct CardFields {
    pub number: String,
    pub expiry: String,
    pub cvc: String,
    pub name: String,
    /// A test card to fill in, for browsers without scripts.
    #[serde(skip_serializing)]
    pub fill: String,
}

const CARDS: [(&str, &str); 6] = [
    ("4242 4242 4242 4242", "Paid"),
    ("5555 5555 5555 4444", "Paid, Mastercard"),
    ("4000 0000 0000 0002", "Declined"),
    ("4000 0000 0000 9995", "Declined: no funds"),
    ("4000 0000 0000 0069", "Declined: expired"),
    ("4000 0000 0000 0341", "Paid, fails at renewals"),
];

/// The test cards offered beside the form.
pub fn test_cards() -> Value {
    json!(CARDS.map(|(number, about)| json!({ "number": number, "about": about })))
}

/// The first field that is wrong, to put the cursor there.
pub fn first_error(errors: &Errors) -> Option<&'static str> {
    ["email", "number", "expiry", "cvc", "name"].into_iter().find(|name| errors.contains_key(name))
}

impl CardFields {
    /// Fills in the test card that was pressed, if one was.
    pub fn filled(mut self) -> Option<Self> {
        if self.fill.is_empty() {
            return None;
        }
        self.number = std::mem::take(&mut self.fill);
        self.expiry = "12 / 34".to_owned();
        self.cvc = "123".to_owned();
        if self.name.is_empty() {
            self.name = "Jenny Rosen".to_owned();
        }
        Some(self)
    }

    /// The card, and year and month it is valid until. What is wrong goes into `errors`.
    pub fn judge(&self, now: i64, errors: &mut Errors) -> (Card, (i64, i64)) {
        let expiry = digits(&self.expiry);
        let valid_until = (expiry.len() == 4)
            .then(|| Some((2000 + expiry[2..].parse::<i64>().ok()?, expiry[..2].parse::<i64>().ok()?)))
            .flatten()
            .filter(|(_, month)| (1..=12).contains(month));
        let today = DateTime::from_timestamp(now, 0).map(|time| (i64::from(time.year()), i64::from(time.month())));
        let told = match valid_until {
            None => Some("Your card's expiry date is incomplete."),
            Some(until) if today.is_some_and(|today| until < today) => Some("Your card's expiry date is in the past."),
            Some(_) => None,
        };
        errors.extend(told.map(|told| ("expiry", told.to_owned())));
        if !(3..=4).contains(&digits(&self.cvc).len()) {
            errors.insert("cvc", "Your card's security code is incomplete.".to_owned());
        }
        if !passes_luhn(&digits(&self.number)) {
            errors.insert("number", "Your card number is invalid.".to_owned());
        }
        let card = Card::from_number(&self.number).unwrap_or_else(|| {
            let told = "This is a test page: only test cards work here.".to_owned();
            errors.entry("number").or_insert(told);
            Card::Declined
        });
        (card, valid_until.unwrap_or_default())
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            if index % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    digits.len() >= 12 && sum.is_multiple_of(10)
}
