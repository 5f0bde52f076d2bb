//! Orders as they leave the house: to customers, to the owner, into mails.

use uuid::Uuid;
use vitrine_types::{
    Currency, Money,
    calendar::OrderedTime,
    checkout::{AdminOrder, Dispute, LineKind, Order, OrderLine, OrderStatus, Refund, RefundStatus},
};

use super::{
    create::open_until,
    store::{self, LineRecord, OrderRecord, RefundRecord},
    top_ups,
};
use crate::{
    accounts,
    calendar::service as calendar,
    error::{Error, Result},
    state::State,
};

/// An amount in an order's currency.
pub fn money(amount: i64, currency: &str) -> Money {
    Money::new(amount, Currency::parse(currency).unwrap_or(Currency::USD))
}

/// What a line is for.
pub fn kind(text: &str) -> LineKind {
    use LineKind::*;
    [Download, Embed, Service, Tokens].into_iter().find(|kind| kind.as_str() == text).unwrap_or(Download)
}

/// As its customer sees it.
///
/// # Errors
/// When the database does not answer.
pub async fn order(state: &State, record: &OrderRecord) -> Result<Order> {
    let now = state.clock.now();
    let records = store::list_lines(&state.db, record.id).await?;
    let mut times = Vec::with_capacity(records.len());
    for line in &records {
        times.push(match line.booking_id {
            Some(booking) => calendar::ordered_time(&state.db, booking, now).await?,
            None => None,
        });
    }
    let money = |amount| money(amount, &record.currency);
    let line = |(line, booking): (&LineRecord, Option<OrderedTime>)| OrderLine {
        id: line.id,
        product_id: line.product_id,
        name: line.name.clone(),
        kind: kind(&line.kind),
        quantity: line.quantity as u32,
        unit_price: money(line.unit_amount),
        total: money(line.total_amount),
        refunded: line.refunded,
        tokens: top_ups::bought(line),
        booking,
    };
    let mut lines: Vec<OrderLine> = records.iter().zip(times).map(line).collect();
    lines.extend(record.plan_id.map(|plan| OrderLine {
        id: record.id,
        product_id: plan,
        name: record.plan_name.clone().unwrap_or_default(),
        kind: LineKind::Plan,
        quantity: 1,
        unit_price: money(record.subtotal_amount),
        total: money(record.subtotal_amount),
        refunded: record.status == OrderStatus::Refunded.as_str(),
        tokens: None,
        booking: None,
    }));
    Ok(Order {
        id: record.id,
        number: record.number.to_string(),
        status: OrderStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == record.status)
            .unwrap_or(OrderStatus::NeedsReview),
        lines,
        subtotal: money(record.subtotal_amount),
        discount: money(record.discount_amount),
        tax: money(record.tax_amount),
        total: money(record.total_amount),
        refunded: money(record.refunded_amount),
        created_at: record.created_at,
        paid_at: record.paid_at,
        pay_url: open_until(record, now).and(record.stripe_url.clone()),
    })
}

/// A refund.
pub fn refund(record: &RefundRecord, currency: &str, lines: Vec<Uuid>) -> Refund {
    use RefundStatus::*;
    let status = [Pending, Succeeded, Failed, Canceled].into_iter().find(|status| status.as_str() == record.status);
    Refund {
        id: record.id,
        amount: money(record.amount, currency),
        status: status.unwrap_or(Pending),
        lines,
        reason: record.reason.clone(),
        stripe_refund_id: record.stripe_refund_id.clone(),
        created_at: record.created_at,
    }
}

/// As the owner sees it.
pub async fn admin_order(state: &State, record: OrderRecord) -> Result<AdminOrder> {
    let db = &state.db;
    let customer = accounts::service::find_customer(db, record.customer_id).await?;
    let customer = customer.ok_or_else(|| Error::internal(anyhow::anyhow!("an order without its customer")))?;
    let refunds = store::list_refunds(db, record.id).await?;
    let refund_lines = if refunds.is_empty() { Vec::new() } else { store::list_refund_lines(db, record.id).await? };
    let disputes = store::list_disputes(db, record.id).await?;
    let of = |refund: Uuid| refund_lines.iter().filter(|(of, _)| *of == refund).map(|(_, line)| *line).collect();
    Ok(AdminOrder {
        order: order(state, &record).await?,
        customer: accounts::routes::customer(&customer),
        stripe_session_id: record.stripe_session_id,
        stripe_payment_intent_id: record.stripe_payment_intent_id,
        review_reason: record.review_reason,
        refunds: refunds.iter().map(|record_| refund(record_, &record.currency, of(record_.id))).collect(),
        disputes: disputes
            .into_iter()
            .map(|dispute| Dispute {
                amount: money(dispute.amount, &record.currency),
                stripe_dispute_id: dispute.stripe_dispute_id,
                status: dispute.status,
                reason: dispute.reason,
                evidence_due_by: dispute.evidence_due_by,
            })
            .collect(),
    })
}
