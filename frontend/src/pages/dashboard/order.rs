//! One order: a printable receipt.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// One order: a printable receipt.
#[component]
pub fn OrderDetail() -> impl IntoView {
    view! { <Page title=texts::desk::ORDER>""</Page> }.into_any()
}
