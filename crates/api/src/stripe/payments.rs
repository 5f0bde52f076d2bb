//! From a payment to what it was made for.

use serde::Deserialize;
use stripe_billing::{
    invoice::RetrieveInvoice,
    invoice_payment::{ListInvoicePayment, ListInvoicePaymentPayment, ListInvoicePaymentPaymentType},
};

use super::{
    Stripe, StripeError,
    objects::{List, Reference},
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
    #[derive(Deserialize)]
    struct ForSubscription {
        parent: Option<InvoiceParent>,
        /// Before 2025-03-31 it stood here.
        subscription: Option<Reference>,
    }
    #[derive(Deserialize)]
    struct InvoiceParent {
        subscription_details: Option<SubscriptionDetails>,
    }
    #[derive(Deserialize)]
    struct SubscriptionDetails {
        subscription: Option<Reference>,
    }
    let mut payment = ListInvoicePaymentPayment::new(ListInvoicePaymentPaymentType::PaymentIntent);
    payment.payment_intent = Some(intent.to_owned());
    let found: List<OfInvoice> = stripe.get(&ListInvoicePayment::new().payment(payment).limit(1)).await?;
    let Some(invoice) = found.data.into_iter().find_map(|payment| payment.invoice) else { return Ok(None) };
    let invoice: ForSubscription = stripe.get(&RetrieveInvoice::new(invoice.id.as_str())).await?;
    let new = invoice.parent.and_then(|parent| parent.subscription_details?.subscription);
    Ok(new.or(invoice.subscription).map(|subscription| subscription.id))
}
