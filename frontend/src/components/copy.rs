//! Copies a text.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::{Button, ButtonKind};
use crate::texts;

/// A button that copies `text` and says so.
#[component]
pub fn Copy(#[prop(into)] text: Signal<String>, #[prop(into, optional)] label: Option<String>) -> impl IntoView {
    let copied = RwSignal::new(false);
    let label = label.unwrap_or_else(|| texts::COPY.into());
    let copy = move || {
        let done = window().navigator().clipboard().write_text(&text.get_untracked());
        spawn_local(async move {
            if JsFuture::from(done).await.is_ok() {
                copied.try_set(true);
                set_timeout(move || _ = copied.try_set(false), Duration::from_secs(2));
            }
        });
    };
    view! {
        <Button kind=ButtonKind::Quiet small=true on_press=copy>
            <span aria-live="polite">{move || if copied.get() { texts::COPIED.to_owned() } else { label.clone() }}</span>
        </Button>
    }
    .into_any()
}
