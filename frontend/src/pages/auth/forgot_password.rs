//! Asking for a link to set a new password.

use leptos::prelude::*;

use super::sheet::{Sheet, filled};
use crate::{
    components::{Button, ButtonKind, ButtonLink, ErrorBanner, FormErrors, TextField},
    session::use_session,
    texts::auth as t,
};

/// Asking for a link to set a new password.
#[component]
pub fn ForgotPassword() -> impl IntoView {
    let session = use_session();
    let email =
        RwSignal::new(session.me.with_untracked(|me| me.as_ref().map(|me| me.email.clone())).unwrap_or_default());
    let (errors, sent_to) = (FormErrors::new(), RwSignal::new(None::<String>));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        if !filled(errors, "email", email, t::NEED_ADDRESS) {
            return;
        }
        let address = email.get_untracked().trim().to_owned();
        errors.submit(async move {
            session.client().request_password_reset(&address).await?;
            sent_to.try_set(Some(address));
            Ok(())
        });
    };
    let title = Signal::derive(move || match sent_to.with(Option::is_some) {
        true => t::LINK_SENT_TITLE.to_owned(),
        false => t::FORGOT_PASSWORD.to_owned(),
    });
    let lead = Signal::derive(move || match sent_to.get() {
        Some(address) => t::link_sent(&address),
        None => t::FORGOT_LEAD.to_owned(),
    });
    view! {
        <Sheet title lead>
            <Show
                when=move || sent_to.with(Option::is_none)
                fallback=|| view! { <div role="status"><span class="sr-only">{t::LINK_SENT_TITLE}</span><ButtonLink href="/sign-in" kind=ButtonKind::Secondary>{t::BACK_TO_SIGN_IN}</ButtonLink></div> }
            >
                <form class="grid gap-5" novalidate on:submit=send>
                    <ErrorBanner errors/>
                    <TextField errors name="email" label=t::EMAIL value=email kind="email" autocomplete="username" required=true/>
                    <div class="flex flex-wrap items-center gap-x-6 gap-y-3 pt-1">
                        <Button submit=true busy=errors.busy>{t::SEND_LINK}</Button>
                        <a href="/sign-in" class="link-line text-sm">{t::BACK_TO_SIGN_IN}</a>
                    </div>
                </form>
            </Show>
        </Sheet>
    }
    .into_any()
}
