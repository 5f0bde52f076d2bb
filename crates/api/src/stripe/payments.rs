//! From a payment to what it was made for.

use serde::Deserialize;
use serde_json::Value;
use stripe_billing::{
    invoice::RetrieveInvoice,
    invoice_payment::{ListInvoicePayment, ListInvoicePaymentPayment, ListInvoicePaymentPaymentType},
};

use super::{
    Stripe, StripeError,
    objects::{List, Reference, UnknownLayout, subscription_of_invoice},
};

/// The subscription that a payment was made for: its invoice knows.
///
/// # Errors
/// [`StripeError`]
pub async fn subscription_of_payment(stripe: &Stripe, intent: &str) -> Result<Option<String>, StripeError> {
    #[derive(Deserialize)]
    struct OfInvoice {
        invoice: Option<Reference>,
    }
    let mut payment = ListInvoicePaymentPayment::new(ListInvoicePaymentPaymentType::PaymentIntent);
    payment.payment_intent = Some(intent.to_owned());
    let found: List<OfInvoice> = stripe.get(&ListInvoicePayment::new().payment(payment).limit(1)).await?;
    let Some(invoice) = found.data.into_iter().find_map(|payment| payment.invoice) else { return Ok(None) };
    let invoice: Value = stripe.get(&RetrieveInvoice::new(invoice.id.as_str())).await?;
    subscription_of_invoice(&invoice)
        .map_err(|UnknownLayout| StripeError::Unavailable("an invoice has a layout that is not known".into()))
}
