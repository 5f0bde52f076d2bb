//! All products.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// All products.
#[component]
pub fn Products() -> impl IntoView {
    view! { <Page title=texts::admin::PRODUCTS>""</Page> }.into_any()
}
