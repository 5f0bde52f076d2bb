//! When a plan ends: asked of customers, and of the owner.

use leptos::prelude::*;

use crate::texts::plans as t;

/// With the period, or now; the words say what each means.
#[component]
pub fn EndWhen(now: RwSignal<bool>, at_end: String, #[prop(into)] at_once: String) -> impl IntoView {
    let choice = move |is_now: bool, label: &'static str, words: String| {
        view! {
            <label class="flex cursor-pointer items-start gap-3">
                <input
                    type="radio"
                    name="when"
                    class="radio radio-sm mt-0.5"
                    prop:checked=move || now.get() == is_now
                    on:change=move |_| now.set(is_now)
                />
                <span class="grid gap-0.5">
                    <span class="font-medium">{label}</span>
                    <span class="text-sm text-muted">{words}</span>
                </span>
            </label>
        }
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
