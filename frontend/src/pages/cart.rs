//! The cart.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// The cart.
#[component]
pub fn CartPage() -> impl IntoView {
    view! { <Page title=texts::store::CART>""</Page> }.into_any()
}
