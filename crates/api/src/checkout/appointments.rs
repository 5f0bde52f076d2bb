//! Appointments that are bought together with their time: the slot is held while the order is open, booked when it is paid,
//! free again when it comes to nothing.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vitrine_types::{
    calendar::BookingChoice, catalog::ProductKind, checkout::CheckoutItem, entitlements::EntitlementStatus,
};

use super::store::LineRecord;
use crate::{
    calendar::service::{self as calendar, Confirmed},
    db::Tx,
    entitlements,
    error::{Error, Result},
    state::State,
};

/// A hold lasts a little longer than Stripe's session: until the order has been closed.
const GRACE: TimeDelta = TimeDelta::seconds(40);

/// Takes the calendar's lock, if the order is about services: before rows that a booking may hold, too.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx, lines: &[LineRecord]) -> Result<()> {
    let any = lines.iter().any(|line| line.kind == ProductKind::Service.as_str());
    if any { calendar::lock(tx).await } else { Ok(()) }
}

/// Refuses an order that is to be paid and whose times would be more than one customer may hold.
///
/// # Errors
/// `request.conflict`.
pub async fn refuse_too_many(tx: &mut Tx, state: &State, customer: Uuid, items: &[CheckoutItem]) -> Result<()> {
    let chosen: Vec<&BookingChoice> = items.iter().filter_map(|item| item.booking.as_ref()).collect();
    match chosen.first() {
        Some(first) => calendar::refuse_too_many(tx, state, customer, chosen.len(), &first.time_zone).await,
        None => Ok(()),
    }
}

/// Holds the chosen time for a line of an order that can be paid until `expires_at`.
///
/// # Errors
/// `calendar.slot_taken`, `calendar.slot_unavailable`, `request.invalid`.
pub async fn hold(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    line: &mut LineRecord,
    choice: &BookingChoice,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let id = calendar::hold(tx, state, customer, line.product_id, choice, expires_at + GRACE).await?;
    line.booking_id = Some(id);
    Ok(())
}

/// Takes over what is answered now for the times that an open order holds.
///
/// # Errors
/// `request.invalid`.
pub async fn amend(tx: &mut Tx, state: &State, lines: &[LineRecord], items: &[CheckoutItem]) -> Result<()> {
    let mut held: Vec<Uuid> = lines.iter().filter_map(|line| line.booking_id).collect();
    for item in items {
        let Some(choice) = &item.booking else { continue };
        for (position, id) in held.iter().enumerate() {
            if calendar::amend_hold(tx, state, *id, item.product_id, choice).await? {
                // Two seats of one slot are two lines: each answers for one of them.
                held.remove(position);
                break;
            }
        }
    }
    Ok(())
}

/// Holds the lines' times until `expires_at`, also those whose hold is over; without an end until they begin. False (and
/// the order is to be sent back) when a time is gone.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(
    tx: &mut Tx,
    state: &State,
    lines: &[LineRecord],
    expires_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    for booking in lines.iter().filter_map(|line| line.booking_id) {
        if !calendar::renew_hold(tx, state, booking, expires_at.map(|at| at + GRACE)).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Books the held times with what the paid lines give.
///
/// # Errors
/// When the database does not answer; when [`renew`] was not asked before and a time is gone.
pub async fn confirm(tx: &mut Tx, state: &State, lines: &[LineRecord]) -> Result<()> {
    for line in lines {
        let Some(booking) = line.booking_id else { continue };
        let right = entitlements::service::find_of_order_line(&mut *tx, line.id).await?;
        let right = right.ok_or_else(|| Error::internal(anyhow::anyhow!("a paid line gave nothing")))?;
        if calendar::confirm_hold(tx, state, booking, right.id).await? == Confirmed::Gone {
            return Err(Error::internal(anyhow::anyhow!("a renewed hold is gone")));
        }
    }
    Ok(())
}

/// Frees the held times.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &mut Tx, state: &State, lines: &[LineRecord]) -> Result<()> {
    for booking in lines.iter().filter_map(|line| line.booking_id) {
        calendar::release_hold(tx, state, booking).await?;
    }
    Ok(())
}

/// Cancels the coming appointments of a line whose money went back.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(tx: &mut Tx, state: &State, line: &LineRecord, access: EntitlementStatus) -> Result<()> {
    if line.kind != ProductKind::Service.as_str() || access != EntitlementStatus::Revoked {
        return Ok(());
    }
    match entitlements::service::find_of_order_line(&mut *tx, line.id).await? {
        Some(right) => calendar::cancel_paid_with(tx, state, right.id).await,
        None => Ok(()),
    }
}
