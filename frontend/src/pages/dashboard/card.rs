//! One thing that the customer owns, with the button for what it is.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::{catalog::ProductKind, entitlements::Entitlement};

use super::{
    download::{Download, Files},
    story::{Origin, why_closed},
};
use crate::{
    components::{Badge, ButtonKind, ButtonLink, Picture},
    format,
    texts::{self, desk as t},
};

/// More files than these have their place on the product's own page.
const FILES_ON_CARD: usize = 3;

/// Something that can be used now.
#[component]
pub fn OwnedCard(own: Entitlement, #[prop(optional)] eager: bool) -> impl IntoView {
    let product = own.product.clone();
    let name = product.name.clone();
    // What came is what was bought, whatever comes with it today.
    let kind = match own.tokens {
        Some(bought) if product.only_tokens => texts::tokens::bought(bought),
        Some(bought) => format!("{} · {}", texts::kind(product.kind), texts::tokens::tokens(bought.amount)),
        None => texts::kind(product.kind).into(),
    };
    view! {
        <article class="exhibit flex flex-col">
            <a href=own_page(&own) tabindex="-1" aria-hidden="true">
                <Picture product wide=true eager sizes="(min-width: 80rem) 20rem, (min-width: 40rem) 45vw, 100vw"/>
            </a>
            <p class="eyebrow pt-4">{kind}</p>
            <h2 class="pt-0.5 text-lg leading-snug">
                <a href=own_page(&own) class="hover:underline underline-offset-4">{name}</a>
            </h2>
            <Origin own=own.clone()/>
            <div class="mt-auto flex w-full flex-wrap items-center gap-x-4 gap-y-2 pt-4"><Use own/></div>
        </article>
    }
    .into_any()
}

/// The address of something owned.
fn own_page(own: &Entitlement) -> String {
    format!("/dashboard/products/{}", own.id)
}

/// The way to use it: download, open or book.
#[component]
fn Use(own: Entitlement) -> impl IntoView {
    let page = own_page(&own);
    match own.product.kind {
        _ if own.product.only_tokens => view! { <Statement own/> }.into_any(),
        ProductKind::Download => match own.files.as_slice() {
            [] => view! { <p class="text-sm text-muted">{t::NO_FILES}</p> }.into_any(),
            [file] => {
                let (size, file) = (format::bytes(file.size), file.clone());
                view! {
                    <Download own=own.id file alone=true/>
                    <span class="figures text-sm text-muted">{size}</span>
                }
                .into_any()
            }
            files if files.len() <= FILES_ON_CARD => {
                let files = files.to_vec();
                view! { <Files own=own.id files/> }.into_any()
            }
            files => {
                let all = t::all_files(files.len());
                view! { <ButtonLink href=page>{all}</ButtonLink> }.into_any()
            }
        },
        ProductKind::Embed => view! { <ButtonLink href=page>{t::OPEN}</ButtonLink> }.into_any(),
        ProductKind::Service => {
            view! { <Appointments own=own.id left=own.bookings_remaining.unwrap_or_default()/> }.into_any()
        }
    }
}

/// The way to the tokens that came with something.
#[component]
pub fn Statement(own: Entitlement) -> impl IntoView {
    own.tokens.map(|bought| {
        let href = format!("/account/plan/{}/tokens", bought.subscription_id);
        view! { <ButtonLink href kind=ButtonKind::Secondary>{texts::tokens::SEE_TOKENS}</ButtonLink> }
    })
}

/// How many appointments can still be booked, and the way to book one.
#[component]
pub fn Appointments(own: Uuid, left: i64) -> impl IntoView {
    match left {
        ..=0 => view! { <p class="text-sm text-muted">{t::APPOINTMENTS_USED}</p> }.into_any(),
        left => view! {
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <ButtonLink href=format!("/dashboard/bookings/new/{own}")>{t::BOOK}</ButtonLink>
                <span class="figures text-sm text-muted">{t::appointments_left(left)}</span>
            </div>
        }
        .into_any(),
    }
}

/// Something that cannot be used: what it was, and why.
#[component]
pub fn ClosedRow(own: Entitlement) -> impl IntoView {
    let why = why_closed(&own);
    let (name, status) = (own.product.name.clone(), own.status);
    view! {
        <li class="grid gap-x-8 gap-y-1 py-4 sm:grid-cols-[minmax(0,1fr)_auto]">
            <div>
                <h3 class="font-sans text-base font-medium tracking-normal">{name}</h3>
                <p class="max-w-prose text-sm text-muted">{why}</p>
                <Origin own/>
            </div>
            <Badge of=status/>
        </li>
    }
    .into_any()
}
