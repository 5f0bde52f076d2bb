//! Starting a checkout: an order first, then Stripe's page to pay it on.

use std::{collections::HashMap, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ListCheckoutSession, ProductData,
};
use stripe_shared::CheckoutSessionMode;
use stripe_types::RangeQueryTs;
use uuid::Uuid;
use vitrine_types::{
    Code,
    checkout::{CheckoutItem, LineKind, NewCheckout},
};

use super::{
    appointments, ending, plan_orders, service, settle,
    store::{self, LineRecord, OrderRecord},
    top_ups,
};
use crate::{
    accounts, calendar, cart, catalog,
    db::Tx,
    error::{Error, Fields, Result},
    idempotency::{self, IdempotencyKey},
    state::State,
    stripe::{
        Stripe, StripeError,
        objects::{CheckoutSession, List},
    },
};

/// How long an order can be paid. Stripe takes 30 minutes to 24 hours; the rest is room for trying again.
const TIME_TO_PAY: TimeDelta = TimeDelta::minutes(45);

/// A session that ends sooner than this is not offered again.
const STILL_WORTH_OPENING: TimeDelta = TimeDelta::minutes(3);

/// Stripe refuses sessions that end within 30 minutes.
const SHORTEST_SESSION: TimeDelta = TimeDelta::minutes(31);

/// Makes the order, or finds the open one of the same request. Afterwards, outside of the transaction, [`open_session`]
/// makes Stripe's page for it.
///
/// # Errors
/// `request.invalid`, `cart.empty`, `catalog.not_available`, `catalog.out_of_stock`, `idempotency.mismatch`; for times
/// `calendar.slot_taken`, `calendar.slot_unavailable`, `request.conflict`; for tokens
/// `tokens.no_subscription`, `tokens.frozen`, `entitlements.already_owned`; for plans `subscriptions.already_subscribed`,
/// `subscriptions.change_plan`.
pub async fn place_order(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    new: &NewCheckout,
    key: &IdempotencyKey,
) -> Result<OrderRecord> {
    let now = state.clock.now();
    if new.items.iter().flatten().any(|item| item.booking.is_some()) {
        calendar::service::lock(tx).await?;
    }
    // One at a time per customer: the second of two clicks finds the order of the first.
    tx.lock(&format!("checkout:{customer}")).await?;
    if let Some(plan) = new.plan_id {
        let times = (now + STILL_WORTH_OPENING, now + TIME_TO_PAY);
        let (order, is_new) = plan_orders::place(tx, state, customer, (plan, new), key, times).await?;
        if is_new {
            ending::expire_later(tx, state, &order).await?;
        }
        return Ok(order);
    }
    let (items, from_cart) = wanted(tx, customer, new).await?;
    let mut lines = priced(tx, state, &items).await?;
    top_ups::address(tx, customer, &mut lines, now).await?;
    let fingerprint = fingerprint(customer, from_cart, &lines, &items);
    let open = store::find_open(&mut *tx, &fingerprint, now + STILL_WORTH_OPENING).await?;
    let id = open.as_ref().map_or_else(Uuid::now_v7, |order| order.id);
    if let Some(first) = idempotency::remember(tx, now, key, customer, "create_checkout_session", new, id).await? {
        return store::find_order(tx, first).await?.ok_or_else(|| Code::NotFound.into());
    }
    if let Some(open) = open {
        // The fingerprint says which times, not what was answered: that may have been corrected since.
        let lines = store::list_lines(&mut *tx, open.id).await?;
        appointments::amend(tx, state, &lines, &items).await?;
        return Ok(open);
    }
    top_ups::refuse_second_free(tx, customer, &lines).await?;
    let subtotal = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.total_amount));
    let subtotal = subtotal.ok_or_else(|| Error::field("items", "too_much", "The total is too large"))?;
    if subtotal > 0 {
        // Before anything is written: without payments there is nothing to hold stock for.
        state.stripe()?;
        // What costs nothing is booked at once and waits for nobody.
        appointments::refuse_too_many(tx, state, customer, &items).await?;
    }
    let order = OrderRecord {
        id,
        number: 0,
        customer_id: customer,
        currency: state.config.currency.to_string(),
        subtotal_amount: subtotal,
        discount_amount: 0,
        tax_amount: 0,
        total_amount: subtotal,
        refunded_amount: 0,
        payment: "pending".into(),
        status: "pending".into(),
        review_reason: None,
        from_cart,
        attempt: 1,
        stripe_session_id: None,
        stripe_url: None,
        stripe_payment_intent_id: None,
        expires_at: now + TIME_TO_PAY,
        created_at: now,
        paid_at: None,
        plan_id: None,
        plan_name: None,
    };
    let mut lines: Vec<LineRecord> = lines.into_iter().map(|line| LineRecord { order_id: id, ..line }).collect();
    for (line, item) in lines.iter_mut().zip(&items) {
        if let Some(choice) = &item.booking {
            appointments::hold(tx, state, customer, line, choice, order.expires_at).await?;
        }
    }
    store::insert_order(tx, &order, &fingerprint, &lines).await?;
    service::hold_stock(tx, &lines).await?;
    if subtotal == 0 {
        settle::complete(tx, state, id, None, None).await?;
    } else {
        ending::expire_later(tx, state, &order).await?;
    }
    store::find_order(tx, id).await?.ok_or_else(|| Code::NotFound.into())
}

/// What is to be bought: product and quantity, each product once, and whether it comes from the cart.
async fn wanted(tx: &mut Tx, customer: Uuid, new: &NewCheckout) -> Result<(Vec<CheckoutItem>, bool)> {
    let from_cart = new.cart == Some(true);
    let mut fields = Fields::default();
    let given = usize::from(new.items.is_some()) + usize::from(from_cart);
    fields.check(given == 1, "items", "exactly_one", "Give exactly one of items, cart and plan_id");
    fields.check(new.discount_code.is_none(), "discount_code", "not_available", "There is no such code");
    let items: Vec<CheckoutItem> = if from_cart {
        let lines = cart::store::list_lines(&mut *tx, customer).await?;
        lines
            .iter()
            .map(|line| CheckoutItem { product_id: line.product_id, quantity: line.quantity as u32, booking: None })
            .collect()
    } else {
        new.items.clone().unwrap_or_default()
    };
    let mut merged: Vec<CheckoutItem> = Vec::new();
    for (position, item) in items.into_iter().enumerate() {
        let max = cart::service::MAX_QUANTITY;
        let field = format!("items[{position}].quantity");
        fields.check((1..=max).contains(&item.quantity), &field, "out_of_range", format!("Between 1 and {max}"));
        let single = item.booking.is_none() || item.quantity == 1;
        fields.check(single, &field, "out_of_range", "One per time: give each time as an item of its own");
        // Each time is a line of its own.
        let plain = |other: &&mut CheckoutItem| {
            other.product_id == item.product_id && other.booking.is_none() && item.booking.is_none()
        };
        match merged.iter_mut().find(plain) {
            Some(other) => {
                other.quantity = other.quantity.saturating_add(item.quantity);
                fields.check(other.quantity <= max, &field, "out_of_range", format!("At most {max} of one product"));
            }
            None => merged.push(item),
        }
    }
    let max = cart::service::MAX_LINES;
    fields.check(merged.len() <= max, "items", "too_many", format!("At most {max} different products"));
    fields.check(from_cart || new.items.is_none() || !merged.is_empty(), "items", "required", "Nothing to buy");
    fields.done()?;
    if merged.is_empty() { Err(Error::new(Code::CartEmpty)) } else { Ok((merged, from_cart)) }
}

/// Lines with the catalog's prices: the only place where an order's prices come from.
async fn priced(tx: &mut Tx, state: &State, items: &[CheckoutItem]) -> Result<Vec<LineRecord>> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.product_id).collect();
    let products = catalog::service::find_for_sale(&mut *tx, &ids).await?;
    let line = |item: &CheckoutItem| {
        let product = products.iter().find(|product| product.id == item.product_id);
        let product = product.filter(|product| product.currency == state.config.currency.as_str());
        let product = product.ok_or_else(|| {
            Error::new(Code::NotAvailable).detail(format!("The product {} is not for sale", item.product_id))
        })?;
        let quantity = i64::from(item.quantity);
        let total = product.price_amount.checked_mul(quantity);
        Ok(LineRecord {
            id: Uuid::now_v7(),
            order_id: Uuid::nil(),
            product_id: product.id,
            name: product.name.clone(),
            kind: if product.only_tokens { LineKind::Tokens } else { product.kind.into() }.as_str().into(),
            quantity,
            unit_amount: product.price_amount,
            total_amount: total.ok_or_else(|| Error::field("items", "too_much", "The total is too large"))?,
            refunded: false,
            booking_id: None,
            tokens: product.tokens.as_ref().map(|tokens| tokens.amount.into()),
            tokens_valid_days: product.tokens.as_ref().and_then(|tokens| tokens.valid_days).map(Into::into),
            token_account_id: None,
        })
    };
    items.iter().map(line).collect()
}

fn fingerprint(customer: Uuid, from_cart: bool, lines: &[LineRecord], items: &[CheckoutItem]) -> String {
    let part = |(line, item): (&LineRecord, &CheckoutItem)| {
        let time = item.booking.as_ref().map_or(String::new(), |booking| booking.start.to_rfc3339());
        let tokens = top_ups::bought(line).map_or(String::new(), |tokens| format!("+{tokens:?}"));
        format!("{}*{}@{}#{time}{tokens}", line.product_id, line.quantity, line.unit_amount)
    };
    let mut parts: Vec<String> = lines.iter().zip(items).map(part).collect();
    parts.sort();
    hex::encode(Sha256::digest(format!("{customer}|{from_cart}|{}", parts.join("|"))))
}

/// Makes Stripe's page for an order that has none yet; returns the order as it then is.
///
/// # Errors
/// `payments.unavailable` (the order stays: asking again continues it), `payments.refused` and
/// `checkout.amount_too_small` (the order is closed).
pub async fn open_session(state: &State, mut order: OrderRecord) -> Result<OrderRecord> {
    if order.payment != "pending" || order.stripe_session_id.is_some() {
        return Ok(order);
    }
    let stripe = state.stripe()?;
    if order.expires_at < state.clock.now() + SHORTEST_SESSION {
        order = start_another_attempt(state, &order).await?;
    }
    let request = match order.plan_id {
        Some(plan) => plan_orders::session_request(state, &order, plan).await?,
        None => {
            let lines = store::list_lines(&state.db, order.id).await?;
            let customer = accounts::service::find_customer(&state.db, order.customer_id).await?;
            session_request(state, &order, &lines, &customer.ok_or(Code::NotFound)?.email)
        }
    };
    let key = format!("order:{}:{}", order.id, order.attempt);
    let session: CheckoutSession = match stripe.send(&request, &key).await {
        Ok(session) => session,
        Err(error @ StripeError::Unavailable(_)) => return Err(error.into()),
        Err(error @ StripeError::Broken(_)) => match find_made(stripe, &order).await? {
            Some(session) => session,
            None => {
                // The next click asks with another key: Stripe would repeat this answer to the present one.
                start_another_attempt(state, &order).await?;
                return Err(error.into());
            }
        },
        Err(error) => {
            let mut tx = state.db.begin().await?;
            settle::close(&mut tx, state, order.id, "failed").await?;
            tx.commit().await?;
            let small = error.is_refusal("amount_too_small");
            return Err(if small { Error::new(Code::AmountTooSmall).cause(error) } else { error.into() });
        }
    };
    let mut tx = state.db.begin().await?;
    store::update_session(&mut tx, order.id, &session.id, session.url.as_deref()).await?;
    let order = store::find_order(&mut tx, order.id).await?.ok_or(Code::NotFound)?;
    if order.payment == "expired" {
        // Given up while its page was made.
        ending::expire_session_later(&mut tx, state, &session.id).await?;
    }
    tx.commit().await?;
    Ok(order)
}

/// The session of an order that Stripe made although it answered otherwise.
async fn find_made(stripe: &Stripe, order: &OrderRecord) -> Result<Option<CheckoutSession>> {
    let since = RangeQueryTs::gte(order.created_at.timestamp() - 60);
    let list: List<CheckoutSession> = stripe.get(&ListCheckoutSession::new().created(since).limit(100)).await?;
    let id = order.id.to_string();
    let is_its = |session: &CheckoutSession| session.client_reference_id.as_ref() == Some(&id);
    Ok(list.data.into_iter().find(|session| is_its(session) && session.status.as_deref() == Some("open")))
}

/// Gives an order whose session could not be made in time another chance, with a new key.
async fn start_another_attempt(state: &State, order: &OrderRecord) -> Result<OrderRecord> {
    let mut tx = state.db.begin().await?;
    tx.lock(&format!("order:{}", order.id)).await?;
    let until = state.clock.now() + TIME_TO_PAY;
    let lines = store::list_lines(&mut tx, order.id).await?;
    if !appointments::renew(&mut tx, state, &lines, Some(until)).await? {
        return Err(Code::SlotTaken.into());
    }
    store::update_attempt(&mut tx, order.id, until).await?;
    let order = store::find_order(&mut tx, order.id).await?.ok_or(Code::NotFound)?;
    ending::expire_later(&mut tx, state, &order).await?;
    tx.commit().await?;
    Ok(order)
}

fn session_request(state: &State, order: &OrderRecord, lines: &[LineRecord], email: &str) -> CreateCheckoutSession {
    let Ok(currency) = stripe_types::Currency::from_str(&order.currency);
    let item = |line: &LineRecord| CreateCheckoutSessionLineItems {
        price_data: Some(CreateCheckoutSessionLineItemsPriceData {
            product_data: Some(ProductData::new(line.name.clone())),
            unit_amount: Some(line.unit_amount),
            ..CreateCheckoutSessionLineItemsPriceData::new(currency.clone())
        }),
        quantity: Some(line.quantity as u64),
        ..CreateCheckoutSessionLineItems::new()
    };
    // On the payment too: a session's metadata is not copied there, and refunds and disputes know the payment only.
    let metadata = HashMap::from([("order_id".to_owned(), order.id.to_string())]);
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .client_reference_id(order.id.to_string())
        .customer_email(email)
        .line_items(lines.iter().map(item).collect::<Vec<_>>())
        .metadata(metadata.clone())
        .payment_intent_data(CreateCheckoutSessionPaymentIntentData {
            metadata: Some(metadata),
            ..CreateCheckoutSessionPaymentIntentData::new()
        })
        .success_url(state.config.public("/checkout/success?session_id={CHECKOUT_SESSION_ID}"))
        .cancel_url(state.config.public(&format!("/checkout/cancelled?order={}", order.id)))
        .expires_at(DateTime::timestamp(&order.expires_at))
}

/// When an order can be paid until, if it still can.
pub fn open_until(order: &OrderRecord, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (order.payment == "pending" && order.expires_at > now).then_some(order.expires_at)
}
