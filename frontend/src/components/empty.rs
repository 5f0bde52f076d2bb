//! A place where nothing is yet.

use leptos::prelude::*;

/// Says what will be here, and offers the next step (a `ButtonLink` or `Button`) as its children.
#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(into, optional)] words: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="grid justify-items-start gap-4 py-6">
            <span class="block h-16 w-12 border border-line" aria-hidden="true"></span>
            <h2>{title}</h2>
            <p class="max-w-prose text-muted">{words}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
