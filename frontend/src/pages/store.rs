//! All products, to filter and search.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// All products, to filter and search.
#[component]
pub fn Store() -> impl IntoView {
    view! { <Page title=texts::store::PRODUCTS>""</Page> }.into_any()
}
