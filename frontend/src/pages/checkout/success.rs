//! After paying: the order settles, live.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// After paying: the order settles, live.
#[component]
pub fn Success() -> impl IntoView {
    view! { <Page title=texts::checkout::THANKS>""</Page> }.into_any()
}
