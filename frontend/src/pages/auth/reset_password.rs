//! Setting a new password by the mailed link.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use vitrine_types::{Code, accounts::PasswordReset};

use super::{NewPasswordField, sheet::Sheet};
use crate::{
    components::{Button, ButtonLink, ErrorBanner, FormErrors, toast_ok},
    session::use_session,
    texts::auth as t,
};

/// Setting a new password by the mailed link.
#[component]
pub fn ResetPassword() -> impl IntoView {
    let (session, navigate) = (use_session(), StoredValue::new_local(use_navigate()));
    let token = use_query_map().with_untracked(|query| query.get("token")).filter(|token| !token.is_empty());
    let dead = RwSignal::new(token.is_none());
    let (token, password, errors) = (StoredValue::new(token), RwSignal::new(String::new()), FormErrors::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let reset = PasswordReset { token: token.get_value().unwrap_or_default(), password: password.get_untracked() };
        errors.submit(async move {
            match session.client().confirm_password_reset(&reset).await {
                Err(error) if error.code() == Some(Code::InvalidOneTimeToken) => {
                    dead.try_set(true);
                    return Ok(());
                }
                answer => answer?,
            }
            // It has ended all sessions, this one too.
            session.forget();
            toast_ok(t::PASSWORD_SET);
            navigate.try_with_value(|navigate| navigate("/sign-in", Default::default()));
            Ok(())
        });
    };
    let title = Signal::derive(move || if dead.get() { t::LINK_DEAD_TITLE } else { t::NEW_PASSWORD }.to_owned());
    let lead = Signal::derive(move || if dead.get() { t::LINK_DEAD_WORDS } else { t::NEW_PASSWORD_LEAD }.to_owned());
    view! {
        <Sheet title lead>
            <Show
                when=move || !dead.get()
                fallback=|| view! { <div role="status"><span class="sr-only">{t::LINK_DEAD_TITLE}</span><ButtonLink href="/reset-password">{t::ASK_AGAIN}</ButtonLink></div> }
            >
                <form class="grid gap-5" novalidate on:submit=send>
                    <ErrorBanner errors/>
                    <NewPasswordField errors name="password" label=t::PASSWORD value=password name_typed="" email_typed=""/>
                    <div class="pt-1">
                        <Button submit=true busy=errors.busy>{t::NEW_PASSWORD}</Button>
                    </div>
                </form>
            </Show>
        </Sheet>
    }
    .into_any()
}
