//! Notices that the shop has been upgraded while the page was open.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{components::Button, session::use_session, texts};

const EVERY: Duration = Duration::from_secs(300);

/// Asks the server for its version now and then, and when the visitor comes back to the tab.
#[component]
pub fn UpdateNotice() -> impl IntoView {
    let session = use_session();
    let newer = RwSignal::new(false);
    let check = move || {
        spawn_local(async move {
            let running = session.shop.with_untracked(|shop| shop.as_ref().map(|shop| shop.version.clone()));
            if let (Some(running), Ok(shop)) = (running, session.client().get_shop().await) {
                newer.try_set(shop.version != running);
            }
        });
    };
    if let Ok(timer) = set_interval_with_handle(check, EVERY) {
        on_cleanup(move || timer.clear());
    }
    let focus = window_event_listener(ev::focus, move |_| check());
    on_cleanup(move || focus.remove());
    view! {
        <Show when=move || newer.get()>
            <div role="status" class="flex flex-wrap items-center justify-center gap-4 bg-base-200 px-4 py-2 text-sm">
                {texts::NEW_VERSION}
                <Button small=true on_press=move || drop(window().location().reload())>{texts::RELOAD}</Button>
            </div>
        </Show>
    }
    .into_any()
}
