//! Moving and cancelling a booking, with a word to the customer.

use leptos::prelude::*;
use vitrine_types::calendar::{AdminBooking, AdminBookingPatch, BookingStatus};

use super::{
    clocks::Clocks,
    pick::{Pick, PickTime},
};
use crate::{
    components::{Button, ButtonKind, ErrorBanner, FormErrors, TextArea, toast_ok},
    pages::bookings::Source,
    session::use_session,
    texts::{booking as b, hours as t},
};

/// Moves a booking, whatever its cut-off says.
#[component]
pub fn Move(found: AdminBooking, clocks: Clocks, open: RwSignal<bool>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (errors, pick, message) = (FormErrors::new(), Pick::new(clocks), RwSignal::new(String::new()));
    let id = found.booking.id;
    let source = Source::Booking { slug: found.booking.product.slug, id };
    let press = Callback::new(move |()| {
        let Some((start, outside_hours)) = untrack(|| pick.chosen()) else { return };
        let message = Some(message.get_untracked());
        let patch = AdminBookingPatch { start: Some(start), outside_hours, message, ..AdminBookingPatch::default() };
        errors.submit(async move {
            let moved = session.client().update_admin_booking(id, &patch).await;
            if moved.is_err() {
                pick.refresh();
            }
            moved?;
            toast_ok(t::CHANGED);
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    view! {
        <div class="grid gap-6">
            <ErrorBanner errors/>
            <PickTime source pick errors/>
            <TextArea errors name="message" label=t::MESSAGE value=message rows=3 help=t::MESSAGE_HELP/>
            <div class="flex justify-end">
                <Button busy=errors.busy disabled=Signal::derive(move || pick.chosen().is_none()) on_press=press>{b::MOVE}</Button>
            </div>
        </div>
    }
    .into_any()
}

/// Cancels a booking; what paid always comes back.
#[component]
pub fn Cancel(found: AdminBooking, open: RwSignal<bool>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (errors, message) = (FormErrors::new(), RwSignal::new(String::new()));
    let id = found.booking.id;
    let press = Callback::new(move |()| {
        let message = Some(message.get_untracked());
        let patch =
            AdminBookingPatch { status: Some(BookingStatus::Cancelled), message, ..AdminBookingPatch::default() };
        errors.submit(async move {
            session.client().update_admin_booking(id, &patch).await?;
            toast_ok(t::CHANGED);
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    view! {
        <div class="grid gap-5">
            <ErrorBanner errors/>
            <p>{t::CANCEL_WORDS}</p>
            <TextArea errors name="message" label=t::MESSAGE value=message rows=3 help=t::MESSAGE_HELP/>
            <div class="flex justify-end gap-3">
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| open.set(false))>{b::KEEP}</Button>
                <Button kind=ButtonKind::Danger busy=errors.busy on_press=press>{b::CANCEL_IT}</Button>
            </div>
        </div>
    }
    .into_any()
}
