//! Signing in.

use leptos::prelude::*;
use vitrine_types::accounts::Credentials;

use super::sheet::{Sheet, filled, go_on_when_signed_in};
use crate::{
    components::{Button, ErrorBanner, FormErrors, PasswordField, TextField},
    layout::with_next,
    session::use_session,
    texts::auth as t,
};

/// Signing in.
#[component]
pub fn SignIn() -> impl IntoView {
    let session = use_session();
    go_on_when_signed_in();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let errors = FormErrors::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        // Both, so that both are marked.
        if !filled(errors, "email", email, t::NEED_ADDRESS) | !filled(errors, "password", password, t::NEED_PASSWORD) {
            return;
        }
        let credentials = Credentials { email: email.get_untracked(), password: password.get_untracked() };
        errors.submit(async move {
            session.signed_in(session.client().login(&credentials).await?.customer);
            Ok(())
        });
    };
    view! {
        <Sheet title=t::SIGN_IN lead=t::SIGN_IN_LEAD>
            <form class="grid gap-5" novalidate on:submit=send>
                <ErrorBanner errors/>
                <TextField errors name="email" label=t::EMAIL value=email kind="email" autocomplete="username" required=true/>
                <PasswordField errors name="password" label=t::PASSWORD value=password/>
                <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 pt-1">
                    <Button submit=true busy=errors.busy class="min-w-32">{t::SIGN_IN}</Button>
                    <a href="/reset-password" class="link-line text-sm">{t::FORGOT_PASSWORD}</a>
                </div>
            </form>
            <p class="rule mt-10 pt-5 text-sm text-muted">
                {t::NEW_HERE} " " <a href=with_next("/sign-up") class="link-line text-base-content">{t::SIGN_UP}</a>
            </p>
        </Sheet>
    }
    .into_any()
}
