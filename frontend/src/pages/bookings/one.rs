//! One appointment with all there is to know. Who has just booked comes here: the page confirms it.

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
    components::{Badge, Load, Page},
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

/// What it is, when, where, what cancelling costs, and what can be done. `again` is called when it has changed.
#[component]
pub fn Details(booking: Booking, right: Right, again: Callback<()>) -> impl IntoView {
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
    let paid = booking.paid_with.map(|paid| view! { <dt>{t::PAID}</dt><dd>{t::paid(paid)}</dd> });
    view! {
        <div class="grid gap-6">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <h2 class="text-lg">{booking.product.name.clone()}</h2>
                {move || view! { <Badge of=badge.get()/> }}
            </div>
            <dl class="facts">
                <dt>{t::WHEN}</dt>
                <dd>
                    {when_in(&booking, &booking.time_zone)}
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
fn when_in(booking: &Booking, zone: &str) -> String {
    let (start, end) = (format::moment_in(&booking.start, zone), format::time_in(&booking.end, zone));
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
        zone.filter(|zone| *zone != booking.time_zone).map(|zone| t::for_owner(&when_in(&booking, &zone)))
    })
}
