//! When a plan ends: asked of customers, and of the owner.

use leptos::prelude::*;

use crate::{components::Radio, texts::plans as t};

/// With the period, or now; the words say what each means.
#[component]
pub fn EndWhen(now: RwSignal<bool>, at_end: String, #[prop(into)] at_once: String) -> impl IntoView {
    let choice = move |is_now: bool, label: &'static str, words: String| {
        let chosen = Signal::derive(move || now.get() == is_now);
        view! { <Radio name="when" label words chosen choose=move || now.set(is_now)/> }
    };
    view! {
        <fieldset class="grid gap-3">
            <legend class="sr-only">{t::CANCEL_WHEN}</legend>
            {choice(false, t::CANCEL_AT_END, at_end)}
            {choice(true, t::CANCEL_NOW, at_once)}
        </fieldset>
    }
    .into_any()
}
