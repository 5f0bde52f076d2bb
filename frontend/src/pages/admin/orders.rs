//! All orders.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// All orders.
#[component]
pub fn Orders() -> impl IntoView {
    view! { <Page title=texts::admin::ORDERS>""</Page> }.into_any()
}
