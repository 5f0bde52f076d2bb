//! What follows from an order's money: its status, and the access it gives.

use uuid::Uuid;
use vitrine_types::{Code, checkout::OrderStatus, entitlements::EntitlementStatus};

use super::{
    appointments, letters,
    store::{self, DisputeRecord, LineRecord, OrderRecord, RefundRecord},
    top_ups,
};
use crate::{
    catalog,
    db::Tx,
    entitlements,
    error::{Error, Result},
    state::State,
    stripe::objects::DisputeStand,
};

/// Reads that need no rule of their own.
pub use super::store::{find_by_payment_intent, find_order, list_waiting};

/// What became of an order's money, as its refunds and disputes tell.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    refunded_amount: i64,
    status: OrderStatus,
    /// What each line's grant is then.
    lines: Vec<(Uuid, bool, EntitlementStatus)>,
}

/// The one rule from money to status and access. Pure: everything it needs is handed in.
fn outcome(
    order: &OrderRecord,
    lines: &[LineRecord],
    refunds: &[RefundRecord],
    refund_lines: &[(Uuid, Uuid)],
    disputes: &[DisputeRecord],
) -> Outcome {
    let counts = |refund: &&RefundRecord| {
        // A second payment that is sent back is no refund of the order's own.
        matches!(refund.status.as_str(), "pending" | "succeeded")
            && order.stripe_payment_intent_id.as_ref() == Some(&refund.stripe_payment_intent_id)
    };
    let live: Vec<&RefundRecord> = refunds.iter().filter(counts).collect();
    let sum = live.iter().fold(0_i64, |sum, refund| sum.saturating_add(refund.amount));
    let refunded_amount = sum.min(order.total_amount);
    let in_full = order.total_amount > 0 && refunded_amount == order.total_amount;
    let any = |stand| disputes.iter().any(|dispute| DisputeStand::of(&dispute.status) == stand);
    let (open, lost) = (any(DisputeStand::Open), any(DisputeStand::Lost));
    let status = match order.payment.as_str() {
        "paid" if in_full => OrderStatus::Refunded,
        _ if order.review_reason.is_some() => OrderStatus::NeedsReview,
        "paid" if open || lost => OrderStatus::Disputed,
        "paid" if refunded_amount > 0 => OrderStatus::PartiallyRefunded,
        "paid" => OrderStatus::Paid,
        "processing" => OrderStatus::Processing,
        "expired" => OrderStatus::Expired,
        "failed" => OrderStatus::Failed,
        _ => OrderStatus::Pending,
    };
    let of_line = |line: &LineRecord| {
        let refunded = in_full
            || refund_lines.iter().any(|(refund, of)| *of == line.id && live.iter().any(|live| live.id == *refund));
        let access = match () {
            () if refunded || lost => EntitlementStatus::Revoked,
            () if open => EntitlementStatus::Suspended,
            () => EntitlementStatus::Active,
        };
        (line.id, refunded, access)
    };
    Outcome { refunded_amount, status, lines: lines.iter().map(of_line).collect() }
}

/// Brings status, refunded sums and access in line with what is known of the order's money. Safe at any time.
///
/// # Errors
/// `request.not_found` when there is no such order.
pub async fn follow_money(tx: &mut Tx, state: &State, order: Uuid) -> Result<OrderRecord> {
    let record = find_order(&mut *tx, order).await?.ok_or(Code::NotFound)?;
    let lines = store::list_lines(&mut *tx, order).await?;
    appointments::lock(tx, &lines).await?;
    let refunds = store::list_refunds(&mut *tx, order).await?;
    let refund_lines = store::list_refund_lines(&mut *tx, order).await?;
    let disputes = store::list_disputes(&mut *tx, order).await?;
    let outcome = outcome(&record, &lines, &refunds, &refund_lines, &disputes);
    store::update_outcome(tx, order, outcome.status.as_str(), outcome.refunded_amount).await?;
    for (line, before) in outcome.lines.into_iter().zip(&lines) {
        let (id, refunded, access) = line;
        if refunded != before.refunded {
            store::update_line_refunded(tx, id, refunded).await?;
        }
        entitlements::service::follow_order_line(tx, id, access).await?;
        top_ups::follow(tx, state, before, access).await?;
        appointments::follow(tx, state, before, access).await?;
    }
    find_order(tx, order).await?.ok_or_else(|| Code::NotFound.into())
}

/// Holds what the lines need of each product's stock.
///
/// # Errors
/// `catalog.out_of_stock`, naming what is missing.
pub async fn hold_stock(tx: &mut Tx, lines: &[LineRecord]) -> Result<()> {
    // In one order for all, so that two orders never wait for each other.
    let mut by_product: Vec<&LineRecord> = lines.iter().collect();
    by_product.sort_by_key(|line| line.product_id);
    for line in by_product {
        catalog::service::hold_stock(tx, line.product_id, line.quantity).await.map_err(|error| match error.code() {
            Code::OutOfStock => Error::new(Code::OutOfStock).detail(format!("Not enough of “{}” is left", line.name)),
            _ => error,
        })?;
    }
    Ok(())
}

/// Gives held stock back.
pub async fn release_stock(tx: &mut Tx, lines: &[LineRecord]) -> Result<()> {
    let mut by_product: Vec<&LineRecord> = lines.iter().collect();
    by_product.sort_by_key(|line| line.product_id);
    for line in by_product {
        catalog::service::release_stock(tx, line.product_id, line.quantity).await?;
    }
    Ok(())
}

/// Flags an order for the owner, loudly: in the log, in the numbers, and by mail.
pub async fn flag(tx: &mut Tx, state: &State, order: Uuid, reason: &str) -> Result<()> {
    tracing::error!(%order, reason, "an order needs review");
    metrics::counter!("orders_flagged_total").increment(1);
    store::update_review(tx, order, Some(reason)).await?;
    let order = follow_money(tx, state, order).await?;
    letters::needs_review(tx, state, &order, reason).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(payment: &str) -> OrderRecord {
        let now = crate::clock::Clock::default().now();
        OrderRecord {
            id: Uuid::now_v7(),
            number: 1001,
            customer_id: Uuid::now_v7(),
            currency: "usd".into(),
            subtotal_amount: 3000,
            discount_amount: 0,
            tax_amount: 0,
            total_amount: 3000,
            refunded_amount: 0,
            payment: payment.into(),
            status: payment.into(),
            review_reason: None,
            from_cart: false,
            attempt: 1,
            stripe_session_id: None,
            stripe_url: None,
            stripe_payment_intent_id: Some("pi_1".into()),
            expires_at: now,
            created_at: now,
            paid_at: Some(now),
            plan_id: None,
            plan_name: None,
        }
    }

    fn lines(order: &OrderRecord) -> Vec<LineRecord> {
        let line = |amount| LineRecord {
            id: Uuid::now_v7(),
            order_id: order.id,
            product_id: Uuid::now_v7(),
            name: "x".into(),
            kind: "download".into(),
            quantity: 1,
            unit_amount: amount,
            total_amount: amount,
            refunded: false,
            booking_id: None,
            tokens: None,
            tokens_valid_days: None,
            token_account_id: None,
        };
        vec![line(1000), line(2000)]
    }

    fn refund(order: &OrderRecord, amount: i64, status: &str) -> RefundRecord {
        RefundRecord {
            id: Uuid::now_v7(),
            order_id: order.id,
            amount,
            status: status.into(),
            reason: None,
            stripe_payment_intent_id: "pi_1".into(),
            stripe_refund_id: None,
            attempt: 1,
            created_at: order.created_at,
        }
    }

    fn dispute(order: &OrderRecord, status: &str) -> DisputeRecord {
        DisputeRecord {
            stripe_dispute_id: "dp_1".into(),
            order_id: order.id,
            amount: 3000,
            status: status.into(),
            reason: "fraudulent".into(),
            evidence_due_by: None,
            created_at: order.created_at,
        }
    }

    /// The decision table: refund × dispute → status and each line's access.
    #[test]
    fn money_decides_status_and_access() {
        use EntitlementStatus::{Active, Revoked, Suspended};
        use OrderStatus::*;
        let order = order("paid");
        let lines = lines(&order);
        let full = refund(&order, 3000, "succeeded");
        let pending = refund(&order, 3000, "pending");
        let failed = refund(&order, 3000, "failed");
        let by_amount = refund(&order, 500, "succeeded");
        let by_line = refund(&order, 1000, "succeeded");
        let first = [(by_line.id, lines[0].id)];
        let none: &[(Uuid, Uuid)] = &[];
        type Case<'a> =
            (&'a str, Vec<RefundRecord>, &'a [(Uuid, Uuid)], Option<&'a str>, OrderStatus, [EntitlementStatus; 2]);
        let cases: Vec<Case> = vec![
            ("untouched", vec![], none, None, Paid, [Active, Active]),
            ("full", vec![full.clone()], none, None, Refunded, [Revoked, Revoked]),
            ("full, on its way", vec![pending], none, None, Refunded, [Revoked, Revoked]),
            ("failed", vec![failed], none, None, Paid, [Active, Active]),
            ("amount", vec![by_amount.clone()], none, None, PartiallyRefunded, [Active, Active]),
            ("line", vec![by_line.clone()], &first, None, PartiallyRefunded, [Revoked, Active]),
            ("disputed", vec![], none, Some("needs_response"), Disputed, [Suspended, Suspended]),
            ("inquiry", vec![], none, Some("warning_needs_response"), Disputed, [Suspended, Suspended]),
            ("inquiry closed", vec![], none, Some("warning_closed"), Paid, [Active, Active]),
            ("won", vec![], none, Some("won"), Paid, [Active, Active]),
            ("lost", vec![], none, Some("lost"), Disputed, [Revoked, Revoked]),
            ("line, disputed", vec![by_line.clone()], &first, Some("under_review"), Disputed, [Revoked, Suspended]),
            ("line, won", vec![by_line.clone()], &first, Some("won"), PartiallyRefunded, [Revoked, Active]),
            ("amount, lost", vec![by_amount], none, Some("lost"), Disputed, [Revoked, Revoked]),
            ("full, won", vec![full], none, Some("won"), Refunded, [Revoked, Revoked]),
        ];
        for (name, refunds, refund_lines, dispute_status, status, access) in cases {
            let disputes: Vec<_> = dispute_status.map(|status| dispute(&order, status)).into_iter().collect();
            let found = outcome(&order, &lines, &refunds, refund_lines, &disputes);
            assert_eq!(found.status, status, "{name}");
            assert_eq!([found.lines[0].2, found.lines[1].2], access, "{name}");
        }
    }

    #[test]
    fn refunds_never_exceed_the_payment_and_others_payments_do_not_count() {
        let order = order("paid");
        let lines = lines(&order);
        let twice = [refund(&order, 2000, "succeeded"), refund(&order, 2000, "pending")];
        assert_eq!(outcome(&order, &lines, &twice, &[], &[]).refunded_amount, 3000);
        let other = RefundRecord { stripe_payment_intent_id: "pi_2".into(), ..refund(&order, 3000, "succeeded") };
        assert_eq!(outcome(&order, &lines, &[other], &[], &[]).status, OrderStatus::Paid);
    }
}
