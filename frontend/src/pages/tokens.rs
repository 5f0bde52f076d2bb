//! The tokens of a plan: how many were spent, what is left until when, and every line of the statement.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;
use vitrine_types::{
    Page as Batch, PageQuery,
    tokens::{TokenEntry, TokenLot, TokenSource, TokenStatement},
};

use crate::{
    components::{List, Load, LoadMore, Page, When},
    format,
    session::load,
    texts::tokens as t,
};

/// The tokens of the subscription that the address names.
#[component]
pub fn Tokens() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id")).and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
    let now = load(move |client| {
        let id = id();
        async move { client.get_tokens(id, &PageQuery { limit: Some(1), cursor: None }).await }
    });
    let list = List::new(move |client, cursor| {
        let id = id();
        async move {
            let statement = client.get_tokens(id, &PageQuery { limit: Some(50), cursor }).await?;
            Ok(Batch { data: statement.entries, next_cursor: statement.next_cursor })
        }
    });
    view! {
        <Page title=t::TOKENS lead=t::TOKENS_LEAD>
            <div class="grid max-w-2xl gap-12">
                <Load resource=now render=|statement| view! { <Standing statement/> }.into_any()/>
                <section>
                    <h2 class="pb-3 text-lg">{t::STATEMENT}</h2>
                    <Load
                        resource=list.first
                        render=move |first| match first.data.is_empty() {
                            true => view! { <p class="text-muted">{t::NOTHING_YET}</p> }.into_any(),
                            false => view! {
                                <ul class="rows">
                                    {first.data.into_iter().map(|entry| view! { <Line entry/> }).collect_view()}
                                    <For each=move || list.more.get() key=|entry| entry.id let:entry><Line entry/></For>
                                </ul>
                                <LoadMore list/>
                            }
                            .into_any(),
                        }
                    />
                </section>
            </div>
        </Page>
    }
    .into_any()
}

/// How the account stands: the meter, and the lots.
#[component]
fn Standing(statement: TokenStatement) -> impl IntoView {
    let TokenStatement { balance, allotted, spent, lots, .. } = statement;
    let of_plan = |lot: &&TokenLot| matches!(lot.source, TokenSource::Period | TokenSource::Rollover);
    let end = lots.iter().filter(of_plan).filter_map(|lot| lot.expires_at).min();
    let meter = (allotted > 0).then(|| {
        let words = t::spent(spent, allotted);
        // The words say all that the meter shows; a meter of its own colours would say "bad" of what is merely used.
        view! {
            <div class="grid gap-2">
                <p id="tokens-spent">{words.clone()}</p>
                <progress class="progress progress-primary" max=allotted.to_string() value=spent.to_string() aria-labelledby="tokens-spent">{words}</progress>
                {end.map(|end| view! { <p class="text-sm text-muted">{t::ends(&format::date(&end))}</p> })}
            </div>
        }
    });
    let lots = match lots.is_empty() {
        true => view! { <p class="text-muted">{t::NONE_LEFT}</p> }.into_any(),
        false => {
            view! { <ul class="rows">{lots.into_iter().map(|lot| view! { <Lot lot/> }).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <section class="grid gap-6">
            <p class="text-2xl">{t::to_spend(balance)}</p>
            {meter}
        </section>
        <section>
            <h2 class="pb-3 text-lg">{t::LEFT}</h2>
            {lots}
        </section>
    }
    .into_any()
}

#[component]
fn Lot(lot: TokenLot) -> impl IntoView {
    let until = lot.expires_at.map_or_else(|| t::NEVER_ENDS.to_owned(), |end| t::until(&format::date(&end)));
    view! {
        <li class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-3">
            <span>{t::tokens(lot.remaining)}</span>
            <span class="text-sm text-muted">{format!("{}, {until}", t::source(lot.source))}</span>
        </li>
    }
    .into_any()
}

#[component]
fn Line(entry: TokenEntry) -> impl IntoView {
    let words = t::line(&entry);
    let link = match (entry.booking_id, entry.source, &entry.source_ref) {
        (Some(booking), ..) => Some((format!("/dashboard/bookings#booking-{booking}"), t::SEE_BOOKING)),
        (None, Some(TokenSource::TopUp), Some(order)) => Some((format!("/dashboard/orders/{order}"), t::SEE_ORDER)),
        (None, Some(TokenSource::Period), Some(_)) => Some(("/account/plan".to_owned(), t::SEE_PLAN)),
        _ => None,
    };
    let words = match link {
        Some((href, title)) => view! { <a class="link-line" href=href title=title>{words}</a> }.into_any(),
        None => words.into_any(),
    };
    view! {
        <li class="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 py-3">
            <span class="min-w-0">
                <span class="block break-words">{words}</span>
                <span class="text-sm text-muted"><When time=entry.created_at/></span>
            </span>
            <span class="tabular-nums">{t::signed(entry.amount)}</span>
        </li>
    }
    .into_any()
}
