//! One order with its refunds.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// One order with its refunds.
#[component]
pub fn OrderDetail() -> impl IntoView {
    view! { <Page title=texts::admin::ORDER>""</Page> }.into_any()
}
