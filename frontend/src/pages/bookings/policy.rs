//! What cancelling costs and where an appointment stands, in words: said before the click, by the clock of that moment.

use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use vitrine_types::calendar::{Booking, BookingStatus, PaidWith};

use crate::{components::Tone, format, texts::booking as t};

/// The present, again and again: a page may be left open until a cut-off has passed.
pub fn clock() -> Signal<DateTime<Utc>> {
    let now = RwSignal::new(format::now());
    let ticks = set_interval_with_handle(move || _ = now.try_set(format::now()), Duration::from_secs(15));
    on_cleanup(move || ticks.iter().for_each(IntervalHandle::clear));
    now.into()
}

/// Whether it can be moved at `now`, and cancelled with what paid coming back.
pub fn is_free(now: DateTime<Utc>, cancel_until: DateTime<Utc>) -> bool {
    now <= cancel_until
}

/// Whether it is still to come at `now`.
pub fn is_coming(now: DateTime<Utc>, booking: &Booking) -> bool {
    booking.status == BookingStatus::Accepted && booking.start > now
}

/// What is to be known at `now` about an appointment for which `paid` pays. Before it is `made`, nothing is said of a
/// cut-off that was never there to be met.
pub fn policy(
    now: DateTime<Utc>,
    cancel_until: DateTime<Utc>,
    zone: &str,
    paid: Option<PaidWith>,
    made: bool,
) -> String {
    let until = format::moment_in(&cancel_until, zone);
    match (is_free(now, cancel_until), made) {
        (true, _) => t::free_to_cancel(&until, paid.and_then(|paid| paid.tokens())),
        (false, true) => t::too_late(&until, paid),
        (false, false) => t::never_free(paid),
    }
}

/// The policy of an appointment that is made, as long as it is to come.
pub fn policy_of(now: DateTime<Utc>, booking: &Booking) -> Option<String> {
    let Booking { cancel_until, time_zone, paid_with, .. } = booking;
    is_coming(now, booking).then(|| policy(now, *cancel_until, time_zone, *paid_with, true))
}

/// Where it stands at `now`. What is over and not yet marked by the owner did not necessarily take place.
pub fn standing(now: DateTime<Utc>, booking: &Booking) -> (&'static str, Tone) {
    match booking.status {
        BookingStatus::Accepted if now < booking.start => (t::BOOKED, Tone::Good),
        BookingStatus::Accepted if now < booking.end => (t::GOING_ON, Tone::Good),
        BookingStatus::Accepted => (t::OVER, Tone::Plain),
        BookingStatus::Cancelled => (t::CANCELLED, Tone::Plain),
        BookingStatus::Completed => (t::COMPLETED, Tone::Plain),
        BookingStatus::NoShow => (t::MISSED, Tone::Care),
    }
}
