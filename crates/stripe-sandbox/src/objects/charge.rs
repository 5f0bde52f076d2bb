//! `charge`: one attempt to move the money of a payment intent.

use crate::cards::{Card, Decline};
use crate::ids;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// How an attempt came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Attempt {
    /// The money is there.
    Succeeded,
    /// The bank answers later.
    Pending,
    /// Refused.
    Failed(Decline),
}

/// The charge of an attempt with a payment method.
pub fn create(world: &mut World, intent: &Value, method: &Value, card: Card, attempt: Attempt) -> Value {
    let decline = if let Attempt::Failed(decline) = attempt { Some(decline) } else { None };
    let status = match attempt {
        Attempt::Succeeded => "succeeded",
        Attempt::Pending => "pending",
        Attempt::Failed(_) => "failed",
    };
    let paid = attempt == Attempt::Succeeded;
    let amount = int(intent, "amount");
    let fields = json!({
        "amount": amount,
        "amount_captured": if paid { amount } else { 0 },
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "captured": paid,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": decline.map(|decline| decline.code),
        "failure_message": decline.map(|decline| decline.message),
        "fraud_details": {},
        "metadata": intent["metadata"],
        "on_behalf_of": null,
        "outcome": outcome(decline),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": details(card, method, amount, paid),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": null,
        "receipt_url": paid.then(|| format!("https://pay.stripe.com/receipts/payment/{}", ids::random("", 24))),
        "refunded": false,
        "review": null,
        "shipping": intent["shipping"],
        "source": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": status,
        "transfer_data": null,
        "transfer_group": null,
    });
    let charge = world.create("ch_", "charge", fields);
    world.change(text(intent, "id"), json!({ "latest_charge": charge["id"] }));
    charge
}

/// `outcome` of an attempt.
pub fn outcome(decline: Option<Decline>) -> Value {
    let declined = decline.is_some();
    json!({
        "advice_code": declined.then_some("try_again_later"),
        "network_advice_code": null,
        "network_decline_code": declined.then_some("01"),
        "network_status": if declined { "declined_by_network" } else { "approved_by_network" },
        "reason": decline.map(|decline| decline.decline_code),
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": match decline {
            Some(_) => "The bank did not return any further details with this decline.",
            None => "Payment complete.",
        },
        "type": if declined { "issuer_declined" } else { "authorized" },
    })
}

fn details(card: Card, method: &Value, amount: i64, paid: bool) -> Value {
    if card.is_bank_debit() {
        return json!({
            "type": "us_bank_account",
            "us_bank_account": {
                "account_holder_type": "individual",
                "account_type": "checking",
                "bank_name": "STRIPE TEST BANK",
                "fingerprint": method["us_bank_account"]["fingerprint"],
                "last4": card.last4(),
                "payment_reference": null,
                "routing_number": "110000000",
            },
        });
    }
    json!({
        "card": {
            "amount_authorized": paid.then_some(amount),
            "authorization_code": paid.then(|| ids::random("", 6)),
            "brand": card.brand(),
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
            "country": "US",
            "electronic_commerce_indicator": null,
            "exp_month": method["card"]["exp_month"],
            "exp_year": method["card"]["exp_year"],
            "extended_authorization": { "status": "disabled" },
            "fingerprint": method["card"]["fingerprint"],
            "funding": "credit",
            "incremental_authorization": { "status": "unavailable" },
            "installments": null,
            "last4": card.last4(),
            "mandate": null,
            "multicapture": { "status": "unavailable" },
            "network": card.brand(),
            "network_token": { "used": false },
            "network_transaction_id": null,
            "overcapture": { "maximum_amount_capturable": amount, "status": "unavailable" },
            "regulated_status": "unregulated",
            "three_d_secure": null,
            "transaction_link_id": null,
            "wallet": null,
        },
        "type": "card",
    })
}
