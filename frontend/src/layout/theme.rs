//! Light, dark, or as the device has it. `public/theme.js` applies the choice before the first paint.

use leptos::prelude::*;

use crate::texts::store as t;

const STORE: &str = "vitrine.theme";

/// Buttons to choose the colours by; for a menu.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let storage = || window().local_storage().ok().flatten();
    let chosen =
        RwSignal::new(storage().and_then(|storage| storage.get_item(STORE).ok().flatten()).unwrap_or_default());
    Effect::new(move |before: Option<()>| {
        let theme = chosen.get();
        if before.is_none() {
            return;
        }
        if let (Some(root), Some(storage)) = (document().document_element(), storage()) {
            let _ = match theme.as_str() {
                "" => root.remove_attribute("data-theme").and(storage.remove_item(STORE)),
                theme => root.set_attribute("data-theme", theme).and(storage.set_item(STORE, theme)),
            };
        }
    });
    let choice = move |value: &'static str, text: &'static str| {
        view! {
            <button
                type="button"
                class="cursor-pointer py-1 text-muted hover:text-base-content aria-pressed:text-base-content aria-pressed:underline underline-offset-4"
                aria-pressed=move || if chosen.with(|chosen| chosen == value) { "true" } else { "false" }
                on:click=move |event| {
                    event.stop_propagation();
                    chosen.set(value.into());
                }
            >
                {text}
            </button>
        }
    };
    view! {
        <div role="group" aria-label=t::THEME class="flex gap-4 text-sm">
            {choice("light", t::THEME_LIGHT)} {choice("dark", t::THEME_DARK)} {choice("", t::THEME_SYSTEM)}
        </div>
    }
    .into_any()
}
