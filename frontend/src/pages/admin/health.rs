//! What `vitrine doctor` says.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// What `vitrine doctor` says.
#[component]
pub fn Health() -> impl IntoView {
    view! { <Page title=texts::admin::HEALTH>""</Page> }.into_any()
}
