//! Short notes at the edge of the page: the one way the result of an action reaches the user.

use std::{cell::OnceCell, time::Duration};

use leptos::prelude::*;
use vitrine_client::Error;

use crate::texts;

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    kind: &'static str,
    text: String,
}

thread_local! {
    // Not in a context: an action may end when the page that started it is gone.
    static TOASTS: OnceCell<ArcRwSignal<Vec<Toast>>> = const { OnceCell::new() };
}

fn toasts() -> ArcRwSignal<Vec<Toast>> {
    TOASTS.with(|toasts| toasts.get_or_init(|| ArcRwSignal::new(Vec::new())).clone())
}

fn show(kind: &'static str, text: String, seconds: u64) {
    let toasts = toasts();
    let id = toasts.with_untracked(|toasts| toasts.last().map_or(0, |last| last.id + 1));
    toasts.update(|toasts| {
        // The same thing twice says no more than once.
        toasts.retain(|toast| toast.text != text);
        toasts.push(Toast { id, kind, text });
    });
    set_timeout(move || dismiss(id), Duration::from_secs(seconds));
}

fn dismiss(id: u32) {
    toasts().update(|toasts| toasts.retain(|toast| toast.id != id));
}

/// Something worked.
pub fn toast_ok(text: impl Into<String>) {
    show("ok", text.into(), 5);
}

/// Something the user should know.
pub fn toast_note(text: impl Into<String>) {
    show("note", text.into(), 8);
}

/// Something failed.
pub fn toast_error(error: &Error) {
    show("error", texts::error(error), 12);
}

/// Where they appear; once in the app.
#[component]
pub fn Toasts() -> impl IntoView {
    let toasts = toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For
                each=move || toasts.get()
                key=|toast| toast.id
                children=|Toast { id, kind, text }| {
                    view! {
                        <div class="toast-note" data-kind=kind>
                            <span>{text}</span>
                            <button
                                type="button"
                                class="cursor-pointer text-sm underline underline-offset-4"
                                on:click=move |_| dismiss(id)
                            >
                                {texts::DISMISS}
                            </button>
                        </div>
                    }
                }
            />
        </div>
    }
    .into_any()
}
