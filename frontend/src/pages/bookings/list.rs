//! What was booked: the next appointment first, each to be moved or cancelled.

use leptos::prelude::*;
use vitrine_types::{
    PageQuery,
    calendar::{Booking, BookingCancellation, BookingMove, BookingStatus},
};

use super::{
    choose::{Choice, Choose},
    location::Location,
};
use crate::{
    components::{
        Badge, Button, ButtonKind, ButtonLink, Dialog, Empty, ErrorBanner, FormErrors, List, Load, LoadMore, Page,
        Tone, toast_ok,
    },
    format,
    path::id_in_path,
    session::{load, use_session},
    texts::booking as t,
};

/// What was booked.
#[component]
pub fn Bookings() -> impl IntoView {
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
                            {move || rows().into_iter().map(|booking| view! { <Row booking again/> }).collect_view()}
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

/// One appointment, for who comes by a link to it.
#[component]
pub fn OneBooking() -> impl IntoView {
    let id = id_in_path();
    let found = load(move |client| {
        let id = id.get();
        async move { client.get_booking(id).await }
    });
    let again = Callback::new(move |()| found.refetch());
    view! {
        <Page title=t::YOUR_APPOINTMENT>
            <Load resource=found render=move |booking| view! { <ul class="grid"><Row booking again/></ul> }.into_any()/>
            <a class="link-line text-sm" href="/dashboard/bookings">{t::ALL_APPOINTMENTS}</a>
        </Page>
    }
    .into_any()
}

#[component]
fn Row(booking: Booking, again: Callback<()>) -> impl IntoView {
    let (moving, cancelling) = (RwSignal::new(false), RwSignal::new(false));
    let now = js_sys::Date::now() as i64 / 1000;
    let coming = booking.status == BookingStatus::Accepted && booking.start.timestamp() > now;
    let free = booking.cancel_until.timestamp() > now;
    let badge = match booking.status {
        BookingStatus::Accepted => (t::BOOKED, Tone::Good),
        BookingStatus::Cancelled => (t::CANCELLED, Tone::Plain),
        BookingStatus::Completed => (t::COMPLETED, Tone::Plain),
        BookingStatus::NoShow => (t::MISSED, Tone::Care),
    };
    let zone = booking.time_zone.clone();
    let tokens = booking.paid_with.and_then(|paid| paid.tokens());
    let policy = coming.then(|| {
        let until = format::moment_in(&booking.cancel_until, &zone);
        if free { t::free_to_cancel(&until, tokens) } else { t::too_late(&until) }
    });
    let paid = tokens.map(|paid| view! { <p class="text-sm text-muted">{t::paid_with(paid)}</p> });
    let location = (!booking.location.is_empty() && coming)
        .then(|| view! { <p class="text-sm"><Location text=booking.location.clone()/></p> });
    let for_move = booking.clone();
    let for_cancel = booking.clone();
    view! {
        <li class="grid gap-x-8 gap-y-3 border-t border-line py-6 sm:grid-cols-[minmax(0,1fr)_auto]">
            <div class="grid gap-1">
                <h2 class="text-lg">{format::moment_in(&booking.start, &zone)}</h2>
                <p class="text-sm text-muted">{format!("{} · {}", booking.product.name, zone.replace('_', " "))}</p>
                {location}
                {paid}
                <p class="text-sm text-muted">{policy}</p>
            </div>
            <div class="flex flex-wrap items-center gap-3 self-start">
                <Badge of=badge/>
                <Show when=move || coming && free>
                    <Button kind=ButtonKind::Secondary small=true on_press=Callback::new(move |()| moving.set(true))>{t::MOVE}</Button>
                </Show>
                <Show when=move || coming>
                    <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| cancelling.set(true))>{t::CANCEL}</Button>
                </Show>
            </div>
            <Dialog open=moving title=t::MOVE_TITLE>
                <Move booking=for_move.clone() open=moving again/>
            </Dialog>
            <Dialog open=cancelling title=t::CANCEL_TITLE>
                <Cancel booking=for_cancel.clone() free open=cancelling again/>
            </Dialog>
        </li>
    }
    .into_any()
}

#[component]
fn Move(booking: Booking, open: RwSignal<bool>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (choice, errors, id) = (Choice::new(), FormErrors::new(), booking.id);
    let press = Callback::new(move |()| {
        let Some(slot) = choice.slot.get_untracked() else { return };
        errors.submit(async move {
            let moved = session.client().reschedule_booking(id, &BookingMove { start: slot.start }).await;
            if moved.is_err() {
                choice.refresh();
            }
            let booking = moved?;
            toast_ok(t::booked(&format::moment_in(&booking.start, &booking.time_zone)));
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    view! {
        <div class="grid gap-6">
            <ErrorBanner errors/>
            <Choose slug=booking.product.slug choice moving=Some(id)/>
            <div class="flex justify-end">
                <Button busy=errors.busy disabled=Signal::derive(move || choice.slot.with(Option::is_none)) on_press=press>{t::MOVE}</Button>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Cancel(booking: Booking, free: bool, open: RwSignal<bool>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (errors, id, paid) = (FormErrors::new(), booking.id, booking.paid_with);
    let press = Callback::new(move |()| {
        errors.submit(async move {
            session.client().cancel_booking(id, &BookingCancellation::default()).await?;
            toast_ok(t::cancelled(paid.and_then(|paid| paid.tokens()).filter(|_| free)));
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    view! {
        <div class="grid gap-5">
            <ErrorBanner errors/>
            <p>{if free { t::comes_back(paid) } else { t::does_not_come_back(paid) }}</p>
            <div class="flex justify-end gap-3">
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| open.set(false))>{t::KEEP}</Button>
                <Button kind=ButtonKind::Danger busy=errors.busy on_press=press>{t::CANCEL}</Button>
            </div>
        </div>
    }
    .into_any()
}
