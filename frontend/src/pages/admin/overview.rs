//! What happened lately and what needs a look.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// What happened lately and what needs a look.
#[component]
pub fn Overview() -> impl IntoView {
    view! { <Page title=texts::admin::OVERVIEW>""</Page> }.into_any()
}
