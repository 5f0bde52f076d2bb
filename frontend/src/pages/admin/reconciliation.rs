//! What comparing with Stripe found.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// What comparing with Stripe found.
#[component]
pub fn Reconciliation() -> impl IntoView {
    view! { <Page title=texts::admin::RECONCILIATION>""</Page> }.into_any()
}
