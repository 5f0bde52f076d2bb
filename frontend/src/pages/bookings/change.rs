//! Moving and cancelling an appointment, by who is signed in or by the link of a mail.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::calendar::{Booking, BookingCancellation, BookingMove, SlotQuery};

use super::{
    choose::{Choice, Choose, Source},
    invite::AddToCalendar,
    policy::{is_coming, is_free},
};
use crate::{
    components::{Button, ButtonKind, Dialog, ErrorBanner, FormErrors, toast_ok},
    format,
    session::use_session,
    texts::booking as t,
};

/// By what right an appointment is seen and changed.
#[derive(Clone)]
pub enum Right {
    /// It is of who is signed in.
    Own,
    /// The token of a mailed link.
    Link(String),
}

impl Right {
    /// The times it can be moved to.
    fn source(&self, booking: &Booking) -> Source {
        match self {
            Self::Own => Source::Booking { slug: booking.product.slug.clone(), id: booking.id },
            Self::Link(token) => Source::Link(token.clone()),
        }
    }

    async fn cancel(&self, client: &Client, id: Uuid) -> Result<Booking> {
        let none = BookingCancellation::default();
        match self {
            Self::Own => client.cancel_booking(id, &none).await,
            Self::Link(token) => client.cancel_linked_booking(token, &none).await,
        }
    }

    async fn reschedule(&self, client: &Client, id: Uuid, start: DateTime<Utc>) -> Result<Booking> {
        let to = BookingMove { start };
        match self {
            Self::Own => client.reschedule_booking(id, &to).await,
            Self::Link(token) => client.reschedule_linked_booking(token, &to).await,
        }
    }

    /// Where the owner is on the day of the appointment; `None` when that cannot be learned.
    pub async fn owners_zone(&self, client: &Client, booking: &Booking) -> Option<String> {
        let day = format::wall_in(&booking.start, &booking.time_zone).date();
        let zone = Some(booking.time_zone.clone());
        let query = SlotQuery { from: day, to: day, time_zone: zone, booking_id: None };
        self.source(booking).list(client, query).await.ok().map(|slots| slots.owner_time_zone)
    }
}

/// What can be done with an appointment that is to come. `again` is called when it has changed.
#[component]
pub fn Changes(booking: Booking, right: Right, now: Signal<DateTime<Utc>>, again: Callback<()>) -> impl IntoView {
    let (moving, cancelling) = (RwSignal::new(false), RwSignal::new(false));
    let until = booking.cancel_until;
    let coming = Memo::new({
        let booking = booking.clone();
        move |_| is_coming(now.get(), &booking)
    });
    let movable = Memo::new(move |_| coming.get() && is_free(now.get(), until));
    // The invite is only for who is signed in; who comes by a mail has it in that mail.
    let invite = matches!(right, Right::Own);
    let (id, start) = (booking.id, booking.start);
    let (for_move, for_cancel) = ((booking.clone(), right.clone()), (booking, right));
    view! {
        <Show when=move || coming.get() && invite>
            <AddToCalendar id start/>
        </Show>
        <Show when=move || movable.get()>
            <Button kind=ButtonKind::Secondary small=true on_press=Callback::new(move |()| moving.set(true))>{t::MOVE}</Button>
        </Show>
        <Show when=move || coming.get()>
            <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| cancelling.set(true))>{t::CANCEL}</Button>
        </Show>
        <Dialog open=moving title=t::MOVE_TITLE>
            <Move booking=for_move.0.clone() right=for_move.1.clone() open=moving again/>
        </Dialog>
        <Dialog open=cancelling title=t::CANCEL_TITLE>
            <Cancel booking=for_cancel.0.clone() right=for_cancel.1.clone() open=cancelling again/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Move(booking: Booking, right: Right, open: RwSignal<bool>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (choice, errors, id) = (Choice::new(), FormErrors::new(), booking.id);
    let source = right.source(&booking);
    let press = Callback::new(move |()| {
        let Some(slot) = choice.slot.get_untracked() else { return };
        let right = right.clone();
        errors.submit(async move {
            let moved = right.reschedule(&session.client(), id, slot.start).await;
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
            <Choose source choice/>
            // In view, however many times the day has: at the very edge, past the dialog's padding.
            <div class="sticky -bottom-[clamp(1.25rem,4vw,2rem)] -mb-[clamp(1.25rem,4vw,2rem)] flex justify-end border-t border-line bg-base-100 py-4">
                <Button busy=errors.busy disabled=Signal::derive(move || choice.slot.with(Option::is_none)) on_press=press>{t::MOVE}</Button>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Cancel(booking: Booking, right: Right, open: RwSignal<bool>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (errors, id, until, paid) = (FormErrors::new(), booking.id, booking.cancel_until, booking.paid_with);
    let said_free = RwSignal::new(is_free(format::now(), until));
    let press = Callback::new(move |()| {
        let free = is_free(format::now(), until);
        if said_free.get_untracked() && !free {
            // The cut-off has passed since it was said what comes back: that is said anew, and asked again.
            return said_free.set(false);
        }
        let right = right.clone();
        errors.submit(async move {
            right.cancel(&session.client(), id).await?;
            toast_ok(t::cancelled(paid.and_then(|paid| paid.tokens()).filter(|_| free)));
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    view! {
        <div class="grid gap-5">
            <ErrorBanner errors/>
            <p aria-live="polite">{move || if said_free.get() { t::comes_back(paid) } else { t::does_not_come_back(paid) }}</p>
            <div class="flex flex-wrap justify-end gap-3">
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| open.set(false))>{t::KEEP}</Button>
                <Button kind=ButtonKind::Danger busy=errors.busy on_press=press>{t::CANCEL_IT}</Button>
            </div>
        </div>
    }
    .into_any()
}
