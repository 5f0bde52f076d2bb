//! What the pages for getting in have in common.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{components::Page, layout::next_path, session::use_session};

/// A narrow page beside an empty display case that says what the shop is.
#[component]
pub fn Sheet(
    #[prop(into)] title: Signal<String>,
    #[prop(into, optional)] lead: Option<Signal<String>>,
    children: Children,
) -> impl IntoView {
    let shop = use_session().shop;
    let tagline = move || shop.with(|shop| shop.as_ref().map(|shop| shop.tagline.clone()));
    let page = match lead {
        Some(lead) => view! { <Page title lead>{children()}</Page> }.into_any(),
        None => view! { <Page title>{children()}</Page> }.into_any(),
    };
    view! {
        <div class="grid items-start gap-16 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
            <div class="w-full max-w-md">{page}</div>
            <div class="display-case" aria-hidden="true">
                <p class="display">{tagline}</p>
            </div>
        </div>
    }
    .into_any()
}

/// Sends on whom is signed in, now or soon, to where they wanted to go.
pub fn go_on_when_signed_in() {
    let session = use_session();
    let (next, navigate) = (next_path(), use_navigate());
    Effect::new(move || {
        if session.is_signed_in() {
            navigate(&next.get_untracked(), NavigateOptions { replace: true, ..Default::default() });
        }
    });
}

/// Whether a text that was typed says anything; tells so at its field when not.
pub fn filled(errors: crate::components::FormErrors, name: &'static str, value: RwSignal<String>, say: &str) -> bool {
    let empty = value.with_untracked(|value| value.trim().is_empty());
    if empty {
        errors.refuse(name, say);
    }
    !empty
}
