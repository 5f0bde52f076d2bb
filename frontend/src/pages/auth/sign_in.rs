//! Signing in: address and password, and where it is on, the second factor.

use leptos::prelude::*;
use vitrine_types::{Code, accounts::Credentials};
use wasm_bindgen::JsCast;

use super::sheet::{Sheet, filled, go_on_when_signed_in};
use crate::{
    components::{Button, ErrorBanner, FormErrors, PasswordField, TextField},
    layout::with_next,
    session::use_session,
    texts::auth as t,
};

/// What is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Password,
    /// A code of the authenticator app.
    Totp,
    /// A recovery code in its place.
    Recovery,
}

/// Signing in.
#[component]
pub fn SignIn() -> impl IntoView {
    let session = use_session();
    go_on_when_signed_in();
    let [email, password, code] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let step = RwSignal::new(Step::Password);
    let errors = FormErrors::new().at(Code::InvalidTotp, "code");
    let turn_to = move |next: Step| {
        errors.clear();
        code.set(String::new());
        step.set(next);
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let now = step.get_untracked();
        let is_filled = match now {
            // Both, so that both are marked.
            Step::Password => {
                filled(errors, "email", email, t::NEED_ADDRESS) & filled(errors, "password", password, t::NEED_PASSWORD)
            }
            Step::Totp | Step::Recovery => filled(errors, "code", code, t::NEED_CODE),
        };
        if !is_filled {
            return;
        }
        let code = code.get_untracked();
        let credentials = Credentials {
            email: email.get_untracked(),
            password: password.get_untracked(),
            totp: (now == Step::Totp).then(|| code.clone()),
            recovery_code: (now == Step::Recovery).then_some(code),
        };
        errors.submit(async move {
            match session.client().login(&credentials).await {
                Err(error) if error.code() == Some(Code::TotpRequired) => turn_to(Step::Totp),
                answer => session.signed_in(answer?.customer),
            }
            Ok(())
        });
    };
    Effect::new(move || {
        if step.get() != Step::Password {
            request_animation_frame(|| focus("input[name='code']"));
        }
    });
    let lead = Signal::derive(move || match step.get() {
        Step::Password => t::SIGN_IN_LEAD.to_owned(),
        Step::Totp => t::TOTP_LEAD.to_owned(),
        Step::Recovery => t::RECOVERY_LEAD.to_owned(),
    });
    let aside = "link-line cursor-pointer text-sm";
    let other_way = move |next: Step, words: &'static str| {
        view! { <button type="button" class=aside on:click=move |_| turn_to(next)>{words}</button> }.into_any()
    };
    let fields = move || {
        match step.get() {
        Step::Password => view! {
            <TextField errors name="email" label=t::EMAIL value=email kind="email" autocomplete="username" required=true/>
            <PasswordField errors name="password" label=t::PASSWORD value=password/>
        }
        .into_any(),
        Step::Totp => view! {
            <TextField errors name="code" label=t::TOTP value=code input_mode="numeric" autocomplete="one-time-code" required=true/>
        }
        .into_any(),
        Step::Recovery => view! {
            <TextField errors name="code" label=t::RECOVERY_CODE value=code autocomplete="off" required=true/>
        }
        .into_any(),
    }
    };
    let beside = move || match step.get() {
        Step::Password => {
            view! { <a href="/reset-password" class="link-line text-sm">{t::FORGOT_PASSWORD}</a> }.into_any()
        }
        Step::Totp => other_way(Step::Recovery, t::USE_RECOVERY_CODE),
        Step::Recovery => other_way(Step::Totp, t::USE_TOTP),
    };
    let below = move || match step.get() {
        Step::Password => view! {
            {t::NEW_HERE} " " <a href=with_next("/sign-up") class="link-line text-base-content">{t::SIGN_UP}</a>
        }
        .into_any(),
        Step::Totp | Step::Recovery => other_way(Step::Password, t::AS_SOMEBODY_ELSE),
    };
    view! {
        <Sheet title=t::SIGN_IN lead>
            <form class="grid gap-5" novalidate on:submit=send>
                <ErrorBanner errors/>
                {fields}
                <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 pt-1">
                    <Button submit=true busy=errors.busy class="min-w-32">{t::SIGN_IN}</Button>
                    {beside}
                </div>
            </form>
            <p class="rule mt-10 pt-5 text-sm text-muted">{below}</p>
        </Sheet>
    }
    .into_any()
}

fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(field) = found.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}
