//! The front page.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// The front page.
#[component]
pub fn Front() -> impl IntoView {
    view! { <Page title=texts::store::HOME>""</Page> }.into_any()
}
