//! Making an account.

use leptos::prelude::*;
use vitrine_types::{Code, accounts::NewCustomer};

use super::{
    NewPasswordField,
    sheet::{Sheet, filled, go_on_when_signed_in},
};
use crate::{
    components::{Button, ErrorBanner, FormErrors, TextField},
    layout::with_next,
    session::use_session,
    texts::auth as t,
};

/// Making an account.
#[component]
pub fn SignUp() -> impl IntoView {
    let session = use_session();
    go_on_when_signed_in();
    let [name, email, password] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let errors = FormErrors::new().at(Code::EmailTaken, "email");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let named = filled(errors, "name", name, t::NEED_NAME);
        let addressed = filled(errors, "email", email, t::NEED_ADDRESS);
        if !named || !addressed {
            return;
        }
        let new = NewCustomer {
            email: email.get_untracked(),
            password: password.get_untracked(),
            name: name.get_untracked(),
        };
        errors.submit(async move {
            session.signed_in(session.client().register(&new).await?.customer);
            Ok(())
        });
    };
    view! {
        <Sheet title=t::SIGN_UP lead=t::SIGN_UP_LEAD>
            <form class="grid gap-5" novalidate on:submit=send>
                <ErrorBanner errors/>
                <TextField errors name="name" label=t::NAME value=name help=t::NAME_HELP autocomplete="name" required=true/>
                <TextField errors name="email" label=t::EMAIL value=email kind="email" autocomplete="username" required=true/>
                <NewPasswordField errors name="password" label=t::PASSWORD value=password name_typed=name email_typed=email/>
                <div class="pt-1">
                    <Button submit=true busy=errors.busy>{t::SIGN_UP}</Button>
                </div>
            </form>
            <p class="rule mt-10 pt-5 text-sm text-muted">
                {t::HAVE_ACCOUNT} " " <a href=with_next("/sign-in") class="link-line text-base-content">{t::SIGN_IN}</a>
            </p>
        </Sheet>
    }
    .into_any()
}
