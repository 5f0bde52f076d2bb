//! The page that mails about an appointment lead to. The link itself is the right: nobody has to sign in.

use leptos::prelude::*;
use vitrine_types::calendar::{Booking, BookingCancellation, BookingMove, BookingStatus};

use super::{
    choose::{Choice, Choose},
    location::Location,
};
use crate::{
    components::{Button, ButtonKind, ErrorBanner, FormErrors, Load, Page, toast_ok},
    format,
    session::{load, use_session},
    texts::{self, booking as t},
};

/// One appointment, by the link of its mail. The token stands behind the `#`, which browsers send to nobody.
#[component]
pub fn Manage() -> impl IntoView {
    let token = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let booking = load({
        let token = token.clone();
        move |client| {
            let token = token.clone();
            async move { client.get_linked_booking(&token).await }
        }
    });
    let again = Callback::new(move |()| booking.refetch());
    view! {
        <div class="wall py-12">
            <Page title=t::YOUR_APPOINTMENT>
                <Load
                    resource=booking
                    render=move |booking| view! { <Appointment booking token=token.clone() again/> }.into_any()
                />
            </Page>
        </div>
    }
    .into_any()
}

#[component]
fn Appointment(booking: Booking, token: String, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (choice, errors) = (Choice::new(), FormErrors::new());
    let token = StoredValue::new(token);
    let now = js_sys::Date::now() as i64 / 1000;
    let coming = booking.status == BookingStatus::Accepted && booking.start.timestamp() > now;
    let free = booking.cancel_until.timestamp() > now;
    let until = format::moment_in(&booking.cancel_until, &booking.time_zone);
    let tokens = booking.paid_with.and_then(|paid| paid.tokens());
    let policy = match (coming, free) {
        (true, true) => t::free_to_cancel(&until, tokens),
        (true, false) => t::too_late(&until),
        (false, _) if booking.status == BookingStatus::Cancelled => t::CANCELLED.to_owned(),
        (false, _) => t::COMPLETED.to_owned(),
    };
    let cancel = Callback::new(move |()| {
        errors.submit(async move {
            let none = BookingCancellation::default();
            session.client().cancel_linked_booking(&token.get_value(), &none).await?;
            toast_ok(t::cancelled(tokens.filter(|_| free)));
            again.run(());
            Ok(())
        });
    });
    let change = Callback::new(move |()| {
        let Some(slot) = choice.slot.get_untracked() else { return };
        errors.submit(async move {
            let to = BookingMove { start: slot.start };
            let moved = session.client().reschedule_linked_booking(&token.get_value(), &to).await;
            if moved.is_err() {
                choice.refresh();
            }
            let booking = moved?;
            toast_ok(t::booked(&format::moment_in(&booking.start, &booking.time_zone)));
            again.run(());
            Ok(())
        });
    });
    let slug = booking.product.slug.clone();
    view! {
        <div class="grid gap-8">
            <ErrorBanner errors/>
            <dl class="facts">
                <dt>{t::WHEN}</dt>
                <dd>{format!("{} ({})", format::moment_in(&booking.start, &booking.time_zone), booking.time_zone.replace('_', " "))}</dd>
                <dt>{t::WHAT}</dt><dd>{booking.product.name.clone()}</dd>
                {tokens.map(|paid| view! { <dt>{t::PAID}</dt><dd>{texts::tokens::tokens(paid)}</dd> })}
                {(!booking.location.is_empty()).then(|| view! { <dt>{t::WHERE}</dt><dd><Location text=booking.location.clone()/></dd> })}
            </dl>
            <p class="text-muted">{policy}</p>
            <Show when=move || coming>
                <div>
                    <Button kind=ButtonKind::Danger busy=errors.busy on_press=cancel>{t::CANCEL_IT}</Button>
                </div>
            </Show>
            {(coming && free).then(|| view! {
                <section class="sheet">
                    <h2 class="text-lg">{t::MOVE_TITLE}</h2>
                    <Choose slug choice/>
                    <div>
                        <Button busy=errors.busy disabled=Signal::derive(move || choice.slot.with(Option::is_none)) on_press=change>{t::MOVE}</Button>
                    </div>
                </section>
            })}
        </div>
    }
    .into_any()
}
