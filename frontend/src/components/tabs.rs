//! Views beside each other: links, so that each has an address and the browser's back button works.

use leptos::prelude::*;
use leptos_router::components::A;

/// Links to sibling pages: pairs of address and label.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<(String, String)>) -> impl IntoView {
    let tabs = tabs.into_iter().map(|(href, text)| {
        view! {
            <A href=href exact=true attr:class="nav-item pb-2 aria-[current=page]:border-current">{text}</A>
        }
    });
    view! {
        <nav aria-label=label class="mb-8 flex gap-6 overflow-x-auto border-b border-line">{tabs.collect_view()}</nav>
    }
    .into_any()
}
