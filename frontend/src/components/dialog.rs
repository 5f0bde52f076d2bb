//! A dialog: the browser's own, so that Esc, focus and the page behind behave as they should.

use leptos::{html, prelude::*};

/// Shows its children above the page while `open`. The focus goes back to where it was when it closes.
#[component]
pub fn Dialog(open: RwSignal<bool>, #[prop(into)] title: Signal<String>, children: ChildrenFn) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog node_ref=dialog class="dialog" aria-label=title on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <h2 class="mb-4">{title}</h2>
                {children()}
            </Show>
        </dialog>
    }
    .into_any()
}
