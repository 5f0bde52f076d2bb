//! The ways to pay on the hosted page: Stripe's test cards, and a bank account whose debit settles later.

use serde::{Deserialize, Serialize};

/// A way to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// 4242 4242 4242 4242: paid.
    Visa,
    /// 5555 5555 5555 4444: paid.
    Mastercard,
    /// 4000 0000 0000 0341: paid now, refused at every later charge.
    FailsLater,
    /// 4000 0000 0000 0002: declined.
    Declined,
    /// 4000 0000 0000 9995: declined for lack of funds.
    InsufficientFunds,
    /// 4000 0000 0000 0069: declined as expired.
    Expired,
    /// 4000 0000 0000 0127: declined for a wrong CVC.
    WrongCvc,
    /// A bank debit that settles later and succeeds by itself where the sandbox settles by itself.
    BankDebit,
    /// A bank debit that settles later and fails by itself where the sandbox settles by itself.
    BankDebitFailing,
}

/// Why a card was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decline {
    /// Stripe's error code.
    pub code: &'static str,
    /// The bank's reason.
    pub decline_code: &'static str,
    /// For the customer.
    pub message: &'static str,
}

const GENERIC: Decline =
    Decline { code: "card_declined", decline_code: "generic_decline", message: "Your card was declined." };

impl Card {
    /// Every card.
    pub const ALL: [Card; 7] = [
        Card::Visa,
        Card::Mastercard,
        Card::FailsLater,
        Card::Declined,
        Card::InsufficientFunds,
        Card::Expired,
        Card::WrongCvc,
    ];

    /// The card with this number; spaces are ignored.
    pub fn from_number(number: &str) -> Option<Card> {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        Card::ALL.into_iter().find(|card| card.number() == digits)
    }

    /// The card number or, for a bank debit, the account number.
    pub fn number(self) -> &'static str {
        match self {
            Card::Visa => "4242424242424242",
            Card::Mastercard => "5555555555554444",
            Card::FailsLater => "4000000000000341",
            Card::Declined => "4000000000000002",
            Card::InsufficientFunds => "4000000000009995",
            Card::Expired => "4000000000000069",
            Card::WrongCvc => "4000000000000127",
            Card::BankDebit => "000123456789",
            Card::BankDebitFailing => "000111111116",
        }
    }

    /// The last four digits.
    pub fn last4(self) -> &'static str {
        &self.number()[self.number().len() - 4..]
    }

    /// `visa` or `mastercard`.
    pub fn brand(self) -> &'static str {
        if self == Card::Mastercard { "mastercard" } else { "visa" }
    }

    /// Whether the money comes days later.
    pub fn is_bank_debit(self) -> bool {
        matches!(self, Card::BankDebit | Card::BankDebitFailing)
    }

    /// Why this card is refused on the hosted page; `None` when it is taken.
    pub fn decline(self) -> Option<Decline> {
        match self {
            Card::Declined => Some(GENERIC),
            Card::InsufficientFunds => Some(Decline {
                decline_code: "insufficient_funds",
                message: "Your card has insufficient funds.",
                ..GENERIC
            }),
            Card::Expired => {
                Some(Decline { code: "expired_card", decline_code: "expired_card", message: "Your card has expired." })
            }
            Card::WrongCvc => Some(Decline {
                code: "incorrect_cvc",
                decline_code: "incorrect_cvc",
                message: "Your card's security code is incorrect.",
            }),
            _ => None,
        }
    }

    /// Why this card is refused when charged later without the customer.
    pub fn later_decline(self) -> Option<Decline> {
        if self == Card::FailsLater { Some(GENERIC) } else { self.decline() }
    }
}

/// What the customer typed on the hosted page.
#[derive(Debug, Clone)]
pub struct Payer {
    /// E-mail for the receipt.
    pub email: String,
    /// Name on the card or account.
    pub name: String,
    /// ISO code.
    pub country: String,
    /// Year and month the card is valid until.
    pub valid_until: (i64, i64),
}

impl Payer {
    /// Somebody with this e-mail address.
    pub fn with_email(email: &str) -> Self {
        Self {
            email: email.to_owned(),
            name: "Jenny Rosen".to_owned(),
            country: "US".to_owned(),
            valid_until: (2034, 12),
        }
    }
}
