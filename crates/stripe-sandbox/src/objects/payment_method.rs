//! `payment_method`: a card or a bank account.

use super::address;
use crate::cards::{Card, Payer};
use crate::ids;
use crate::world::World;
use serde_json::{Value, json};

/// The payment method made of what the customer typed. `_card` remembers which test card it is.
pub fn create(world: &mut World, card: Card, payer: &Payer, customer: &Value) -> Value {
    let kind = kind(card);
    let details = if card.is_bank_debit() { bank_account(card) } else { plastic(card, payer) };
    let fields = json!({
        "allow_redisplay": "limited",
        "billing_details": billing_details(payer),
        kind: details,
        "customer": customer,
        "customer_account": null,
        "metadata": {},
        "type": kind,
        "_card": card,
    });
    world.create("pm_", "payment_method", fields)
}

/// `card` or `us_bank_account`.
pub fn kind(card: Card) -> &'static str {
    if card.is_bank_debit() { "us_bank_account" } else { "card" }
}

/// `billing_details` of payment methods and charges.
pub fn billing_details(payer: &Payer) -> Value {
    json!({
        "address": address(Some(&payer.country)),
        "email": payer.email,
        "name": payer.name,
        "phone": null,
        "tax_id": null,
    })
}

fn plastic(card: Card, payer: &Payer) -> Value {
    let (exp_year, exp_month) = payer.valid_until;
    json!({
        "brand": card.brand(),
        "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
        "country": "US",
        "display_brand": card.brand(),
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": ids::random("", 16),
        "funding": "credit",
        "generated_from": null,
        "last4": card.last4(),
        "networks": { "available": [card.brand()], "preferred": null },
        "regulated_status": "unregulated",
        "three_d_secure_usage": { "supported": true },
        "wallet": null,
    })
}

fn bank_account(card: Card) -> Value {
    json!({
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": null,
        "fingerprint": ids::random("", 16),
        "last4": card.last4(),
        "networks": { "preferred": "ach", "supported": ["ach"] },
        "routing_number": "110000000",
        "status_details": {},
    })
}
