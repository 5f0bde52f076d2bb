//! Holding a time while it is being paid: for the checkout.
//!
//! A hold is a booking in state `held`. It stands in everybody's way like any other until `held_until`; after that the
//! next who wants its time gets it, whether or not anybody has cleaned up.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sqlx::types::Json;
use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{BookingChoice, BookingStatus, OrderedTime, OrderedTimeStatus, PayWith, PaymentKind},
};

use super::{
    agenda::{Asker, Rulebook, check_slot, find_booked_service, find_service, terms_of_booking},
    answers,
    bookings::{draft, is_made, move_to, note_payment, write},
    files,
    hours::owners_hours,
    letters, lock, payment, zone,
};
use crate::{
    calendar::store,
    db::{Cx, Tx},
    error::{Error, Result},
    state::State,
};

/// So many times may wait for one customer's money at once. More would let one visitor close a calendar for as long as a
/// payment page stays open, again and again; who really wants more books them in two goes.
pub const MAX_HELD: usize = 5;

/// Refuses a customer who would hold more than [`MAX_HELD`] times with `more` of them; `time_zone` is theirs. Under the
/// calendar's lock, so that of many requests at once none overlooks what the others hold.
///
/// # Errors
/// `request.conflict`, with what can be done about it.
pub async fn refuse_too_many(tx: &mut Tx, state: &State, customer: Uuid, more: usize, time_zone: &str) -> Result<()> {
    lock(tx).await?;
    let now = state.clock.now();
    let held = store::list_held(tx, customer, now).await?;
    if held.len() + more <= MAX_HELD {
        return Ok(());
    }
    let words = match held.first() {
        None => format!("At most {MAX_HELD} times can be held until they are paid: choose fewer"),
        Some((until,)) => {
            let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
            // To the minute, and not before it is free.
            let until = (*until + TimeDelta::seconds(59)).with_timezone(&zone);
            let until = match until.date_naive() == now.with_timezone(&zone).date_naive() {
                true => format!("at {} ({zone})", until.format("%H:%M")),
                false => format!("on {}", letters::moment(until.to_utc(), zone)),
            };
            let times = if held.len() == 1 { "1 time".to_owned() } else { format!("{} times", held.len()) };
            format!(
                "You hold {times} that are not paid yet, and at most {MAX_HELD} can be held at once. Pay one of these \
                 orders or cancel it, or wait: the next hold ends by itself {until}"
            )
        }
    };
    Err(Error::new(Code::Conflict).detail(words))
}

/// Holds a slot for a customer until `until`; the id it will have as a booking.
///
/// # Errors
/// `request.not_found`, `request.invalid`, `calendar.slot_taken`, `calendar.slot_unavailable`.
pub async fn hold(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    product: Uuid,
    choice: &BookingChoice,
    until: DateTime<Utc>,
) -> Result<Uuid> {
    zone(&choice.time_zone, "time_zone")?;
    lock(tx).await?;
    let service = find_service(&mut *tx, Some(customer), product).await?;
    let answers = answers::check(&service.settings.questions, choice.answers.clone(), false)?;
    let asker = Asker { customer: Some(customer), except: None };
    let now = state.clock.now();
    let (slot, _) = check_slot(tx, now, service.terms(), asker, choice.start, Rulebook::Offered).await?;
    let mut hold = draft(state, Uuid::now_v7(), customer, &service, slot);
    hold.status = "held".into();
    hold.held_until = Some(until);
    hold.time_zone = choice.time_zone.clone();
    hold.answers = Json(answers);
    let hold = write(tx, &service, hold).await?;
    files::keep(tx, state, &hold).await?;
    Ok(hold.id)
}

/// Writes another choice of the same time onto a hold: who comes back before paying may have corrected an answer. False,
/// and nothing is written, when the hold is of another service or time.
///
/// # Errors
/// `request.not_found` when there is no such hold; `request.invalid`.
pub async fn amend_hold(tx: &mut Tx, state: &State, id: Uuid, product: Uuid, choice: &BookingChoice) -> Result<bool> {
    lock(tx).await?;
    let mut hold = store::find_booking(&mut *tx, id).await?.ok_or(Code::NotFound)?;
    if hold.product_id != product || hold.starts_at != choice.start {
        return Ok(false);
    }
    zone(&choice.time_zone, "time_zone")?;
    let service = find_booked_service(&mut *tx, product).await?;
    let answers = answers::check(&service.settings.questions, choice.answers.clone(), false)?;
    if !is_made(&hold) && (*hold.answers != answers || hold.time_zone != choice.time_zone) {
        hold.answers = Json(answers);
        hold.time_zone = choice.time_zone.clone();
        hold.updated_at = state.clock.now();
        store::update_choice(tx, &hold).await?;
        files::keep(tx, state, &hold).await?;
    }
    Ok(true)
}

/// Keeps a hold until `until`, or until it begins when there is no end. One that is over is taken up again if its time is
/// still free; false when it is not.
///
/// # Errors
/// `request.not_found` when there is no such hold.
pub async fn renew_hold(tx: &mut Tx, state: &State, id: Uuid, until: Option<DateTime<Utc>>) -> Result<bool> {
    lock(tx).await?;
    let mut hold = store::find_booking(&mut *tx, id).await?.ok_or(Code::NotFound)?;
    if is_made(&hold) {
        return Ok(true);
    }
    let now = state.clock.now();
    let held = hold.held_until.filter(|until| hold.status == "held" && now < *until);
    hold.status = "held".into();
    hold.held_until = Some(until.unwrap_or(hold.starts_at)).max(held);
    hold.updated_at = now;
    if held.is_some() {
        return Ok(store::update_booking(tx, &hold).await?);
    }
    let service = find_booked_service(&mut *tx, hold.product_id).await?;
    let asker = Asker { customer: Some(hold.customer_id), except: Some(id) };
    let terms = terms_of_booking(&service, &hold);
    match check_slot(tx, now, terms, asker, hold.starts_at, Rulebook::Late).await {
        Ok((slot, _)) => move_to(tx, &service, &mut hold, slot).await.map(|()| true),
        Err(error) if matches!(error.code(), Code::SlotTaken | Code::SlotUnavailable) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What became of a hold whose payment arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is booked.
    Booked,
    /// The payment came late and the time is gone: send the money back.
    Gone,
}

/// Turns a hold into a booking that one appointment of `entitlement` pays for. Safe to call again.
///
/// A hold that is over is booked all the same if its time is still free.
///
/// # Errors
/// `request.not_found` when there is no such hold; those of the entitlement.
pub async fn confirm_hold(tx: &mut Tx, state: &State, id: Uuid, entitlement: Uuid) -> Result<Confirmed> {
    if !renew_hold(tx, state, id, Some(state.clock.now())).await? {
        return Ok(Confirmed::Gone);
    }
    let mut booking = store::find_booking(&mut *tx, id).await?.ok_or(Code::NotFound)?;
    if is_made(&booking) {
        return Ok(Confirmed::Booked);
    }
    let service = find_booked_service(&mut *tx, booking.product_id).await?;
    let pay_with = PayWith { kind: PaymentKind::Entitlement, id: entitlement };
    let spent = payment::spend(tx, state, booking.customer_id, &service, id, pay_with).await?;
    note_payment(&mut booking, spent);
    booking.status = BookingStatus::Accepted.as_str().into();
    booking.held_until = None;
    store::update_booking(tx, &booking).await?;
    let hours = owners_hours(&mut *tx).await?;
    letters::booked(tx, state, &service, &booking, &hours).await?;
    Ok(Confirmed::Booked)
}

/// What became of a time that was held for an order; `None` when there is none of that id.
///
/// # Errors
/// When the database does not answer.
pub async fn ordered_time(cx: impl Into<Cx<'_>>, id: Uuid, now: DateTime<Utc>) -> Result<Option<OrderedTime>> {
    let mut cx = cx.into();
    let Some(booking) = store::find_booking(cx.again(), id).await? else { return Ok(None) };
    let service = find_booked_service(cx, booking.product_id).await?;
    Ok(Some(OrderedTime {
        id,
        slug: service.product.slug,
        status: match booking.held_until {
            _ if is_made(&booking) => OrderedTimeStatus::Booked,
            Some(until) if booking.status == "held" && now < until => OrderedTimeStatus::Held,
            _ => OrderedTimeStatus::Gone,
        },
        start: booking.starts_at,
        end: booking.ends_at,
        time_zone: booking.time_zone,
    }))
}

/// Frees the time of a hold. Nothing when it is booked or free already.
///
/// # Errors
/// When the database does not answer.
pub async fn release_hold(tx: &mut Tx, state: &State, id: Uuid) -> Result<()> {
    lock(tx).await?;
    let Some(mut booking) = store::find_booking(&mut *tx, id).await?.filter(|booking| booking.status == "held") else {
        return Ok(());
    };
    booking.status = "lapsed".into();
    booking.updated_at = state.clock.now();
    store::update_booking(tx, &booking).await?;
    Ok(())
}
