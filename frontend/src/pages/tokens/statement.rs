//! A statement: what is left until when, and every line of what happened.

use leptos::prelude::*;
use vitrine_types::tokens::{TokenEntry, TokenLot};

use crate::{
    components::{List, Load, LoadMore, When},
    format,
    texts::tokens as t,
};

/// Where a line of the statement leads, and what is there.
pub type Links = Callback<TokenEntry, Option<(String, String)>>;

/// What is left of what came in together, by when it ends.
#[component]
pub fn Lots(lots: Vec<TokenLot>) -> impl IntoView {
    if lots.is_empty() {
        return view! { <p class="text-muted">{t::NONE_LEFT}</p> }.into_any();
    }
    let rows = lots.into_iter().map(|lot| {
        let until = match lot.expires_at {
            Some(_) if lot.awaits_renewal => t::UNTIL_RENEWED.to_owned(),
            Some(end) => t::until(&format::date(&end)),
            None => t::NEVER_ENDS.to_owned(),
        };
        view! {
            <li class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-3">
                <span>{t::tokens(lot.remaining)}</span>
                <span class="text-sm text-muted">{format!("{}, {until}", t::source(lot.source))}</span>
            </li>
        }
    });
    view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
}

/// Every line, newest first.
#[component]
pub fn Lines(list: List<TokenEntry>, links: Links) -> impl IntoView {
    let line = move |entry: TokenEntry| view! { <Line entry links/> };
    view! {
        <Load
            resource=list.first
            render=move |first| match first.data.is_empty() {
                true => view! { <p class="text-muted">{t::NOTHING_YET}</p> }.into_any(),
                false => view! {
                    <ul class="rows">
                        {first.data.into_iter().map(line).collect_view()}
                        <For each=move || list.more.get() key=|entry| entry.id children=line/>
                    </ul>
                    <LoadMore list/>
                }
                .into_any(),
            }
        />
    }
    .into_any()
}

#[component]
fn Line(entry: TokenEntry, links: Links) -> impl IntoView {
    let words = t::line(&entry);
    let (time, amount) = (entry.created_at, entry.amount);
    let more = links.run(entry).map(|(href, title)| view! { " · " <a class="link-line" href=href>{title}</a> });
    view! {
        <li class="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 py-3">
            <span class="min-w-0">
                <span class="block break-words">{words}</span>
                <span class="text-sm text-muted"><When time/> {more}</span>
            </span>
            <span class="figures">{t::signed(amount)}</span>
        </li>
    }
    .into_any()
}
