//! What the customer owns, with the right button on each.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// What the customer owns, with the right button on each.
#[component]
pub fn OwnedProducts() -> impl IntoView {
    view! { <Page title=texts::desk::PRODUCTS>""</Page> }.into_any()
}
