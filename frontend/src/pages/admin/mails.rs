//! What the shop has sent.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// What the shop has sent.
#[component]
pub fn Mails() -> impl IntoView {
    view! { <Page title=texts::admin::MAILS>""</Page> }.into_any()
}
