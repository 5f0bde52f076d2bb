//! One customer with what they bought and own.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// One customer with what they bought and own.
#[component]
pub fn CustomerDetail() -> impl IntoView {
    view! { <Page title=texts::admin::CUSTOMER>""</Page> }.into_any()
}
