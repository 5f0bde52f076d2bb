//! Everything the shop keeps about the customer: to take along, or to erase.

use leptos::prelude::*;
use vitrine_types::Code;

use super::Part;
use crate::{
    components::{Button, ButtonKind, Dialog, ErrorBanner, FormErrors, PasswordField, perform, save_as},
    session::use_session,
    texts::account as t,
};

/// Taking the data along, or erasing it.
#[component]
pub fn Data() -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let export = move || {
        perform(busy, async move {
            let document = session.client().export_account().await?;
            let text = serde_json::to_string_pretty(&document).unwrap_or_default();
            let today = String::from(js_sys::Date::new_0().to_iso_string());
            save_as(&format!("account-{}.json", &today[..10]), "application/json", &text);
            Ok(())
        });
    };
    let asked = RwSignal::new(false);
    view! {
        <Part title=t::DATA>
            <div class="grid max-w-prose gap-12">
                <section class="grid justify-items-start gap-3">
                    <h2>{t::EXPORT_TITLE}</h2>
                    <p class="text-muted">{t::EXPORT_INTRO}</p>
                    <Button kind=ButtonKind::Secondary busy on_press=export class="mt-2">{t::EXPORT}</Button>
                </section>
                <section class="rule grid justify-items-start gap-3 pt-10">
                    <h2>{t::DELETE}</h2>
                    <p class="text-muted">{t::DELETE_INTRO}</p>
                    <Button kind=ButtonKind::Danger on_press=move || asked.set(true) class="mt-2">{t::DELETE}</Button>
                </section>
            </div>
            <Dialog open=asked title=t::DELETE_TITLE>
                <Deletion asked/>
            </Dialog>
        </Part>
    }
    .into_any()
}

/// Says what goes and what is kept, and asks for the password.
#[component]
fn Deletion(asked: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let password = RwSignal::new(String::new());
    let errors = FormErrors::new().at(Code::WrongPassword, "password");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.submit(async move {
            session.client().delete_account(&password.get_untracked()).await?;
            // Loads the shop anew, for somebody nobody knows.
            let _ = window().location().set_href("/");
            Ok(())
        });
    };
    view! {
        <form class="grid gap-5" novalidate on:submit=send>
            <ul class="grid list-disc gap-2 ps-5">
                <li>{t::DELETE_GOES}</li>
                <li>{t::DELETE_PLAN}</li>
                <li>{t::DELETE_CANCELS}</li>
                <li>{t::DELETE_KEPT}</li>
                <li>{t::DELETE_STRIPE}</li>
            </ul>
            <ErrorBanner errors/>
            <PasswordField errors name="password" label=t::YOUR_PASSWORD value=password/>
            <div class="flex flex-wrap gap-3 pt-1">
                <Button submit=true kind=ButtonKind::Danger busy=errors.busy>{t::DELETE_FOR_GOOD}</Button>
                <Button kind=ButtonKind::Quiet on_press=move || asked.set(false)>{t::KEEP_ACCOUNT}</Button>
            </div>
        </form>
    }
    .into_any()
}
