//! Forms that ask for a page.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

/// A form whose fields become the query of the address it leads to. Smaller than the router's, which also knows how to
/// send.
#[component]
pub fn QueryForm(
    /// The page's path.
    #[prop(into)]
    action: String,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let path = action.clone();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let form = event.current_target().map(|form| form.unchecked_into::<HtmlFormElement>());
        let fields = form.and_then(|form| FormData::new_with_form(&form).ok());
        let query = fields.and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(&fields).ok());
        if let Some(query) = query {
            navigate(&format!("{path}?{}", String::from(query.to_string())), Default::default());
        }
    };
    view! { <form method="get" action=action on:submit=submit>{children()}</form> }.into_any()
}
