//! The address: whether it is confirmed, and changing it.

use leptos::prelude::*;
use vitrine_types::{Code, accounts::EmailChange};

use super::Part;
use crate::{
    components::{
        Badge, Button, ButtonKind, ErrorBanner, FormErrors, PasswordField, TextField, Tone, perform, toast_ok,
    },
    session::use_session,
    texts::account as t,
};

/// The address.
#[component]
pub fn Email() -> impl IntoView {
    let session = use_session();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let errors = FormErrors::new().at(Code::WrongPassword, "password");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = EmailChange { email: email.get_untracked(), password: password.get_untracked() };
        errors.submit(async move {
            session.client().change_email(&change).await?;
            toast_ok(t::link_sent(change.email.trim()));
            email.try_set(String::new());
            password.try_set(String::new());
            Ok(())
        });
    };
    let confirmed = move || session.me.with(|me| me.as_ref().is_some_and(|me| me.email_verified));
    let stand = move || match confirmed() {
        true => view! { <Badge of=(t::CONFIRMED, Tone::Good)/> }.into_any(),
        false => view! { <Badge of=(t::NOT_CONFIRMED, Tone::Care)/> <ResendLink/> }.into_any(),
    };
    let now = move || session.me.with(|me| me.as_ref().map(|me| me.email.clone()));
    view! {
        <Part title=t::EMAIL>
            <div class="pb-10">
                <h2 class="text-sm font-medium text-muted">{t::ADDRESS_NOW}</h2>
                <p class="flex flex-wrap items-center gap-x-5 gap-y-2 pt-1">
                    <span class="min-w-0 break-all text-lg">{now}</span>
                    {stand}
                </p>
            </div>
            <form class="grid max-w-md gap-5" novalidate on:submit=send>
                <ErrorBanner errors/>
                <TextField errors name="email" label=t::NEW_ADDRESS value=email kind="email" autocomplete="email" help=t::CHANGE_EMAIL_HELP required=true/>
                <PasswordField errors name="password" label=t::YOUR_PASSWORD value=password/>
                <div class="pt-1">
                    <Button submit=true busy=errors.busy>{t::CHANGE_EMAIL}</Button>
                </div>
            </form>
        </Part>
    }
    .into_any()
}

/// Asks for the link that confirms the address again.
#[component]
pub fn ResendLink() -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let resend = move || {
        let email = session.me.with_untracked(|me| me.as_ref().map(|me| me.email.clone())).unwrap_or_default();
        perform(busy, async move {
            session.client().resend_verification().await?;
            toast_ok(t::link_sent(&email));
            Ok(())
        });
    };
    view! { <Button kind=ButtonKind::Secondary small=true busy on_press=resend>{t::RESEND}</Button> }.into_any()
}
