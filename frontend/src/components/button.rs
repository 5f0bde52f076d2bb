//! Buttons, and links that look like them.

use leptos::{prelude::*, task::spawn_local};
use vitrine_client::Result;

use super::toast_error;

/// How much a button asks to be pressed. One `Primary` per page at most.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum ButtonKind {
    /// The one thing to do next.
    #[default]
    Primary,
    /// Another thing to do.
    Secondary,
    /// By the way.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn btn-line",
            Self::Quiet => "btn btn-ghost",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A button. With `submit` it sends the form it stands in; while `busy` it cannot be pressed again.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] submit: bool,
    #[prop(optional)] small: bool,
    #[prop(into, optional)] busy: Signal<bool>,
    #[prop(into, optional)] disabled: Signal<bool>,
    #[prop(into, optional)] label: Option<Signal<String>>,
    #[prop(into, optional)] class: String,
    #[prop(into, optional)] on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let class = format!("{} {}{class}", kind.class(), if small { "btn-sm " } else { "" });
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=class
            // Not `disabled` while busy: that would take the focus away.
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            aria-label=move || label.map(|label| label.get())
            disabled=disabled
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                } else if let Some(on_press) = on_press {
                    on_press.run(());
                }
            }
        >
            <Show when=move || busy.get()>
                <span class="loading loading-spinner loading-xs" aria-hidden="true"></span>
            </Show>
            {children()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] small: bool,
    #[prop(into, optional)] class: String,
    children: Children,
) -> impl IntoView {
    let class = format!("{} {}{class}", kind.class(), if small { "btn-sm " } else { "" });
    view! { <a href=href class=class>{children()}</a> }.into_any()
}

/// Does what a button promises: `busy` until done, and a failure reaches the user as a toast.
pub fn perform(busy: RwSignal<bool>, work: impl Future<Output = Result<()>> + 'static) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    spawn_local(async move {
        if let Err(error) = work.await {
            toast_error(&error);
        }
        // The page may have been left meanwhile.
        busy.try_set(false);
    });
}
