//! Choosing a password.

use leptos::prelude::*;

use crate::{
    components::{FormErrors, PasswordField},
    texts::auth as t,
};

/// A password to be chosen, with the rules that it has to keep, ticked off while it is typed.
///
/// Well-known passwords are told by the server when the form is sent.
#[component]
pub fn NewPasswordField(
    errors: FormErrors,
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// The name of whose password it is.
    #[prop(into)]
    name_typed: Signal<String>,
    /// The address of whose password it is.
    #[prop(into)]
    email_typed: Signal<String>,
) -> impl IntoView {
    let long = move || value.with(|value| (8..=128).contains(&value.chars().count()));
    let own = move || {
        let password = value.get().to_lowercase();
        let (email, name) = (email_typed.get().trim().to_lowercase(), name_typed.get().trim().to_lowercase());
        let short = email.split('@').next().unwrap_or_default();
        !password.is_empty() && password != email && password != name && password != short
    };
    view! {
        <div class="grid gap-2">
            <PasswordField errors name label value help=t::PASSWORD_HELP autocomplete="new-password"/>
            <ul class="flex flex-wrap gap-x-6 gap-y-1 text-sm text-muted">
                <Rule kept=Signal::derive(long) words=t::RULE_LENGTH/>
                <Rule kept=Signal::derive(own) words=t::RULE_PERSONAL/>
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn Rule(kept: Signal<bool>, words: &'static str) -> impl IntoView {
    view! {
        <li class="tick" data-kept=move || kept.get().then_some("true")>
            {words}
            <Show when=move || kept.get()><span class="sr-only">": " {t::RULE_KEPT}</span></Show>
        </li>
    }
}
