//! Making an account; goes on to `?next=`.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Making an account; goes on to `?next=`.
#[component]
pub fn SignUp() -> impl IntoView {
    view! { <Page title=texts::auth::SIGN_UP>""</Page> }.into_any()
}
