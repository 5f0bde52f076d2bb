//! What customers are told about their orders. Each letter is queued in the transaction of what it tells, once per fact.

use chrono::TimeDelta;
use vitrine_types::checkout::LineKind;

use super::{
    store::{self, LineRecord, OrderRecord},
    top_ups,
    views::{kind, money},
};
use crate::{
    accounts,
    db::Tx,
    error::Result,
    mail::{self, Access, Delivery, Letter, Line, PaymentProcessing, Receipt, RefundSent},
    state::State,
    tokens::service::words,
};

/// The order was paid: what was bought, and where to get it.
pub async fn receipt(tx: &mut Tx, state: &State, order: &OrderRecord) -> Result<()> {
    let lines = store::list_lines(&mut *tx, order.id).await?;
    let paid_at = order.paid_at.unwrap_or_else(|| state.clock.now());
    let deliveries = |line: &LineRecord| {
        let kind = kind(&line.kind);
        let product = Delivery { name: line.name.clone(), kind, url: state.config.public("/dashboard") };
        let tokens = top_ups::bought(line).map(|bought| {
            let until =
                bought.valid_days.map(|days| (paid_at + TimeDelta::days(days)).format(", good until %-d %B %Y"));
            Delivery {
                name: format!("{}{}", words(bought.amount), until.map_or(String::new(), |until| until.to_string())),
                kind: LineKind::Tokens,
                url: state.config.public(&format!("/account/plan/{}/tokens", bought.subscription_id)),
            }
        });
        [Some(product).filter(|_| kind != LineKind::Tokens), tokens].into_iter().flatten()
    };
    let letter = Letter::Receipt(Receipt {
        order_number: order.number.to_string(),
        deliveries: lines.iter().flat_map(deliveries).collect(),
        subtotal: money(order.subtotal_amount, &order.currency),
        discount: money(order.discount_amount, &order.currency),
        tax: money(order.tax_amount, &order.currency),
        total: money(order.total_amount, &order.currency),
        paid_at,
        order_url: order_url(state, order),
        lines: lines_of(&lines, order),
    });
    queue(tx, state, order, &format!("receipt:{}", order.id), &letter).await
}

/// The bank takes its time.
pub async fn processing(tx: &mut Tx, state: &State, order: &OrderRecord) -> Result<()> {
    let lines = store::list_lines(&mut *tx, order.id).await?;
    let letter = Letter::PaymentProcessing(PaymentProcessing {
        order_number: order.number.to_string(),
        lines: lines_of(&lines, order),
        total: money(order.total_amount, &order.currency),
        order_url: order_url(state, order),
    });
    queue(tx, state, order, &format!("processing:{}", order.id), &letter).await
}

/// The bank said no after all.
pub async fn failed(tx: &mut Tx, state: &State, order: &OrderRecord) -> Result<()> {
    let letter = Letter::OrderFailed {
        order_number: order.number.to_string(),
        reason: "Your bank did not confirm the payment. Nothing was taken from your account.".into(),
    };
    queue(tx, state, order, &format!("failed:{}", order.id), &letter).await
}

/// Money went back: one letter per refund that Stripe has taken on.
pub async fn refunds(tx: &mut Tx, state: &State, order: &OrderRecord) -> Result<()> {
    let lines = store::list_lines(&mut *tx, order.id).await?;
    let of_refunds = store::list_refund_lines(&mut *tx, order.id).await?;
    for refund in store::list_refunds(&mut *tx, order.id).await? {
        let under_way = matches!(refund.status.as_str(), "pending" | "succeeded") && refund.stripe_refund_id.is_some();
        if !under_way {
            continue;
        }
        let is_of = |line: &LineRecord| of_refunds.contains(&(refund.id, line.id));
        let refunded: Vec<LineRecord> = lines.iter().filter(|line| is_of(line)).cloned().collect();
        let in_full = order.refunded_amount == order.total_amount;
        let ended = in_full || !refunded.is_empty();
        let of_ended = if in_full { &lines } else { &refunded };
        let letter = Letter::RefundSent(RefundSent {
            order_number: order.number.to_string(),
            amount: money(refund.amount, &order.currency),
            lines: lines_of(&refunded, order),
            access: if ended { Access::Ended } else { Access::Stays },
            tokens: of_ended.iter().any(|line| line.tokens.is_some()),
            order_url: order_url(state, order),
        });
        queue(tx, state, order, &format!("refund:{}", refund.id), &letter).await?;
    }
    Ok(())
}

/// To the owner: an order does not add up.
pub async fn needs_review(tx: &mut Tx, state: &State, order: &OrderRecord, reason: &str) -> Result<()> {
    let letter = Letter::NeedsReview {
        order_number: order.number.to_string(),
        reason: reason.to_owned(),
        order_url: state.config.public(&format!("/admin/orders/{}", order.id)),
    };
    for address in accounts::service::list_admin_emails(&mut *tx).await? {
        let key = format!("review:{}:{address}", order.id);
        mail::service::queue(tx, state, &address, &key, &letter).await?;
    }
    Ok(())
}

fn lines_of(lines: &[LineRecord], order: &OrderRecord) -> Vec<Line> {
    let line = |line: &LineRecord| Line {
        name: line.name.clone(),
        quantity: line.quantity as u32,
        total: money(line.total_amount, &order.currency),
    };
    let plan = order.plan_name.as_ref().map(|name| Line {
        name: name.clone(),
        quantity: 1,
        total: money(order.subtotal_amount, &order.currency),
    });
    lines.iter().map(line).chain(plan).collect()
}

fn order_url(state: &State, order: &OrderRecord) -> String {
    state.config.public(&format!("/dashboard/orders/{}", order.id))
}

async fn queue(tx: &mut Tx, state: &State, order: &OrderRecord, key: &str, letter: &Letter) -> Result<()> {
    match accounts::service::find_customer(&mut *tx, order.customer_id).await? {
        Some(customer) => mail::service::queue(tx, state, &customer.email, key, letter).await,
        None => Ok(()),
    }
}
