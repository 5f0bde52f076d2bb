//! A page's frame: its title in the browser, its heading, and where a screen reader starts to read.

use leptos::{html, prelude::*};

use crate::session::use_session;

thread_local! {
    // On the first page of a visit the browser itself starts at the top.
    static VISITED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// In the context of what stands in a page, which has its heading already.
#[derive(Clone, Copy)]
pub(super) struct InPage;

/// A page. Puts `title` into the browser's tab and into the heading, and moves the focus there when the visitor came
/// from another page. `actions` stand beside the heading; `hidden` is for pages whose design needs no visible heading.
#[component]
pub fn Page(
    #[prop(into)] title: Signal<String>,
    /// One sentence below the heading.
    #[prop(into, optional)]
    lead: Option<Signal<String>>,
    #[prop(into, optional)] actions: ViewFnOnce,
    #[prop(optional)] hidden: bool,
    children: Children,
) -> impl IntoView {
    provide_context(InPage);
    let shop = use_session().shop;
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get()
            && VISITED.replace(true)
        {
            // The router scrolls; the focus must not.
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = heading.focus_with_options(&options);
        }
    });
    let tab = move || {
        let shop = shop.with(|shop| shop.as_ref().map_or_else(|| "Vitrine".into(), |shop| shop.name.clone()));
        match title.get() {
            title if title.is_empty() || title == shop => shop,
            title => format!("{title} · {shop}"),
        }
    };
    Effect::new(move || document().set_title(&tab()));
    let lead = lead.map(|lead| view! { <p class="mt-3 max-w-prose text-muted">{lead}</p> });
    view! {
        <div class=if hidden { "sr-only" } else { "flex flex-wrap items-end justify-between gap-x-8 gap-y-4 pb-8" }>
            <div class="min-w-0">
                <h1 node_ref=heading tabindex="-1">{title}</h1>
                {lead}
            </div>
            <div class="flex flex-wrap gap-3">{actions.run()}</div>
        </div>
        {children()}
    }
    .into_any()
}
