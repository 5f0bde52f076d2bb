//! One product.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// One product.
#[component]
pub fn ProductDetail() -> impl IntoView {
    view! { <Page title=texts::store::PRODUCTS>""</Page> }.into_any()
}
