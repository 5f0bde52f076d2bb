//! The line above a table: search and filters, kept in the address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsCast;

use crate::{components::QueryForm, texts::admin as t};

/// A filter of the address: the value of `?name=`, empty when absent.
pub fn query(name: &'static str) -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || query.with(|query| query.get(name).unwrap_or_default()))
}

/// As [`query`], read as one of the API's words; `None` for anything else.
pub fn query_as<T: serde::de::DeserializeOwned + Send + Sync + 'static>(name: &'static str) -> Signal<Option<T>> {
    let text = query(name);
    Signal::derive(move || serde_json::from_value(text.get().into()).ok())
}

/// What a filter can be: its name in the address, its label, and pairs of value and word.
pub type Choice = (&'static str, &'static str, Vec<(String, String)>);

/// Search (when there is a placeholder for it) and filters. A change is a new address.
#[component]
pub fn Filters(
    action: &'static str,
    #[prop(optional)] search: Option<&'static str>,
    #[prop(default = "q")] search_name: &'static str,
    #[prop(optional)] choices: Vec<Choice>,
) -> impl IntoView {
    let search = search.map(|placeholder| {
        let now = query(search_name);
        view! {
            <input
                type="search"
                name=search_name
                class="input"
                placeholder=placeholder
                aria-label=placeholder
                prop:value=now
            />
        }
    });
    let choices = choices.into_iter().map(|(name, label, options)| {
        let now = query(name);
        let options = options.into_iter().map(|(value, word)| {
            let is_now = {
                let value = value.clone();
                move || now.with(|now| *now == value)
            };
            view! { <option value=value selected=is_now>{word}</option> }
        });
        view! {
            <select name=name class="select" aria-label=label on:change=submit>
                <option value="" selected=move || now.with(String::is_empty)>{label}</option>
                {options.collect_view()}
            </select>
        }
    });
    view! {
        <QueryForm action=action>
            <div class="filters" role="search" aria-label=t::FILTER>
                {search}
                {choices.collect_view()}
                <button type="submit" class="sr-only">{t::FILTER}</button>
            </div>
        </QueryForm>
    }
    .into_any()
}

fn submit(event: web_sys::Event) {
    let select = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok());
    if let Some(form) = select.and_then(|select| select.form()) {
        // Not `submit()`: that would pass the router by and load the page anew.
        let _ = form.request_submit();
    }
}
