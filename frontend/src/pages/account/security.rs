//! Password and the places where the account is signed in.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Password and the places where the account is signed in.
#[component]
pub fn Security() -> impl IntoView {
    view! { <Page title=texts::desk::SECURITY>""</Page> }.into_any()
}
