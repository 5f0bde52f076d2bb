//! All customers.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// All customers.
#[component]
pub fn Customers() -> impl IntoView {
    view! { <Page title=texts::admin::CUSTOMERS>""</Page> }.into_any()
}
