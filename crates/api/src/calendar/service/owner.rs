//! What the owner does with bookings.

use sqlx::types::Json;
use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{AdminBookingPatch, BookingStatus, NewAdminBooking},
};

use super::{
    agenda::{Asker, Rulebook, check_slot, find_booked_service},
    answers,
    bookings::{Money, call_off, changed, draft, find_booking, is_open, move_to, slot_for_move, write},
    files, letters, lock, zone,
};
use crate::{
    accounts,
    calendar::store::{self, BookingRecord},
    db::Tx,
    error::{Error, Fields, Result},
    state::State,
};

fn rulebook(outside_hours: bool) -> Rulebook {
    if outside_hours { Rulebook::Free } else { Rulebook::Offered }
}

/// Books for a customer under the id `id`; nothing is charged.
///
/// # Errors
/// `request.not_found` when there is no such service, `request.invalid`, `calendar.slot_taken`,
/// `calendar.slot_unavailable`.
pub async fn book_for(tx: &mut Tx, state: &State, id: Uuid, new: &NewAdminBooking) -> Result<BookingRecord> {
    zone(&new.time_zone, "time_zone")?;
    let customer = accounts::service::find_customer(&mut *tx, new.customer_id).await?;
    if customer.is_none_or(|customer| customer.deleted_at.is_some()) {
        return Err(Error::field("customer_id", "unknown", "There is no such customer"));
    }
    lock(tx).await?;
    let service = find_booked_service(&mut *tx, new.product_id).await;
    let service = service.map_err(|_| Error::field("product_id", "unknown", "There is no such service"))?;
    let answers = answers::check(&service.settings.questions, new.answers.clone(), true)?;
    let asker = Asker { customer: Some(new.customer_id), except: None };
    let (now, rulebook) = (state.clock.now(), rulebook(new.outside_hours));
    let (slot, hours) = check_slot(tx, now, service.terms(), asker, new.start, rulebook).await?;
    let mut booking = draft(state, id, new.customer_id, &service, slot);
    booking.time_zone = new.time_zone.clone();
    booking.answers = Json(answers);
    let booking = write(tx, &service, booking).await?;
    files::keep(tx, state, &booking).await?;
    letters::booked(tx, state, &service, &booking, &hours).await?;
    Ok(booking)
}

/// Changes a booking in any of the ways the owner can.
///
/// # Errors
/// `request.not_found`, `request.invalid`, `calendar.not_open` when it is cancelled, `calendar.slot_taken`,
/// `calendar.slot_unavailable`.
pub async fn change(tx: &mut Tx, state: &State, id: Uuid, patch: &AdminBookingPatch) -> Result<BookingRecord> {
    let mut fields = Fields::default();
    fields.text(patch.note.as_deref().unwrap_or_default(), "note", 0, 5000);
    fields.text(patch.message.as_deref().unwrap_or_default(), "message", 0, 1000);
    let both = patch.start.is_some() && patch.status.is_some_and(|status| status != BookingStatus::Accepted);
    fields.check(!both, "start", "not_applicable", "Move it, or change its state");
    fields.done()?;
    lock(tx).await?;
    let mut booking = find_booking(&mut *tx, id).await?;
    let message = patch.message.as_deref().map(str::trim).filter(|message| !message.is_empty());

    if let Some(note) = &patch.note {
        booking.note = note.clone();
    }
    let status = patch.status.map(BookingStatus::as_str).filter(|status| *status != booking.status);
    if (status.is_some() || patch.start.is_some()) && booking.status == BookingStatus::Cancelled.as_str() {
        return Err(Code::BookingNotOpen.into());
    }
    if patch.status == Some(BookingStatus::Cancelled) && status.is_some() {
        return call_off(tx, state, booking, None, Money::ComesBack, message).await;
    }
    if let Some(status) = status {
        booking.status = status.into();
    }
    booking.updated_at = state.clock.now();
    store::update_booking(tx, &booking).await?;
    if let Some(start) = patch.start.filter(|start| *start != booking.starts_at) {
        if !is_open(&booking) {
            return Err(Code::BookingNotOpen.into());
        }
        let service = find_booked_service(&mut *tx, booking.product_id).await?;
        let (slot, hours) = slot_for_move(tx, state, &service, &booking, start, rulebook(patch.outside_hours)).await?;
        changed(state, &mut booking);
        move_to(tx, &service, &mut booking, slot).await?;
        files::extend(tx, state, &booking).await?;
        letters::moved(tx, state, &service, &booking, &hours, message).await?;
    }
    Ok(booking)
}

/// Cancels the coming bookings for which something paid that was itself paid back.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel_paid_with(tx: &mut Tx, state: &State, payment: Uuid) -> Result<()> {
    lock(tx).await?;
    for booking in store::list_accepted_paid_with(tx, payment, state.clock.now()).await? {
        call_off(tx, state, booking, None, Money::WasRefunded, None).await?;
    }
    Ok(())
}
