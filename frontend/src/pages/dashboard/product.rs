//! One thing the customer owns: its files, or the embed itself.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// One thing the customer owns: its files, or the embed itself.
#[component]
pub fn OwnedProduct() -> impl IntoView {
    view! { <Page title=texts::desk::PRODUCT>""</Page> }.into_any()
}
