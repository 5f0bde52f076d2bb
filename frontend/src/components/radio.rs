//! One of several.

use leptos::prelude::*;

/// One of several, with what there is to say about it. All of them share a `name`.
#[component]
pub fn Radio(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into, optional)] words: String,
    #[prop(optional)] class: &'static str,
    #[prop(into)] chosen: Signal<bool>,
    #[prop(into)] choose: Callback<()>,
) -> impl IntoView {
    let title = if words.is_empty() { "" } else { "font-medium" };
    let words = (!words.is_empty()).then(|| view! { <span class="text-sm text-muted">{words}</span> });
    view! {
        <label class=format!("flex cursor-pointer items-start gap-3 {class}")>
            <input type="radio" name=name class="radio radio-sm mt-0.5" prop:checked=chosen on:change=move |_| choose.run(())/>
            <span class="grid gap-0.5">
                <span class=title>{label}</span>
                {words}
            </span>
        </label>
    }
    .into_any()
}
