//! Orders for plans: they stand for a subscription's first payment.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionSubscriptionData,
};
use stripe_shared::CheckoutSessionMode;
use uuid::Uuid;
use vitrine_types::{Code, checkout::NewCheckout};

use super::{
    ending, service, settle,
    store::{self, OrderRecord},
};
use crate::{
    accounts,
    db::Tx,
    error::{Error, Fields, Result},
    idempotency::{self, IdempotencyKey},
    state::State,
    stripe::objects::CheckoutSession,
    subscriptions::service as subscriptions,
};

/// Makes the order for a plan, or finds the open one; whether it is new. The caller holds the customer's checkout lock.
///
/// # Errors
/// `request.invalid`, `subscriptions.already_subscribed`, `subscriptions.change_plan`, `idempotency.mismatch`,
/// `payments.not_configured`.
pub async fn place(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    (plan, new): (Uuid, &NewCheckout),
    key: &IdempotencyKey,
    (open_until, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(OrderRecord, bool)> {
    let mut fields = Fields::default();
    let alone = new.items.is_none() && new.cart != Some(true);
    fields.check(alone, "items", "exactly_one", "Give exactly one of items, cart and plan_id");
    fields.check(new.discount_code.is_none(), "discount_code", "not_available", "There is no such code");
    fields.done()?;
    let plan = subscriptions::find_for_sale(&mut *tx, plan).await?;
    let trial = subscriptions::trial_days(tx, customer, &plan).await?;
    let amount = if trial > 0 { 0 } else { plan.price_amount };
    let parts = format!("{customer}|plan|{}@{}#{trial}", plan.id, plan.price_version);
    let fingerprint = hex::encode(Sha256::digest(parts));
    let open = store::find_open(&mut *tx, &fingerprint, open_until).await?;
    let id = open.as_ref().map_or_else(Uuid::now_v7, |order| order.id);
    let now = state.clock.now();
    if let Some(first) = idempotency::remember(tx, now, key, customer, "create_checkout_session", new, id).await? {
        let order = store::find_order(tx, first).await?.ok_or(Code::NotFound)?;
        return Ok((order, false));
    }
    subscriptions::refuse_second(tx, customer, plan.id).await?;
    if let Some(open) = open {
        return Ok((open, false));
    }
    state.stripe()?;
    // One open order for a plan per customer: who looks at another plan has left the first.
    if let Some(left) = store::find_open_plan_order(&mut *tx, customer).await? {
        ending::give_up(tx, state, &left).await?;
    }
    let order = OrderRecord {
        id,
        number: 0,
        customer_id: customer,
        currency: plan.currency.clone(),
        subtotal_amount: amount,
        discount_amount: 0,
        tax_amount: 0,
        total_amount: amount,
        refunded_amount: 0,
        payment: "pending".into(),
        status: "pending".into(),
        review_reason: None,
        from_cart: false,
        attempt: 1,
        stripe_session_id: None,
        stripe_url: None,
        stripe_payment_intent_id: None,
        expires_at,
        created_at: now,
        paid_at: None,
        plan_id: Some(plan.id),
        plan_name: Some(plan.name),
    };
    store::insert_order(tx, &order, &fingerprint, &[]).await?;
    Ok((store::find_order(tx, id).await?.ok_or(Code::NotFound)?, true))
}

/// What Stripe is asked for: the plan's price, for the customer's one customer there.
///
/// # Errors
/// `payments.unavailable`, `payments.refused`; `request.invalid` when the plan is no longer for sale.
pub async fn session_request(state: &State, order: &OrderRecord, plan: Uuid) -> Result<CreateCheckoutSession> {
    let plan = subscriptions::find_for_sale(&state.db, plan).await?;
    let price = subscriptions::stripe_price(state, &plan).await?;
    let customer = subscriptions::stripe_customer(state, order.customer_id).await?;
    let trial = if order.total_amount == 0 { plan.trial_days } else { 0 };
    // On the subscription too: a session's metadata is not copied there, and renewals know the subscription's only.
    let metadata = HashMap::from([
        ("order_id".to_owned(), order.id.to_string()),
        ("customer_id".to_owned(), order.customer_id.to_string()),
        ("plan_id".to_owned(), plan.id.to_string()),
    ]);
    let mut data = CreateCheckoutSessionSubscriptionData {
        metadata: Some(metadata.clone()),
        ..CreateCheckoutSessionSubscriptionData::new()
    };
    data.trial_period_days = (trial > 0).then_some(trial as u32);
    let line = CreateCheckoutSessionLineItems {
        price: Some(price),
        quantity: Some(1),
        ..CreateCheckoutSessionLineItems::new()
    };
    Ok(CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Subscription)
        .client_reference_id(order.id.to_string())
        .customer(customer)
        .line_items(vec![line])
        .metadata(metadata)
        .subscription_data(data)
        .success_url(state.config.public("/checkout/success?session_id={CHECKOUT_SESSION_ID}"))
        .cancel_url(state.config.public(&format!("/checkout/cancelled?order={}", order.id)))
        .expires_at(DateTime::timestamp(&order.expires_at)))
}

/// A plan's first payment has arrived: the subscription begins.
///
/// # Errors
/// When what Stripe tells cannot be understood.
pub async fn begin(tx: &mut Tx, state: &State, order: &OrderRecord, session: &CheckoutSession) -> Result<()> {
    let billing = session.billing.as_deref();
    let billing = billing.ok_or_else(|| Error::internal(anyhow::anyhow!("{} began no subscription", session.id)))?;
    let subscription = subscriptions::apply(tx, state, billing).await?;
    if order.payment != "paid" {
        let intent = first_payment(session);
        settle::complete(tx, state, order.id, Some(&session.id), intent).await?;
        if subscription.is_some_and(|subscription| subscription.surplus) {
            let reason =
                "subscribed although the customer has a subscription: end this one (Subscriptions) and refund it";
            service::flag(tx, state, order.id, reason).await?;
        } else if accounts::service::find_customer(&mut *tx, order.customer_id)
            .await?
            .is_none_or(|customer| customer.deleted_at.is_some())
        {
            let reason = "subscribed while the account was deleted: the subscription is ended; refund it";
            service::flag(tx, state, order.id, reason).await?;
        }
    }
    Ok(())
}

/// The payment of the first invoice; none when nothing was to pay yet.
fn first_payment(session: &CheckoutSession) -> Option<&str> {
    let invoices = session.billing.iter().flat_map(|billing| &billing.invoices);
    let mut first = invoices.filter(|invoice| invoice.billing_reason.as_deref() == Some("subscription_create"));
    first.find_map(|invoice| invoice.payment_intent())
}
