//! Everything the shop knows, and deleting the account.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Everything the shop knows, and deleting the account.
#[component]
pub fn Privacy() -> impl IntoView {
    view! { <Page title=texts::desk::PRIVACY>""</Page> }.into_any()
}
