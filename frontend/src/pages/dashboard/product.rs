//! One thing the customer owns: its files, or the embed itself.

use leptos::{ev, prelude::*};
use vitrine_types::{
    catalog::ProductKind,
    entitlements::{Entitlement, EntitlementStatus},
};

use super::{
    card::{Appointments, Statement},
    download::Files,
    frame::Frame,
    story::{Origin, why_closed},
};
use crate::{
    components::{Badge, ButtonKind, ButtonLink, Load, Page, Picture, Skeleton},
    path::id_in_path,
    session::load,
    texts::{desk as t, tokens},
};

/// One thing the customer owns.
#[component]
pub fn OwnedProduct() -> impl IntoView {
    let id = id_in_path();
    let own = load(move |client| {
        let id = id.get();
        async move { client.get_entitlement(id).await }
    });
    let focus = window_event_listener(ev::focus, move |_| own.refetch());
    on_cleanup(move || focus.remove());
    let render = |own| view! { <Owned own/> }.into_any();
    let title = Signal::derive(move || {
        own.with(|own| match own {
            Some(Ok(own)) => own.product.name.clone(),
            _ => t::PRODUCT.to_owned(),
        })
    });
    view! {
        <p class="pb-3 text-sm"><a href="/dashboard" class="link-line text-muted">{t::PRODUCTS}</a></p>
        <Page title>
            <Load resource=own skeleton=Waiting render/>
        </Page>
    }
    .into_any()
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="grid gap-6">
            <Skeleton class="h-5 w-48"/>
            <Skeleton class="h-96 w-full"/>
        </div>
    }
}

#[component]
fn Owned(own: Entitlement) -> impl IntoView {
    if own.status != EntitlementStatus::Active {
        let (why, status) = (why_closed(&own), own.status);
        return view! {
            <div class="grid max-w-prose justify-items-start gap-4">
                <Badge of=status/>
                <p>{why}</p>
                <Origin own/>
                <ButtonLink href="/dashboard" kind=ButtonKind::Secondary>{t::PRODUCTS}</ButtonLink>
            </div>
        }
        .into_any();
    }
    let (id, product, origin) = (own.id, own.product.clone(), own.clone());
    let beside = |content: AnyView| {
        view! {
            <div class="grid items-start gap-10 md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
                <Picture product=product.clone() eager=true sizes="(min-width: 48rem) 20rem, 100vw"/>
                <div class="grid gap-6">{content}</div>
            </div>
        }
        .into_any()
    };
    let tokens = own.tokens.map(|bought| {
        view! {
            <section class="grid justify-items-start gap-3 pb-10">
                <p>{tokens::bought(bought)}</p>
                <Statement own=own.clone()/>
            </section>
        }
    });
    let content = match own.product.kind {
        ProductKind::Embed => view! { <Frame own=id name=own.product.name/> }.into_any(),
        ProductKind::Service => {
            beside(view! { <Appointments own=id left=own.bookings_remaining.unwrap_or_default()/> }.into_any())
        }
        ProductKind::Download if own.product.only_tokens => ().into_any(),
        ProductKind::Download if own.files.is_empty() => {
            beside(view! { <p class="text-muted">{t::NO_FILES}</p> }.into_any())
        }
        ProductKind::Download => beside(
            view! {
                <section class="grid gap-4">
                    <h2 class="text-lg">{t::FILES}</h2>
                    <Files own=id files=own.files/>
                </section>
            }
            .into_any(),
        ),
    };
    view! {
        <div class="-mt-5 pb-8"><Origin own=origin/></div>
        {tokens} {content}
    }
    .into_any()
}
