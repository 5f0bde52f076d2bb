//! Everything the customer owns: what can be used first, what no longer can below.

use std::collections::HashSet;

use leptos::{ev, prelude::*};
use vitrine_types::{
    Page as Batch, PageQuery,
    catalog::ProductKind,
    entitlements::{Entitlement, EntitlementStatus},
};

use super::card::{ClosedRow, OwnedCard};
use crate::{
    components::{ButtonLink, Empty, List, Load, LoadMore, Page, Skeleton},
    pages::{account::ResendLink, tokens::ToSpend},
    session::use_session,
    texts::{account, desk as t},
};

/// Everything the customer owns.
#[component]
pub fn OwnedProducts() -> impl IntoView {
    let list =
        List::new(
            |client, cursor| async move { client.list_entitlements(&PageQuery { limit: Some(100), cursor }).await },
        );
    // Something may have been bought, or access may have ended, in another tab.
    let focus = window_event_listener(ev::focus, move |_| {
        if list.more.with_untracked(Vec::is_empty) {
            list.first.refetch();
        }
    });
    on_cleanup(move || focus.remove());
    let render = move |first: Batch<Entitlement>| {
        let shelf = Signal::derive(move || list.more.with(|more| sort(first.data.iter().chain(more).cloned())));
        view! { <Shelf shelf/> <LoadMore list/> }.into_any()
    };
    view! {
        <Page title=t::PRODUCTS>
            <ConfirmNotice/>
            <ToSpend/>
            <Load resource=list.first skeleton=Cards render/>
        </Page>
    }
    .into_any()
}

/// What can be used and what cannot.
#[derive(Clone, Default)]
struct Sorted {
    open: Vec<Entitlement>,
    closed: Vec<Entitlement>,
}

/// A product that is owned twice is shown once, but each purchase of a service has appointments of its own. What is
/// closed is of no interest when the same product is open from elsewhere.
fn sort(all: impl Iterator<Item = Entitlement>) -> Sorted {
    let (open, closed): (Vec<_>, Vec<_>) = all.partition(|own| own.status == EntitlementStatus::Active);
    let mut seen = HashSet::new();
    let is_new = |own: &Entitlement| seen.insert(own.product.id) || own.product.kind == ProductKind::Service;
    let open: Vec<_> = open.into_iter().filter(is_new).collect();
    let closed = closed.into_iter().filter(|own| seen.insert(own.product.id)).collect();
    Sorted { open, closed }
}

#[component]
fn Shelf(shelf: Signal<Sorted>) -> impl IntoView {
    move || {
        let Sorted { open, closed } = shelf.get();
        let cards = open.into_iter().enumerate().map(|(at, own)| {
            let eager = at < 3;
            view! { <li class="flex"><OwnedCard own eager/></li> }
        });
        let cards = cards.collect::<Vec<_>>();
        let open = match cards.is_empty() {
            true => view! {
                <Empty title=t::EMPTY_PRODUCTS words=t::EMPTY_PRODUCTS_WORDS>
                    <ButtonLink href="/products">{t::TO_SHOP}</ButtonLink>
                </Empty>
            }
            .into_any(),
            false => view! { <ul class="shelf">{cards}</ul> }.into_any(),
        };
        let closed = (!closed.is_empty()).then(|| {
            view! {
                <section class="pt-16" aria-labelledby="closed">
                    <h2 id="closed" class="pb-4 text-lg">{t::NO_LONGER}</h2>
                    <ul class="rows">{closed.into_iter().map(|own| view! { <ClosedRow own/> }).collect_view()}</ul>
                </section>
            }
        });
        view! { {open} {closed} }
    }
}

#[component]
fn Cards() -> impl IntoView {
    let cards = (0..3).map(|_| {
        view! {
            <div class="grid gap-3">
                <Skeleton class="aspect-[3/2] w-full"/>
                <Skeleton class="h-4 w-20"/>
                <Skeleton class="h-6 w-2/3"/>
                <Skeleton class="mt-4 h-11 w-32"/>
            </div>
        }
    });
    view! { <div class="shelf">{cards.collect_view()}</div> }
}

/// Asks to confirm the address, until it is. Notices when that has happened in another tab.
#[component]
fn ConfirmNotice() -> impl IntoView {
    let session = use_session();
    let unconfirmed = Memo::new(move |_| {
        session.me.with(|me| me.as_ref().filter(|me| !me.email_verified).map(|me| me.email.clone()))
    });
    let focus = window_event_listener(ev::focus, move |_| {
        if unconfirmed.with_untracked(Option::is_some) {
            leptos::task::spawn_local(async move {
                if let Ok(me) = session.client().get_account().await {
                    session.me.set(Some(me));
                }
            });
        }
    });
    on_cleanup(move || focus.remove());
    move || {
        unconfirmed.get().map(|email| {
            view! {
                <div class="notice mb-10 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
                    <p class="min-w-0 break-words">{account::please_confirm(&email)}</p>
                    <ResendLink/>
                </div>
            }
        })
    }
}
