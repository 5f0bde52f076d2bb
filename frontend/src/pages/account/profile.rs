//! Name, picture, address, time zone.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Name, picture, address, time zone.
#[component]
pub fn Profile() -> impl IntoView {
    view! { <Page title=texts::desk::ACCOUNT>""</Page> }.into_any()
}
