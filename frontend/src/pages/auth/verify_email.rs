//! Confirming an address with the token of the mailed link.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Confirming an address with the token of the mailed link.
#[component]
pub fn VerifyEmail() -> impl IntoView {
    view! { <Page title=texts::auth::VERIFY_EMAIL>""</Page> }.into_any()
}
