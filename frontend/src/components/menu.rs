//! A button that opens a short list of places to go and things to do.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// Opens its children (links and buttons of class `menu-item`) below a button. Closes on Esc, on a choice, and when
/// the focus leaves it.
#[component]
pub fn Menu(
    /// What a screen reader calls the button.
    #[prop(into)]
    label: Signal<String>,
    /// What the button shows.
    #[prop(into)]
    trigger: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let outside = move |target: Option<web_sys::EventTarget>| {
        let node = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        root.get_untracked().is_some_and(|root| !root.contains(node.as_ref()))
    };
    let listener = window_event_listener(ev::pointerdown, move |event| {
        if open.get_untracked() && outside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || listener.remove());
    view! {
        <div
            class="relative"
            node_ref=root
            on:keydown=move |event| {
                if event.key() == "Escape" && open.get_untracked() {
                    open.set(false);
                    if let Some(button) = button.get_untracked() {
                        let _ = button.focus();
                    }
                }
            }
            on:focusout=move |event| {
                if event.related_target().is_some() && outside(event.related_target()) {
                    open.set(false);
                }
            }
        >
            <button
                node_ref=button
                type="button"
                class="btn btn-ghost px-2"
                aria-label=label
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {trigger.run()}
            </button>
            <Show when=move || open.get()>
                <div class="menu-panel" on:click=move |_| open.set(false)>{children()}</div>
            </Show>
        </div>
    }
    .into_any()
}
