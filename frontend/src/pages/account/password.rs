//! Changing the password.

use leptos::prelude::*;
use vitrine_types::{Code, accounts::PasswordChange};

use super::Part;
use crate::{
    components::{Button, ErrorBanner, FormErrors, PasswordField, toast_ok},
    pages::auth::NewPasswordField,
    session::use_session,
    texts::account as t,
};

/// Changing the password.
#[component]
pub fn Password() -> impl IntoView {
    let session = use_session();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let errors = FormErrors::new().at(Code::WrongPassword, "current_password");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = PasswordChange { current_password: current.get_untracked(), new_password: new.get_untracked() };
        errors.submit(async move {
            session.client().change_password(&change).await?;
            toast_ok(t::PASSWORD_CHANGED);
            current.try_set(String::new());
            new.try_set(String::new());
            Ok(())
        });
    };
    let name = Signal::derive(move || session.me.with(|me| me.as_ref().map(|me| me.name.clone())).unwrap_or_default());
    let email =
        Signal::derive(move || session.me.with(|me| me.as_ref().map(|me| me.email.clone())).unwrap_or_default());
    view! {
        <Part title=t::PASSWORD lead=t::PASSWORD_LEAD>
            <form class="grid max-w-md gap-5" novalidate on:submit=send>
                <ErrorBanner errors/>
                // For password managers, which else would not know whose password it is.
                <input type="text" name="username" autocomplete="username" class="hidden" readonly prop:value=email/>
                <PasswordField errors name="current_password" label=t::CURRENT_PASSWORD value=current/>
                <NewPasswordField errors name="new_password" label=t::NEW_PASSWORD value=new name_typed=name email_typed=email/>
                <div class="pt-1">
                    <Button submit=true busy=errors.busy>{t::CHANGE_PASSWORD}</Button>
                </div>
            </form>
        </Part>
    }
    .into_any()
}
