//! Events that Stripe delivered.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Events that Stripe delivered.
#[component]
pub fn Webhooks() -> impl IntoView {
    view! { <Page title=texts::admin::WEBHOOKS>""</Page> }.into_any()
}
