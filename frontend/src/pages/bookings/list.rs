//! What was booked, each appointment to be moved or cancelled.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use vitrine_types::{PageQuery, calendar::Booking};

use super::{
    change::{Changes, Right},
    location::Location,
    policy::{clock, is_coming, policy_of, standing},
};
use crate::{
    components::{Badge, ButtonKind, ButtonLink, Empty, List, Load, LoadMore, Page},
    format,
    texts::booking as t,
};

/// What was booked.
#[component]
pub fn Bookings() -> impl IntoView {
    let now = clock();
    let bookings =
        List::new(|client, cursor| async move { client.list_bookings(&PageQuery { limit: Some(20), cursor }).await });
    let again = Callback::new(move |()| bookings.first.refetch());
    view! {
        <Page title=t::APPOINTMENTS>
            <Load
                resource=bookings.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! {
                            <Empty title=t::NO_APPOINTMENTS words=t::NO_APPOINTMENTS_WORDS>
                                <ButtonLink kind=ButtonKind::Secondary href="/dashboard">{t::TO_YOUR_PRODUCTS}</ButtonLink>
                            </Empty>
                        }
                        .into_any();
                    }
                    let first = page.data;
                    let rows = move || first.iter().cloned().chain(bookings.more.get()).collect::<Vec<_>>();
                    view! {
                        <ul class="grid">
                            {move || rows().into_iter().map(|booking| view! { <Row booking now again/> }).collect_view()}
                        </ul>
                    }
                    .into_any()
                }
            />
            <LoadMore list=bookings/>
        </Page>
    }
    .into_any()
}

#[component]
fn Row(booking: Booking, now: Signal<DateTime<Utc>>, again: Callback<()>) -> impl IntoView {
    let state = Memo::new({
        let booking = booking.clone();
        move |_| (standing(now.get(), &booking), policy_of(now.get(), &booking))
    });
    let zone = booking.time_zone.clone();
    let paid = booking
        .paid_with
        .filter(|paid| paid.tokens().is_some())
        .map(|paid| view! { <p class="text-sm text-muted">{t::paid(paid)}</p> });
    let location = (!booking.location.is_empty() && is_coming(now.get_untracked(), &booking))
        .then(|| view! { <p class="text-sm"><Location text=booking.location.clone()/></p> });
    view! {
        <li class="grid gap-x-8 gap-y-3 border-t border-line py-6 sm:grid-cols-[minmax(0,1fr)_auto]">
            <div class="grid gap-1">
                <h2 class="text-lg">
                    <a class="hover:underline underline-offset-4" href=format!("/dashboard/bookings/{}", booking.id)>
                        {format::moment_in(&booking.start, &zone)}
                    </a>
                </h2>
                <p class="text-sm text-muted">{format!("{} · {}", booking.product.name, zone.replace('_', " "))}</p>
                {location}
                {paid}
                <p class="text-sm text-muted">{move || state.get().1}</p>
            </div>
            <div class="flex flex-wrap items-center gap-3 self-start">
                {move || view! { <Badge of=state.get().0/> }}
                <Changes booking right=Right::Own now again/>
            </div>
        </li>
    }
    .into_any()
}
