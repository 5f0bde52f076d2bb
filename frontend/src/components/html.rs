//! HTML from the server.

use leptos::prelude::*;

/// Shows HTML that the server has sanitised: the one place where markup enters the page.
#[component]
pub fn Html(#[prop(into)] sanitised: String) -> impl IntoView {
    view! { <div class="prose-note" inner_html=sanitised></div> }.into_any()
}
