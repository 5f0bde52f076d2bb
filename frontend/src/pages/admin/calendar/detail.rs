//! One booking: who, when, what they answered, and what the owner can do with it.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::calendar::{AdminBooking, AdminBookingPatch, Answer, BookingStatus, IntakeFile, PaymentKind};

use super::{
    actions::{Cancel, Move},
    clocks::{Clocks, zone_name},
};
use crate::{
    components::{
        Badge, Button, ButtonKind, Dialog, ErrorBanner, FormErrors, TextArea, Tone, perform, save_bytes, toast_ok,
    },
    format,
    pages::bookings::Location,
    session::use_session,
    texts::{booking as b, hours as t},
};

/// The booking `id`, as it is `found` now. `close` is the address without it, `again` is called when it has changed.
#[component]
pub fn Detail(
    id: Uuid,
    found: Memo<Option<AdminBooking>>,
    clocks: Clocks,
    close: Signal<String>,
    again: Callback<()>,
) -> impl IntoView {
    let note = found.with_untracked(|found| found.as_ref().map(|found| found.note.clone()).unwrap_or_default());
    // The note is the form's own: saving it is no reason to show anew what is being done with the booking.
    let shown = Memo::new(move |_| found.get().map(|found| AdminBooking { note: String::new(), ..found }));
    view! {
        <aside class="sheet xl:sticky xl:top-8" aria-label=t::BOOKING>
            {move || {
                let (clocks, found) = (clocks.clone(), shown.get());
                found.map(|found| view! {
                    <Facts found=found.clone() clocks=clocks.clone() close/>
                    <Answers found=found.clone()/>
                    <Actions found clocks again/>
                })
            }}
            <Note id note again/>
        </aside>
    }
    .into_any()
}

#[component]
fn Facts(found: AdminBooking, clocks: Clocks, close: Signal<String>) -> impl IntoView {
    let AdminBooking { booking, customer, .. } = found;
    let tone = match booking.status {
        BookingStatus::Accepted => Tone::Good,
        BookingStatus::NoShow => Tone::Care,
        BookingStatus::Cancelled | BookingStatus::Completed => Tone::Plain,
    };
    let (here, there) = (clocks.zone_at(&booking.start).to_owned(), booking.time_zone.clone());
    let when = |zone: &str| {
        let (start, end) = (format::moment_in(&booking.start, zone), format::time_in(&booking.end, zone));
        format!("{start} – {end} ({})", zone_name(zone))
    };
    let theirs = (here != there).then(|| view! { <dt>{t::FOR_CUSTOMER}</dt><dd>{when(&there)}</dd> });
    let paid = match booking.paid_with {
        None => t::NOTHING_PAID.to_owned(),
        Some(paid) if paid.kind == PaymentKind::Tokens => t::paid_tokens(paid.amount),
        Some(_) => t::PAID_PURCHASE.to_owned(),
    };
    let place = (!booking.location.is_empty())
        .then(|| view! { <dt>{b::WHERE}</dt><dd><Location text=booking.location.clone()/></dd> });
    let reason = booking.cancel_reason.clone().map(|reason| view! { <dt>{t::REASON}</dt><dd>{reason}</dd> });
    view! {
        <div class="flex items-baseline justify-between gap-4">
            <h2 class="text-lg">{booking.product.name.clone()}</h2>
            <a class="link-line text-sm" href=close>{t::CLOSE}</a>
        </div>
        <dl class="facts">
            <dt>{t::STATUS}</dt><dd><Badge of=(t::status(booking.status), tone)/></dd>
            <dt>{b::WHEN}</dt><dd>{when(&here)}</dd>
            {theirs}
            <dt>{t::CUSTOMER}</dt>
            <dd><a class="link-line" href=format!("/admin/customers/{}", customer.id)>{customer.name}</a><br/>{customer.email}</dd>
            {place}
            <dt>{t::PAID}</dt><dd>{paid}</dd>
            {reason}
        </dl>
    }
    .into_any()
}

#[component]
fn Answers(found: AdminBooking) -> impl IntoView {
    let booking = found.booking.id;
    let questions = found.booking.product.service.map(|service| service.questions).unwrap_or_default();
    let rows = found.booking.answers.into_iter().map(|(id, answer)| {
        // A question may have been taken away since; its answer is still there.
        let label = questions.iter().find(|question| question.id == id).map_or(id, |question| question.label.clone());
        let answer = match answer {
            Answer::Flag(true) => t::YES.into_any(),
            Answer::Flag(false) => t::NO.into_any(),
            Answer::Text(text) => text.into_any(),
            Answer::File(file) => view! { <SentFile booking file/> }.into_any(),
        };
        view! { <dt class="text-muted">{label}</dt><dd class="whitespace-pre-wrap pb-2">{answer}</dd> }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| view! { <h3>{t::ANSWERS}</h3><dl class="text-sm">{rows}</dl> }).into_any()
}

/// A file that the customer sent, to be saved.
#[component]
fn SentFile(booking: Uuid, file: IntakeFile) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let label = format!("{} ({})", file.name, format::bytes(file.size));
    let save = Callback::new(move |()| {
        let file = file.clone();
        perform(busy, async move {
            let bytes = session.client().get_intake_file(booking, file.id).await?;
            save_bytes(&file.name, &bytes);
            Ok(())
        });
    });
    view! { <Button kind=ButtonKind::Secondary small=true busy=busy on_press=save>{label}</Button> }.into_any()
}

#[component]
fn Actions(found: AdminBooking, clocks: Clocks, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let (moving, cancelling) = (RwSignal::new(false), RwSignal::new(false));
    let (id, now) = (found.booking.id, found.booking.status);
    if now == BookingStatus::Cancelled {
        return ().into_any();
    }
    let mark = move |status: BookingStatus, label: &'static str| {
        let press = move |()| {
            perform(busy, async move {
                let patch = AdminBookingPatch { status: Some(status), ..AdminBookingPatch::default() };
                session.client().update_admin_booking(id, &patch).await?;
                toast_ok(t::MARKED);
                again.run(());
                Ok(())
            });
        };
        view! { <Button kind=ButtonKind::Secondary small=true busy=busy on_press=Callback::new(press)>{label}</Button> }
    };
    let open = now == BookingStatus::Accepted;
    let begun = found.booking.start <= format::now();
    let marks = [
        (begun && now != BookingStatus::Completed).then(|| mark(BookingStatus::Completed, b::COMPLETED)),
        (begun && now != BookingStatus::NoShow).then(|| mark(BookingStatus::NoShow, b::MISSED)),
        (!open).then(|| mark(BookingStatus::Accepted, t::UNMARK)),
    ];
    let (for_move, for_cancel) = (found.clone(), found);
    view! {
        <div class="flex flex-wrap gap-2">
            {marks.into_iter().flatten().collect_view()}
            <Show when=move || open>
                <Button kind=ButtonKind::Secondary small=true on_press=Callback::new(move |()| moving.set(true))>{b::MOVE}</Button>
            </Show>
            <Button kind=ButtonKind::Danger small=true on_press=Callback::new(move |()| cancelling.set(true))>{b::CANCEL}</Button>
        </div>
        <Dialog open=moving title=b::MOVE_TITLE>
            <Move found=for_move.clone() clocks=clocks.clone() open=moving again/>
        </Dialog>
        <Dialog open=cancelling title=b::CANCEL_TITLE>
            <Cancel found=for_cancel.clone() open=cancelling again/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Note(id: Uuid, note: String, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (errors, note) = (FormErrors::new(), RwSignal::new(note));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let patch = AdminBookingPatch { note: Some(note.get_untracked()), ..AdminBookingPatch::default() };
        errors.submit(async move {
            session.client().update_admin_booking(id, &patch).await?;
            toast_ok(t::NOTE_SAVED);
            again.run(());
            Ok(())
        });
    };
    view! {
        <form class="grid gap-3" novalidate on:submit=submit>
            <ErrorBanner errors/>
            <TextArea errors name="note" label=t::NOTE value=note rows=3 help=t::NOTE_HELP/>
            <div><Button kind=ButtonKind::Secondary small=true submit=true busy=errors.busy>{t::SAVE_NOTE}</Button></div>
        </form>
    }
    .into_any()
}
