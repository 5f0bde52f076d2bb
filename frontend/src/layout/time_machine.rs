//! A demo's time machine: a strip below the owner's pages that moves the shop's clock ahead.

use leptos::prelude::*;
use vitrine_types::time_machine::{TimeTarget, TimeTravel};

use crate::{
    components::{Button, ButtonKind, perform},
    format,
    session::{load, use_session},
    texts::time_machine as t,
};

const TARGETS: [(TimeTarget, &str); 5] = [
    (TimeTarget::Hour, t::HOUR),
    (TimeTarget::Day, t::DAY),
    (TimeTarget::Week, t::WEEK),
    (TimeTarget::Month, t::MONTH),
    (TimeTarget::Renewal, t::RENEWAL),
];

/// The strip; nothing where the shop is no demo.
#[component]
pub fn TimeMachine() -> impl IntoView {
    let shop = use_session().shop;
    let demo = Memo::new(move |_| shop.with(|shop| shop.as_ref().is_some_and(|shop| shop.demo)));
    view! { <Show when=move || demo.get()><Strip/></Show> }.into_any()
}

#[component]
fn Strip() -> impl IntoView {
    let session = use_session();
    let time = load(|client| async move { client.get_shop_time().await });
    let now = move || {
        let time = time.get().and_then(Result::ok)?;
        Some(t::shop_time(&format::moment(&time.now), time.ahead_seconds / 86_400))
    };
    let busy = RwSignal::new(false);
    let cards_fail = RwSignal::new(false);
    let cards_touched = RwSignal::new(false);
    let travel = move |to: TimeTarget| {
        perform(busy, async move {
            let cards_work = cards_touched.get_untracked().then(|| !cards_fail.get_untracked());
            session.client().travel_in_time(&TimeTravel { to, cards_work }).await?;
            // Every number on the page may be another one now.
            drop(window().location().reload());
            Ok(())
        });
    };
    let buttons = TARGETS.map(|(to, label)| {
        view! {
            <Button kind=ButtonKind::Secondary small=true busy=busy on_press=move || travel(to)>
                {label}
            </Button>
        }
    });
    view! {
        <aside aria-label=t::NAME class="bottom-0 z-10 border-t border-line bg-base-200 sm:sticky print:hidden">
            <div class="wall flex flex-wrap items-center gap-x-4 gap-y-2 py-2 text-sm">
                <span class="font-semibold">{t::NAME}</span>
                <span class="tabular-nums text-muted" role="status">{now}</span>
                <label class="ms-auto flex items-center gap-2">
                    <input
                        type="checkbox"
                        class="checkbox checkbox-sm"
                        prop:checked=cards_fail
                        on:change=move |event| {
                            cards_fail.set(event_target_checked(&event));
                            cards_touched.set(true);
                        }
                    />
                    {t::CARDS_FAIL}
                </label>
                <div role="group" aria-label=t::MOVE_AHEAD class="flex flex-wrap gap-2">{buttons.collect_view()}</div>
            </div>
        </aside>
    }
    .into_any()
}
