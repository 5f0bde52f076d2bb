//! The front page: the shop introduces itself, shows what is new, and says what kinds of things there are.

use leptos::prelude::*;
use vitrine_types::catalog::{Product, ProductKind, ProductQuery};

use crate::{
    components::{ButtonLink, Empty, Exhibit, Load, Page, Picture, Price, Skeleton, Wall},
    session::{load, use_session},
    texts::{self, store as t},
};

/// The front page.
#[component]
pub fn Front() -> impl IntoView {
    let newest = load(|client| async move {
        let query = ProductQuery { limit: Some(7), ..ProductQuery::default() };
        client.list_products(&query).await.map(|page| page.data)
    });
    let name = Signal::derive({
        let shop = use_session().shop;
        move || shop.with(|shop| shop.as_ref().map(|shop| shop.name.clone())).unwrap_or_default()
    });
    view! {
        <Page title=name hidden=true>
            <Load resource=newest skeleton=skeleton render=|products| view! { <Window products/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Window(products: Vec<Product>) -> impl IntoView {
    let shop = use_session().shop.get_untracked();
    let (name, tagline) = shop.map(|shop| (shop.name, shop.tagline)).unwrap_or_default();
    let mut products = products.into_iter();
    let Some(newest) = products.next() else {
        return view! { <Empty title=t::NOTHING_FOR_SALE words=t::NOTHING_FOR_SALE_WORDS/> }.into_any();
    };
    let alone = products.len() == 0;
    let rest = products.map(|product| view! { <Exhibit product/> }).collect_view();
    view! {
        <section class="grid items-end gap-x-12 gap-y-8 lg:grid-cols-12">
            <div class="lg:col-span-5 lg:pb-2">
                <p class="display text-3xl text-balance" aria-hidden="true">{name}</p>
                <p class="mt-5 max-w-[36ch] text-lg text-muted">{tagline}</p>
                <ButtonLink href="/products" class="mt-8">{t::LOOK_AROUND}</ButtonLink>
            </div>
            <div class="lg:col-span-7"><Newest product=newest/></div>
        </section>
        <section class="mt-20 sm:mt-28" class:hidden=alone>
            <h2 class="rule mb-8 pt-4">{t::NEW}</h2>
            <Wall>{rest}</Wall>
        </section>
        <Kinds/>
    }
    .into_any()
}

/// The newest product, large.
#[component]
fn Newest(product: Product) -> impl IntoView {
    let href = format!("/products/{}", product.slug);
    let (name, summary, price) = (product.name.clone(), product.summary.clone(), product.price);
    view! {
        <article class="exhibit relative">
            <Picture product eager=true wide=true sizes="(min-width: 80rem) 44rem, (min-width: 64rem) 55vw, 100vw"/>
            <div class="mt-3 flex items-baseline justify-between gap-6">
                <p class="min-w-0">
                    <a href=href class="display text-[1.375rem] after:absolute after:inset-0">{name}</a>
                    <span class="mt-1 line-clamp-2 text-sm text-muted">{summary}</span>
                </p>
                <Price money=price or_free=true/>
            </div>
        </article>
    }
    .into_any()
}

/// The kinds of things there are, each a way in.
#[component]
fn Kinds() -> impl IntoView {
    let kinds = [ProductKind::Download, ProductKind::Embed, ProductKind::Service].map(|kind| {
        let href = format!("/products?kind={}", kind.as_str());
        view! {
            <li class="border-b border-line">
                <a href=href class="group flex flex-wrap items-baseline gap-x-6 py-5">
                    <span class="display text-xl sm:text-2xl">{t::kinds(kind)}</span>
                    <span class="text-muted">{t::kind_words(kind)}</span>
                    <span
                        class="ms-auto text-xl transition-transform duration-150 group-hover:translate-x-1"
                        aria-hidden="true"
                    >
                        "→"
                    </span>
                </a>
            </li>
        }
    });
    view! {
        <nav class="mt-20 sm:mt-28" aria-label=texts::store::WAYS_IN>
            <ul class="border-t border-line">{kinds}</ul>
        </nav>
    }
    .into_any()
}

fn skeleton() -> AnyView {
    view! {
        <div class="grid items-end gap-x-12 gap-y-8 lg:grid-cols-12">
            <div class="grid gap-5 lg:col-span-5">
                <Skeleton class="h-20 w-3/4"/>
                <Skeleton class="h-6 w-full"/>
                <Skeleton class="h-11 w-32"/>
            </div>
            <div class="grid gap-3 lg:col-span-7">
                <Skeleton class="aspect-[3/2] w-full"/>
                <Skeleton class="h-14 w-2/3"/>
            </div>
        </div>
        <div class="mt-20 h-dvh"></div>
    }
    .into_any()
}
