//! The customer's orders.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// The customer's orders.
#[component]
pub fn Orders() -> impl IntoView {
    view! { <Page title=texts::desk::ORDERS>""</Page> }.into_any()
}
