//! Asking for a mail to set a new password.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Asking for a mail to set a new password.
#[component]
pub fn ForgotPassword() -> impl IntoView {
    view! { <Page title=texts::auth::FORGOT_PASSWORD>""</Page> }.into_any()
}
