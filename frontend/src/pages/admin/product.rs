//! Changing a product, its files and its picture.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Changing a product, its files and its picture.
#[component]
pub fn EditProduct() -> impl IntoView {
    view! { <Page title=texts::admin::EDIT_PRODUCT>""</Page> }.into_any()
}
