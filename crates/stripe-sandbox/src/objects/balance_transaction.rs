//! `balance_transaction`: a movement on the shop's balance.

use crate::world::World;
use serde_json::{Value, json};

const TWO_DAYS: i64 = 2 * 86_400;

/// Why the balance moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// A payment came in.
    Charge,
    /// A refund went out.
    Refund,
    /// A refund came back.
    RefundFailure,
    /// A dispute took money.
    Dispute,
    /// A won dispute gave it back.
    DisputeReversal,
}

/// Books `amount` minor units (negative: out) for the object `source`, with Stripe's fee.
pub fn create(world: &mut World, movement: Movement, source: &Value, amount: i64, currency: &Value) -> Value {
    let (kind, category, fee) = match movement {
        // 2.9 % and 30 minor units, rounded half up.
        Movement::Charge => ("charge", "charge", (amount * 29 + 500) / 1000 + 30),
        Movement::Refund => ("refund", "refund", 0),
        Movement::RefundFailure => ("refund_failure", "refund_failure", 0),
        Movement::Dispute => ("adjustment", "dispute", 1500),
        Movement::DisputeReversal => ("adjustment", "dispute_reversal", 0),
    };
    let fee_details = json!({
        "amount": fee, "application": null, "currency": currency, "description": "Stripe processing fees",
        "type": "stripe_fee",
    });
    let fields = json!({
        "amount": amount,
        "available_on": world.now() + TWO_DAYS,
        "balance_type": "payments",
        "currency": currency,
        "description": null,
        "exchange_rate": null,
        "fee": fee,
        "fee_details": if fee > 0 { vec![fee_details] } else { Vec::new() },
        "net": amount - fee,
        "reporting_category": category,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    });
    world.create("txn_", "balance_transaction", fields)
}
