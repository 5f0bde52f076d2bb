//! Something shown inside the shop, in a frame that can reach nothing of it.

use std::time::Duration;

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::entitlements::EmbedLink;

use crate::{
    components::{Button, ButtonKind, Copy, Failure, When, perform},
    session::{load, use_session},
    texts::desk as t,
};

/// As the server's snippet has it: scripts run, but without the shop's origin.
const SANDBOX: &str = "allow-scripts allow-forms allow-popups allow-presentation";

/// The frame of something owned. The address in it works for a while; an open frame stays beyond that.
#[component]
pub fn Frame(own: Uuid, name: String) -> impl IntoView {
    let session = use_session();
    let link = load(move |client| async move { client.get_embed(own).await });
    // What the frame shows. A renewed address does not take its place by itself: what was done in the frame would be lost.
    let shown = RwSignal::new(None::<EmbedLink>);
    let (round, loaded) = (RwSignal::new(0_u32), RwSignal::new(false));
    Effect::new(move || {
        let fresh = link.with(|link| link.as_ref().and_then(|link| link.clone().ok()));
        let Some(fresh) = fresh else { return };
        let life = (fresh.expires_at.timestamp_millis() as f64 - js_sys::Date::now()) / 1000.0;
        if shown.with_untracked(Option::is_none) {
            shown.set(Some(fresh));
        }
        // A clock that is wrong must not make this page ask without end.
        let renew = Duration::from_secs_f64((life - 60.0).max(60.0));
        if let Ok(timer) = set_timeout_with_handle(move || link.refetch(), renew) {
            on_cleanup(move || timer.clear());
        }
    });
    let busy = RwSignal::new(false);
    let start_over = move || {
        perform(busy, async move {
            let fresh = session.client().get_embed(own).await?;
            loaded.try_set(false);
            shown.try_set(Some(fresh));
            round.try_update(|round| *round += 1);
            Ok(())
        });
    };
    let failure = Memo::new(move |_| link.with(|link| link.as_ref().and_then(|link| link.clone().err())));
    // A new element each round: the same address in the same element would not load again.
    let rounds = move || shown.with(Option::is_some).then(|| round.get());
    let frame = move |_| {
        let link = shown.get_untracked();
        link.map(|link| {
            view! {
                <iframe
                    class="block w-full"
                    src=link.iframe_url
                    title=name.clone()
                    height=link.height.to_string()
                    sandbox=SANDBOX
                    allow="fullscreen"
                    referrerpolicy="no-referrer"
                    on:load=move |_| loaded.set(true)
                ></iframe>
            }
        })
    };
    view! {
        <Show
            when=move || failure.with(Option::is_none)
            fallback=move || failure.get().map(|error| view! { <Failure error retry=move || link.refetch()/> })
        >
            <div class="relative border border-line" aria-busy=move || (!loaded.get()).then_some("true")>
                <Show when=move || !loaded.get()>
                    <p class="absolute inset-0 grid min-h-40 place-content-center text-sm text-muted" role="status">{t::FRAME_LOADING}</p>
                </Show>
                <div class="min-h-40"><For each=rounds key=|round| *round children=frame.clone()/></div>
            </div>
        </Show>
        <div class="grid justify-items-start gap-4 pt-4">
            <Button kind=ButtonKind::Quiet small=true busy on_press=start_over>{t::RELOAD_FRAME}</Button>
            <details class="min-w-0 max-w-full text-sm">
                <summary class="cursor-pointer py-1.5 text-muted">{t::SNIPPET}</summary>
                {move || link.get().and_then(Result::ok).map(|link| {
                    let html = link.html.clone();
                    view! {
                        <p class="py-2 text-muted">{t::SNIPPET_HELP} " " <When time=link.expires_at/> "."</p>
                        <pre class="max-w-full overflow-x-auto whitespace-pre-wrap break-all border border-line p-3 text-xs" tabindex="0"><code>{html.clone()}</code></pre>
                        <Copy text=Signal::stored(html)/>
                    }
                })}
            </details>
        </div>
    }
    .into_any()
}
