//! Which mails the customer wants.

use leptos::prelude::*;
use vitrine_types::accounts;

use super::Part;
use crate::{
    components::{Button, Checkbox, ErrorBanner, FormErrors, Load, toast_ok},
    session::{load, use_session},
    texts::{self, account as t},
};

/// Which mails the customer wants, and which come in any case.
#[component]
pub fn Notifications() -> impl IntoView {
    let wanted = load(|client| async move { client.get_notifications().await });
    let render = |wanted: accounts::Notifications| view! { <Choice wanted/> }.into_any();
    view! {
        <Part title=t::NOTIFICATIONS lead=t::NOTIFICATIONS_LEAD>
            <div class="grid max-w-prose gap-12">
                <Load resource=wanted render/>
                <section class="rule grid gap-3 pt-10">
                    <h2>{t::ALWAYS_SENT}</h2>
                    <ul class="grid list-disc gap-1 ps-5 text-muted">
                        {t::ALWAYS_SENT_MAILS.map(|words| view! { <li>{words}</li> }).collect_view()}
                    </ul>
                </section>
            </div>
        </Part>
    }
    .into_any()
}

#[component]
fn Choice(wanted: accounts::Notifications) -> impl IntoView {
    let session = use_session();
    let bookings = RwSignal::new(wanted.booking_reminders);
    let tokens = RwSignal::new(wanted.token_reminders);
    let errors = FormErrors::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = accounts::Notifications {
            booking_reminders: bookings.get_untracked(),
            token_reminders: tokens.get_untracked(),
        };
        errors.submit(async move {
            session.client().set_notifications(&wanted).await?;
            toast_ok(t::SAVED);
            Ok(())
        });
    };
    view! {
        <form class="grid gap-5" novalidate on:submit=send>
            <ErrorBanner errors/>
            <Checkbox errors name="booking_reminders" label=t::BOOKING_REMINDERS value=bookings help=t::BOOKING_REMINDERS_HELP/>
            <Checkbox errors name="token_reminders" label=t::TOKEN_REMINDERS value=tokens help=t::TOKEN_REMINDERS_HELP/>
            <div class="pt-1">
                <Button submit=true busy=errors.busy>{texts::SAVE}</Button>
            </div>
        </form>
    }
    .into_any()
}
