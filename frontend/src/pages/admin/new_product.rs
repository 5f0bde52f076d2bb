//! Making a product.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Making a product.
#[component]
pub fn NewProduct() -> impl IntoView {
    view! { <Page title=texts::admin::NEW_PRODUCT>""</Page> }.into_any()
}
