//! Letting a payment take effect: once, whoever reports it, however often, in whatever order.

use stripe_checkout::checkout_session::RetrieveCheckoutSession;
use uuid::Uuid;
use vitrine_types::{Code, catalog::ProductKind};

use super::{
    appointments, letters, plan_orders, refunds, service,
    store::{self, LineRecord, OrderRecord},
    top_ups,
};
use crate::{
    cart,
    db::Tx,
    entitlements,
    error::Result,
    state::State,
    stripe::{Stripe, objects::CheckoutSession},
    subscriptions::service as subscriptions,
};

/// Asks Stripe how a session stands: neither an event's body nor a redirect says what was paid.
///
/// `None` when it knows no such session.
///
/// # Errors
/// `payments.unavailable`, `payments.not_configured`.
pub async fn fetch(state: &State, session: &str) -> Result<Option<CheckoutSession>> {
    let request = RetrieveCheckoutSession::new(session).expand(vec!["payment_intent".to_owned()]);
    let mut session: CheckoutSession = match state.stripe()?.get(&request).await {
        Ok(session) => session,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if let Some(subscription) = &session.subscription {
        session.billing = subscriptions::look(state, &subscription.id).await?.map(Box::new);
    }
    Ok(Some(session))
}

/// What [`apply`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The session belongs to this order, which is now in line with it.
    Order(Uuid),
    /// The session is none of ours: another shop uses the same Stripe account.
    Foreign,
}

/// Brings an order in line with its session as Stripe tells it.
///
/// # Errors
/// When the database does not answer.
pub async fn apply(tx: &mut Tx, state: &State, session: &CheckoutSession) -> Result<Settled> {
    let Some(order) = order_of(tx, session).await? else { return Ok(Settled::Foreign) };
    tx.lock(&format!("order:{}", order.id)).await?;
    let order = store::find_order(&mut *tx, order.id).await?.ok_or(Code::NotFound)?;
    let intent = session.payment_intent.as_ref();
    let paid = matches!(session.payment_status.as_deref(), Some("paid" | "no_payment_required"));
    match session.status.as_deref() {
        Some("complete") if paid => {
            if let Some(difference) = difference(state, &order, session) {
                if order.payment != "paid" {
                    service::flag(tx, state, order.id, &difference).await?;
                }
            } else if order.plan_id.is_some() {
                plan_orders::begin(tx, state, &order, session).await?;
            } else {
                receive(tx, state, &order, session).await?;
            }
        }
        Some("complete") => match intent.and_then(|intent| intent.status.as_deref()) {
            // The bank said no: a slow payment that can be tried again only by ordering again.
            Some("requires_payment_method" | "canceled") => close(tx, state, order.id, "failed").await?,
            _ if order.payment == "pending" => {
                // The customer has done their part: the time stays theirs while the bank takes its own.
                let lines = store::list_lines(&mut *tx, order.id).await?;
                appointments::renew(tx, state, &lines, None).await?;
                store::update_payment(tx, order.id, "processing").await?;
                service::follow_money(tx, state, order.id).await?;
                letters::processing(tx, state, &order).await?;
            }
            _ => {}
        },
        // Only the order's present session closes it: an older attempt's end means nothing.
        Some("expired") if order.stripe_session_id.as_ref().is_none_or(|id| *id == session.id) => {
            close(tx, state, order.id, "expired").await?;
        }
        _ => {}
    }
    Ok(Settled::Order(order.id))
}

/// The order of a session: by our own reference in it, or by its id.
async fn order_of(tx: &mut Tx, session: &CheckoutSession) -> Result<Option<OrderRecord>> {
    let metadata = session.metadata.as_ref().and_then(|metadata| metadata.get("order_id"));
    let reference = metadata.or(session.client_reference_id.as_ref()).and_then(|id| id.parse::<Uuid>().ok());
    if let Some(id) = reference
        && let Some(order) = store::find_order(&mut *tx, id).await?
    {
        return Ok(Some(order));
    }
    Ok(store::find_by_session(tx, &session.id).await?)
}

/// What in a paid session disagrees with the order, in words.
fn difference(state: &State, order: &OrderRecord, session: &CheckoutSession) -> Option<String> {
    let amount = session.amount_total;
    let currency = session.currency.as_deref();
    let live = state.stripe().is_ok_and(Stripe::is_live);
    let mode = if order.plan_id.is_some() { "subscription" } else { "payment" };
    if session.mode.as_deref() != Some(mode) {
        Some(format!("Stripe's session is of mode {}, not {mode}", session.mode.as_deref().unwrap_or("unknown")))
    } else if amount != Some(order.total_amount) || currency != Some(order.currency.as_str()) {
        Some(format!(
            "paid {} {}, but the order is over {} {}",
            amount.map_or("?".into(), |amount| amount.to_string()),
            currency.unwrap_or("?"),
            order.total_amount,
            order.currency
        ))
    } else if session.livemode != live {
        Some("the payment is of Stripe's other mode (live or test)".into())
    } else {
        None
    }
}

/// The money for an order has arrived.
async fn receive(tx: &mut Tx, state: &State, order: &OrderRecord, session: &CheckoutSession) -> Result<()> {
    let intent = session.payment_intent.as_ref().map(|intent| intent.id.as_str());
    match order.payment.as_str() {
        "paid" if order.stripe_payment_intent_id.as_deref() == intent => Ok(()),
        "paid" => {
            // A second session of the same order was paid: the customer must not pay twice.
            if let Some(intent) = intent {
                refunds::send_back(tx, state, order, intent, "paid twice").await?;
            }
            service::flag(tx, state, order.id, "the order was paid twice; the second payment is sent back").await
        }
        payment => {
            let lines = store::list_lines(&mut *tx, order.id).await?;
            appointments::lock(tx, &lines).await?;
            // Closed already: its stock and its times were given up. If they are still there, the order lives again.
            let was_closed = matches!(payment, "expired" | "failed");
            if was_closed && !hold_again(tx, &lines).await? {
                return too_late(tx, state, order, session, "sold out").await;
            }
            if !appointments::renew(tx, state, &lines, Some(state.clock.now())).await? {
                service::release_stock(tx, &lines).await?;
                appointments::release(tx, state, &lines).await?;
                return too_late(tx, state, order, session, "the appointment's time was taken").await;
            }
            complete(tx, state, order.id, Some(&session.id), intent).await
        }
    }
}

/// A payment came for what is gone: the money goes back, and both are told.
async fn too_late(
    tx: &mut Tx,
    state: &State,
    order: &OrderRecord,
    session: &CheckoutSession,
    gone: &str,
) -> Result<()> {
    let intent = session.payment_intent.as_ref().map(|intent| intent.id.as_str());
    store::update_paid(tx, order.id, Some(&session.id), intent, state.clock.now()).await?;
    if let Some(intent) = intent {
        refunds::send_back(tx, state, order, intent, &format!("{gone} before the payment arrived")).await?;
    }
    let reason = format!("paid after its time was over and {gone} meanwhile; the money is sent back");
    service::flag(tx, state, order.id, &reason).await
}

/// Takes the stock again; false (and nothing taken) when some of it is gone.
async fn hold_again(tx: &mut Tx, lines: &[LineRecord]) -> Result<bool> {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| line.product_id);
    for position in 0..lines.len() {
        match service::hold_stock(tx, &lines[position..=position]).await {
            Ok(()) => {}
            Err(error) if matches!(error.code(), Code::OutOfStock | Code::NotFound) => {
                service::release_stock(tx, &lines[..position]).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Marks an order as paid and gives what was bought. For free orders without session and payment.
///
/// # Errors
/// When the database does not answer.
pub async fn complete(
    tx: &mut Tx,
    state: &State,
    order: Uuid,
    session: Option<&str>,
    intent: Option<&str>,
) -> Result<()> {
    store::update_paid(tx, order, session, intent, state.clock.now()).await?;
    let order = store::find_order(&mut *tx, order).await?.ok_or(Code::NotFound)?;
    let lines = store::list_lines(&mut *tx, order.id).await?;
    appointments::lock(tx, &lines).await?;
    for line in &lines {
        let kind = kind(&line.kind);
        let (customer, product) = (order.customer_id, line.product_id);
        entitlements::service::grant_order_line(
            tx,
            &state.clock,
            customer,
            order.id,
            line.id,
            product,
            kind,
            line.quantity,
            top_ups::bought(line),
        )
        .await?;
    }
    top_ups::give(tx, state, &order, &lines).await?;
    service::follow_money(tx, state, order.id).await?;
    appointments::confirm(tx, state, &lines).await?;
    if order.from_cart {
        let products: Vec<Uuid> = lines.iter().map(|line| line.product_id).collect();
        cart::service::consume(tx, order.customer_id, &products).await?;
    }
    letters::receipt(tx, state, &order).await?;
    metrics::counter!("orders_paid_total").increment(1);
    Ok(())
}

/// Closes an unpaid order (`expired` or `failed`) and gives its stock back. Nothing when it is paid or closed.
///
/// # Errors
/// When the database does not answer.
pub async fn close(tx: &mut Tx, state: &State, order: Uuid, payment: &str) -> Result<()> {
    let order = store::find_order(&mut *tx, order).await?.ok_or(Code::NotFound)?;
    if !matches!(order.payment.as_str(), "pending" | "processing") {
        return Ok(());
    }
    store::update_payment(tx, order.id, payment).await?;
    let lines = store::list_lines(&mut *tx, order.id).await?;
    appointments::lock(tx, &lines).await?;
    appointments::release(tx, state, &lines).await?;
    service::release_stock(tx, &lines).await?;
    service::follow_money(tx, state, order.id).await?;
    // A page left unpaid is no news to its visitor; a bank's late "no" is.
    if order.payment == "processing" {
        letters::failed(tx, state, &order).await?;
    }
    Ok(())
}

/// The kind of what a line gives access to.
fn kind(text: &str) -> ProductKind {
    use ProductKind::*;
    [Download, Embed, Service].into_iter().find(|kind| kind.as_str() == text).unwrap_or(Download)
}
