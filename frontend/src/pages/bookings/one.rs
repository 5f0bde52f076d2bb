//! One appointment with all there is to know. Who has just booked comes here: the page confirms it. Who has just paid for
//! it sees the same on the page after payment.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use vitrine_types::calendar::{Booking, BookingStatus};

use super::{
    change::{Changes, Right},
    location::Location,
    policy::{clock, is_coming, policy_of, standing},
};
use crate::{
    components::{Badge, Load, Page, Skeleton},
    format,
    path::id_in_path,
    session::load,
    texts::booking as t,
};

/// The address at which it is confirmed that it is booked.
pub fn confirmation(booking: Uuid) -> String {
    format!("/dashboard/bookings/{booking}?booked=1")
}

/// One appointment. `?booked=` is for who has just booked it.
#[component]
pub fn OneBooking() -> impl IntoView {
    let id = id_in_path();
    let new = use_query_map().with_untracked(|query| query.get("booked").is_some());
    let found = load(move |client| {
        let id = id.get();
        async move { client.get_booking(id).await }
    });
    let again = Callback::new(move |()| found.refetch());
    let confirms = Memo::new(move |_| {
        new && found.with(|found| match found {
            None => true,
            Some(Ok(booking)) => booking.status == BookingStatus::Accepted,
            Some(Err(_)) => false,
        })
    });
    let title = Signal::derive(move || if confirms.get() { t::IS_BOOKED } else { t::YOUR_APPOINTMENT }.to_owned());
    view! {
        <Page title>
            <Show when=move || confirms.get()>
                <p class="-mt-4 max-w-prose pb-8 text-muted">{t::IS_BOOKED_WORDS}</p>
            </Show>
            <div class="grid gap-8">
                <Load
                    resource=found
                    render=move |booking| view! { <Details booking right=Right::Own again/> }.into_any()
                />
                <p><a class="link-line text-sm" href="/dashboard/bookings">{t::ALL_APPOINTMENTS}</a></p>
            </div>
        </Page>
    }
    .into_any()
}

/// One's own appointment within another page, which `off` tells that it will not take place.
#[component]
pub fn Appointment(id: Uuid, off: RwSignal<bool>) -> impl IntoView {
    let found = load(move |client| async move { client.get_booking(id).await });
    Effect::new(move || {
        if found.with(|found| matches!(found, Some(Ok(booking)) if booking.status == BookingStatus::Cancelled)) {
            off.set(true);
        }
    });
    let again = Callback::new(move |()| found.refetch());
    let render = move |booking| view! { <Details booking right=Right::Own again just_paid=true/> }.into_any();
    view! { <Load resource=found skeleton=|| view! { <Skeleton class="h-48 w-full max-w-prose"/> } render/> }.into_any()
}

/// What it is, when, where, what cancelling costs, and what can be done. `again` is called when it has changed. To who has
/// `just_paid` it is not said that it was paid.
#[component]
pub fn Details(
    booking: Booking,
    right: Right,
    again: Callback<()>,
    #[prop(optional)] just_paid: bool,
) -> impl IntoView {
    let now = clock();
    let theirs = owners_clocks(&booking, &right);
    let badge = Memo::new({
        let booking = booking.clone();
        move |_| standing(now.get(), &booking)
    });
    let policy = Memo::new({
        let booking = booking.clone();
        move |_| policy_of(now.get(), &booking)
    });
    let place = (booking.status == BookingStatus::Accepted && !booking.location.is_empty())
        .then(|| view! { <dt>{t::WHERE}</dt><dd><Location text=booking.location.clone()/></dd> });
    let paid =
        booking.paid_with.filter(|_| !just_paid).map(|paid| view! { <dt>{t::PAID}</dt><dd>{t::paid(paid)}</dd> });
    view! {
        <div class="grid gap-6">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <h2 class="text-lg">{booking.product.name.clone()}</h2>
                {move || view! { <Badge of=badge.get()/> }}
            </div>
            <dl class="facts">
                <dt>{t::WHEN}</dt>
                <dd>
                    {span_in(booking.start, booking.end, &booking.time_zone)}
                    {move || theirs.get().map(|words| view! { <span class="block text-sm text-muted">{words}</span> })}
                </dd>
                {place}
                {paid}
            </dl>
            <p class="max-w-prose text-muted" aria-live="polite">{move || policy.get()}</p>
            <div class="flex flex-wrap items-center gap-3"><Changes booking right now again/></div>
        </div>
    }
    .into_any()
}

/// From when until when, by the clocks of `zone`.
pub fn span_in(start: DateTime<Utc>, end: DateTime<Utc>, zone: &str) -> String {
    let (start, end) = (format::moment_in(&start, zone), format::time_in(&end, zone));
    format!("{start} – {end} ({})", zone.replace('_', " "))
}

/// The same by the owner's clocks, where these are others.
fn owners_clocks(booking: &Booking, right: &Right) -> Signal<Option<String>> {
    let (booking, right) = (booking.clone(), right.clone());
    let zone = load({
        let booking = booking.clone();
        move |client| {
            let (booking, right) = (booking.clone(), right.clone());
            // Of no use for what is over.
            let wanted = is_coming(format::now(), &booking);
            async move { Ok(if wanted { right.owners_zone(&client, &booking).await } else { None }) }
        }
    });
    Signal::derive(move || {
        let zone = zone.with(|zone| zone.as_ref().and_then(|zone| zone.as_ref().ok()).cloned().flatten());
        zone.filter(|zone| *zone != booking.time_zone)
            .map(|zone| t::for_owner(&span_in(booking.start, booking.end, &zone)))
    })
}
