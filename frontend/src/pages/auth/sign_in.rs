//! Signing in; goes on to `?next=`.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Signing in; goes on to `?next=`.
#[component]
pub fn SignIn() -> impl IntoView {
    view! { <Page title=texts::auth::SIGN_IN>""</Page> }.into_any()
}
