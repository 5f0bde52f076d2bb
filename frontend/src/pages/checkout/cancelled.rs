//! The customer came back without paying.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// The customer came back without paying.
#[component]
pub fn Cancelled() -> impl IntoView {
    view! { <Page title=texts::checkout::CANCELLED>""</Page> }.into_any()
}
