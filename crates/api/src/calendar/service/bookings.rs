//! What customers do: book, cancel, move.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::types::Json;
use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{BookingStatus, NewBooking},
};

use super::{
    agenda::{Asker, Rulebook, Service, check_slot, find_booked_service, find_service, terms_of_booking},
    answers, files, letters, lock,
    payment::{self, Spent},
    zone,
};
use crate::{
    calendar::{
        hours::Hours,
        slots::Slot,
        store::{self, BookingFilter, BookingRecord},
    },
    db::{Cx, Tx},
    error::{Error, Fields, Result},
    state::State,
};

/// Books a slot and spends what it costs, as one; the booking, and the service as it was booked.
///
/// # Errors
/// `request.not_found`, `request.invalid`, `calendar.slot_taken`, `calendar.slot_unavailable`, and those of what pays.
pub async fn book(
    tx: &mut Tx,
    state: &State,
    id: Uuid,
    customer: Uuid,
    new: &NewBooking,
) -> Result<(BookingRecord, Service)> {
    zone(&new.time_zone, "time_zone")?;
    lock(tx).await?;
    let service = find_service(&mut *tx, Some(customer), new.product_id).await?;
    let answers = answers::check(&service.settings.questions, new.answers.clone(), false)?;
    let asker = Asker { customer: Some(customer), except: None };
    let now = state.clock.now();
    let (slot, hours) = check_slot(tx, now, service.terms(), asker, new.start, Rulebook::Offered).await?;
    let spent = payment::spend(tx, state, customer, &service, id, new.pay_with).await?;
    let mut booking = draft(state, id, customer, &service, slot);
    booking.time_zone = new.time_zone.clone();
    booking.answers = Json(answers);
    note_payment(&mut booking, spent);
    let booking = write(tx, &service, booking).await?;
    files::keep(tx, state, &booking).await?;
    letters::booked(tx, state, &service, &booking, &hours).await?;
    Ok((booking, service))
}

/// A booking of a slot, with the policy of today; who pays and what is answered comes on top.
pub(super) fn draft(state: &State, id: Uuid, customer: Uuid, service: &Service, slot: Slot) -> BookingRecord {
    let now = state.clock.now();
    BookingRecord {
        id,
        product_id: service.product.id,
        customer_id: customer,
        status: BookingStatus::Accepted.as_str().into(),
        held_until: None,
        starts_at: slot.start,
        ends_at: slot.end,
        busy_from: slot.busy_from,
        busy_until: slot.busy_until,
        seat: 1,
        seats: service.settings.seats.into(),
        time_zone: "UTC".into(),
        answers: Json::default(),
        location: service.settings.location.clone(),
        cancel_until_minutes: service.settings.cancel_until_minutes.into(),
        paid_kind: None,
        paid_id: None,
        paid_amount: None,
        note: String::new(),
        cancel_reason: None,
        sequence: 0,
        created_at: now,
        updated_at: now,
    }
}

pub(super) fn note_payment(booking: &mut BookingRecord, spent: Spent) {
    booking.paid_kind = Some(spent.kind.as_str().into());
    booking.paid_id = Some(spent.id);
    booking.paid_amount = Some(spent.amount);
}

/// Writes a new booking on the first free seat of its slot.
///
/// # Errors
/// `calendar.slot_taken` when the database refuses.
pub(super) async fn write(tx: &mut Tx, service: &Service, mut booking: BookingRecord) -> Result<BookingRecord> {
    take_seat(tx, service, &mut booking).await?;
    if store::insert_booking(tx, &booking).await? { Ok(booking) } else { Err(Code::SlotTaken.into()) }
}

async fn take_seat(tx: &mut Tx, service: &Service, booking: &mut BookingRecord) -> Result<()> {
    booking.seats = service.settings.seats.into();
    if booking.seats == 1 {
        // Nobody joins it, so the slot was free altogether.
        booking.seat = 1;
        return Ok(());
    }
    let taken = store::list_seats(tx, booking.product_id, booking.starts_at, Some(booking.id)).await?;
    let free = (1..=booking.seats).find(|seat| !taken.contains(&(*seat,)));
    booking.seat = free.ok_or(Code::SlotTaken)?;
    Ok(())
}

/// Puts a booking into another slot, its policy unchanged, and writes it.
///
/// # Errors
/// `calendar.slot_taken` when the database refuses.
pub(super) async fn move_to(tx: &mut Tx, service: &Service, booking: &mut BookingRecord, slot: Slot) -> Result<()> {
    (booking.starts_at, booking.ends_at) = (slot.start, slot.end);
    (booking.busy_from, booking.busy_until) = (slot.busy_from, slot.busy_until);
    take_seat(tx, service, booking).await?;
    if store::update_booking(tx, booking).await? { Ok(()) } else { Err(Code::SlotTaken.into()) }
}

/// Notes that calendars elsewhere have to be told.
pub(super) fn changed(state: &State, booking: &mut BookingRecord) {
    booking.sequence += 1;
    booking.updated_at = state.clock.now();
}

/// Until when a booking can be moved, or cancelled with what paid coming back.
pub fn cancel_until(booking: &BookingRecord) -> DateTime<Utc> {
    booking.starts_at - TimeDelta::minutes(booking.cancel_until_minutes)
}

/// A customer's booking.
///
/// # Errors
/// `request.not_found` when there is none, it is somebody else's, or it is not paid yet.
pub async fn find_own_booking(cx: impl Into<Cx<'_>>, id: Uuid, customer: Uuid) -> Result<BookingRecord> {
    let booking = store::find_booking(cx, id).await?.filter(|booking| booking.customer_id == customer);
    booking.filter(is_made).ok_or_else(|| Code::NotFound.into())
}

/// Anybody's booking, for the owner.
///
/// # Errors
/// `request.not_found` when there is none, or it is not paid yet.
pub async fn find_booking(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<BookingRecord> {
    store::find_booking(cx, id).await?.filter(is_made).ok_or_else(|| Code::NotFound.into())
}

/// Whether it is a booking, and not a hold.
pub(super) fn is_made(booking: &BookingRecord) -> bool {
    !matches!(booking.status.as_str(), "held" | "lapsed")
}

pub(super) fn is_open(booking: &BookingRecord) -> bool {
    booking.status == BookingStatus::Accepted.as_str()
}

/// Cancels a customer's booking. What paid comes back until [`cancel_until`]; later it is gone.
///
/// # Errors
/// `request.not_found`; `calendar.not_open` when it is cancelled already or was held, `calendar.cancel_closed` when it has
/// begun.
pub async fn cancel(
    tx: &mut Tx,
    state: &State,
    id: Uuid,
    customer: Uuid,
    reason: Option<&str>,
) -> Result<BookingRecord> {
    let mut fields = Fields::default();
    fields.text(reason.unwrap_or_default(), "reason", 0, 1000);
    fields.done()?;
    lock(tx).await?;
    let booking = find_own_booking(&mut *tx, id, customer).await?;
    let now = state.clock.now();
    if !is_open(&booking) {
        return Err(Code::BookingNotOpen.into());
    }
    if now >= booking.starts_at {
        return Err(Code::CancelClosed.into());
    }
    let gives_back = now <= cancel_until(&booking);
    let money = if gives_back { Money::ComesBack } else { Money::Stays };
    call_off(tx, state, booking, reason, money, None).await
}

/// A customer leaves for good: coming bookings and holds are cancelled, with nothing given back to somebody who is no
/// longer there, and what they answered is forgotten.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(tx: &mut Tx, state: &State, customer: Uuid) -> Result<()> {
    lock(tx).await?;
    let filter = BookingFilter {
        from: Some(state.clock.now()),
        status: Some(BookingStatus::Accepted.as_str().into()),
        customer_id: Some(customer),
        ..BookingFilter::default()
    };
    for booking in store::list_bookings(&mut *tx, &filter, i64::MAX).await? {
        call_off(tx, state, booking, None, Money::Stays, None).await?;
    }
    for booking in store::list_bookings_of_customer(&mut *tx, customer, None, i64::MAX).await? {
        files::discard(tx, state, &booking).await?;
    }
    Ok(store::update_left(tx, customer).await?)
}

/// What becomes of what paid for a cancelled booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Money {
    /// It pays for another one.
    ComesBack,
    /// It is gone.
    Stays,
    /// It was itself sent back, which is why the booking ends. Should that fail, it pays for another one.
    WasRefunded,
}

/// Cancels a booking, under the lock.
pub(super) async fn call_off(
    tx: &mut Tx,
    state: &State,
    mut booking: BookingRecord,
    reason: Option<&str>,
    money: Money,
    message: Option<&str>,
) -> Result<BookingRecord> {
    booking.status = BookingStatus::Cancelled.as_str().into();
    booking.cancel_reason = reason.or(message).map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    changed(state, &mut booking);
    if money != Money::Stays {
        payment::give_back(tx, state, &booking).await?;
    }
    store::update_booking(tx, &booking).await?;
    let service = find_booked_service(&mut *tx, booking.product_id).await?;
    letters::cancelled(tx, state, &service, &booking, money, message).await?;
    Ok(booking)
}

/// Moves a customer's booking to another offered slot; what paid stays what it was.
///
/// # Errors
/// `request.not_found`, `calendar.not_open`, `calendar.cancel_closed` after [`cancel_until`], `calendar.slot_taken`,
/// `calendar.slot_unavailable`.
pub async fn reschedule(
    tx: &mut Tx,
    state: &State,
    id: Uuid,
    customer: Uuid,
    start: DateTime<Utc>,
) -> Result<BookingRecord> {
    lock(tx).await?;
    let mut booking = find_own_booking(&mut *tx, id, customer).await?;
    if !is_open(&booking) {
        return Err(Code::BookingNotOpen.into());
    }
    let now = state.clock.now();
    if now > cancel_until(&booking) || now >= booking.starts_at {
        return Err(Error::new(Code::CancelClosed).detail("It can no longer be moved"));
    }
    if start == booking.starts_at {
        return Ok(booking);
    }
    let service = find_booked_service(&mut *tx, booking.product_id).await?;
    let (slot, hours) = slot_for_move(tx, state, &service, &booking, start, Rulebook::Offered).await?;
    changed(state, &mut booking);
    move_to(tx, &service, &mut booking, slot).await?;
    files::extend(tx, state, &booking).await?;
    letters::moved(tx, state, &service, &booking, &hours, None).await?;
    Ok(booking)
}

/// The slot to which a booking can be moved, as [`check_slot`].
pub(super) async fn slot_for_move(
    tx: &mut Tx,
    state: &State,
    service: &Service,
    booking: &BookingRecord,
    start: DateTime<Utc>,
    rulebook: Rulebook,
) -> Result<(Slot, Hours)> {
    let asker = Asker { customer: Some(booking.customer_id), except: Some(booking.id) };
    check_slot(tx, state.clock.now(), terms_of_booking(service, booking), asker, start, rulebook).await
}
