//! `invoice`, its lines, and `invoice_payment`.

use super::list;
use crate::ids;
use crate::world::{World, int, text};
use serde_json::{Value, json};

/// What a line bills.
pub struct Line<'a> {
    /// The subscription item; `None` for a one-time price beside the subscription.
    pub item: Option<&'a Value>,
    /// The price.
    pub price: &'a Value,
    /// How many.
    pub quantity: i64,
    /// Minor units, negative for a credit.
    pub amount: i64,
    /// For people.
    pub description: String,
    /// The time billed, start and end.
    pub period: (i64, i64),
    /// Whether a change in the middle of a period caused it.
    pub proration: bool,
}

/// A line of a subscription's invoice.
pub fn line(subscription: &Value, line: &Line) -> Value {
    let Line { item, price, quantity, amount, description, period, proration } = line;
    let parent = if let Some(item) = item {
        json!({
            "invoice_item_details": null,
            "subscription_item_details": {
                "invoice_item": proration.then(|| ids::object_id("ii_")),
                "proration": proration,
                "proration_details": { "credited_items": null },
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        })
    } else {
        json!({
            "invoice_item_details": {
                "invoice_item": ids::object_id("ii_"),
                "proration": false,
                "proration_details": { "credited_items": null },
                "subscription": subscription["id"],
            },
            "subscription_item_details": null,
            "type": "invoice_item_details",
        })
    };
    json!({
        "id": ids::object_id("il_"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": !proration,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": subscription["metadata"],
        "parent": parent,
        "period": { "start": period.0, "end": period.1 },
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": { "price": price["id"], "product": price["product"] },
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "quantity_decimal": quantity.to_string(),
        "subscription": subscription["id"],
        "subtotal": amount,
        "taxes": [],
    })
}

/// A draft of a subscription's invoice.
pub fn create(world: &mut World, subscription: &Value, reason: &str, lines: Vec<Value>, period: (i64, i64)) -> Value {
    let customer = world.follow(subscription, "customer");
    let total: i64 = lines.iter().map(|line| int(line, "amount")).sum();
    let id = ids::object_id("in_");
    let lines = lines
        .into_iter()
        .map(|mut line| {
            line["invoice"] = json!(id);
            line
        })
        .collect();
    let fields = json!({
        "id": id,
        "account_country": "US",
        "account_name": world.shop_name,
        "account_tax_ids": null,
        "amount_due": total.max(0),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": total.max(0),
        "amount_shipping": 0,
        "application": null,
        "attempt_count": 0,
        "attempted": false,
        "auto_advance": true,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
        },
        "automatically_finalizes_at": null,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "currency": subscription["currency"],
        "custom_fields": null,
        "customer": subscription["customer"],
        "customer_account": null,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": null,
        "default_source": null,
        "default_tax_rates": [],
        "description": subscription["description"],
        "discounts": [],
        "due_date": null,
        "effective_at": null,
        "ending_balance": null,
        "footer": null,
        "from_invoice": null,
        "hosted_invoice_url": null,
        "invoice_pdf": null,
        "issuer": { "type": "self" },
        "last_finalization_error": null,
        "latest_revision": null,
        "lines": list(lines, &format!("/v1/invoices/{id}/lines")),
        "metadata": {},
        "next_payment_attempt": null,
        "number": null,
        "on_behalf_of": null,
        "parent": {
            "quote_details": null,
            "subscription_details": { "metadata": subscription["metadata"], "subscription": subscription["id"] },
            "type": "subscription_details",
        },
        "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
        "period_end": period.1,
        "period_start": period.0,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null,
        "shipping_details": null,
        "starting_balance": 0,
        "statement_descriptor": null,
        "status": "draft",
        "status_transitions": {
            "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
        },
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "test_clock": null,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": world.now(),
    });
    world.create("", "invoice", fields)
}

/// The payment of an invoice by a payment intent.
pub fn payment(world: &mut World, invoice: &Value, intent: &str) -> Value {
    let fields = json!({
        "amount_paid": null,
        "amount_requested": invoice["amount_due"],
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": true,
        "payment": { "payment_intent": intent, "type": "payment_intent" },
        "status": "open",
        "status_transitions": { "canceled_at": null, "paid_at": null },
    });
    world.create("inpay_", "invoice_payment", fields)
}

/// The id of the subscription an invoice bills, empty for none.
pub fn subscription_id(invoice: &Value) -> &str {
    text(&invoice["parent"]["subscription_details"], "subscription")
}
