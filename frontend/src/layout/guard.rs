//! Pages that not everybody may see.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{components::Page, session::use_session, texts};

/// Where to sign in, and come back to `path` after.
pub fn sign_in_path(path: &str) -> String {
    format!("/sign-in?next={}", js_sys::encode_uri_component(path))
}

/// Another page of signing in, which keeps where to go after. Reactive.
pub fn with_next(path: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let query = StoredValue::new(use_query_map());
    move || match query.get_value().with(|query| query.get("next")).filter(|next| is_ours(next)) {
        Some(next) => format!("{path}?next={}", js_sys::encode_uri_component(&next)),
        None => path.into(),
    }
}

/// Where to go after signing in: `?next=`, but only within this shop.
pub fn next_path() -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| query.get("next")).filter(|next| is_ours(next)).unwrap_or_else(|| "/dashboard".into())
    })
}

/// Whether a path stays here: `//elsewhere` and `/\elsewhere` do not.
fn is_ours(path: &str) -> bool {
    let mut letters = path.chars();
    letters.next() == Some('/')
        && !matches!(letters.next(), Some('/' | '\\'))
        && !path.contains(|c: char| c.is_control())
}

/// Shows its children to who is signed in, and sends others to the sign-in page and back.
#[component]
pub fn SignedIn(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    let (location, navigate) = (use_location(), use_navigate());
    let signed_in = Memo::new(move |_| session.is_signed_in());
    Effect::new(move || {
        if !signed_in.get() {
            let here = untrack(|| {
                format!(
                    "{}{}",
                    location.pathname.get(),
                    location.search.with(|s| if s.is_empty() { String::new() } else { format!("?{s}") })
                )
            });
            navigate(&sign_in_path(&here), NavigateOptions { replace: true, ..Default::default() });
        }
    });
    view! { <Show when=move || signed_in.get()>{children()}</Show> }.into_any()
}

/// Shows its children to the owner; tells others who they are signed in as.
#[component]
pub fn Owner(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    let owner = Memo::new(move |_| session.is_owner());
    view! {
        <SignedIn>
            {
                let children = children.clone();
                view! {
                    <Show when=move || owner.get() fallback=|| view! { <div class="wall py-16"><Page title=texts::admin::OWNERS_DESK lead=texts::NOT_THE_OWNER>""</Page></div> }>
                        {children()}
                    </Show>
                }
            }
        </SignedIn>
    }
    .into_any()
}
