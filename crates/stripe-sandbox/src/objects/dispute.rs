//! `dispute`: a customer asks the bank for the money back.

use crate::world::World;
use serde_json::{Map, Value, json};

const EVIDENCE: [&str; 26] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
];

/// Days the shop has to answer.
const DAYS_TO_RESPOND: i64 = 9;

/// A dispute about `amount` minor units of a charge. An inquiry takes no money yet.
pub fn create(world: &mut World, charge: &Value, amount: i64, reason: &str, inquiry: bool) -> Value {
    let mut evidence: Map<String, Value> = EVIDENCE.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    evidence.insert("uncategorized_text".to_owned(), Value::Null);
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    let brand = charge["payment_method_details"]["card"].get("brand").cloned().unwrap_or(json!("visa"));
    let fields = json!({
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": world.now() + DAYS_TO_RESPOND * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": false,
            "past_due": false,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": null,
        "is_charge_refundable": inquiry,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": if inquiry { "inquiry" } else { "chargeback" },
                "network": brand,
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": if inquiry { "warning_needs_response" } else { "needs_response" },
    });
    world.create("du_", "dispute", fields)
}
