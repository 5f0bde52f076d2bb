//! One product: the work, what comes with it, and one clear button.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use vitrine_types::catalog::{Product, ProductKind};

use crate::{
    components::{Html, Load, Page, Picture, Price, Skeleton},
    format,
    pages::purchase::Purchase,
    session::load,
    texts::{self, store as t, tokens},
};

/// One product.
#[component]
pub fn ProductDetail() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let product = load(move |client| {
        let slug = slug.get();
        async move { client.get_product(&slug).await }
    });
    view! {
        <Load
            resource=product
            skeleton=skeleton
            render=move |found| {
                view! { <Detail product=found on_change=move || product.refetch()/> }.into_any()
            }
        />
    }
    .into_any()
}

#[component]
fn Detail(product: Product, #[prop(into)] on_change: Callback<()>) -> impl IntoView {
    let Product { name, summary, price, .. } = product.clone();
    let what = texts::what(&product);
    let html = product.description_html.clone().filter(|html| !html.trim().is_empty());
    let tags = product.tags.iter().map(|tag| {
        let href = format!("/products?tag={}", js_sys::encode_uri_component(tag));
        view! { <a href=href class="link-line">{tag.clone()}</a> }
    });
    let tags = tags.collect_view();
    view! {
        <div class="grid gap-x-14 gap-y-8 lg:grid-cols-12">
            <div class="lg:col-span-7">
                <Picture
                    product=product.clone()
                    eager=true
                    described=true
                    sizes="(min-width: 80rem) 44rem, (min-width: 64rem) 55vw, 100vw"
                />
            </div>
            <div class="lg:sticky lg:top-8 lg:col-span-5 lg:self-start">
                <p class="eyebrow mb-3">{what}</p>
                <Page title=name>
                    <p class="-mt-4 text-lg text-muted">{summary}</p>
                    <p class="price-large mt-6"><Price money=price or_free=true/></p>
                    <Purchase product=product.clone() on_change/>
                    <Facts product/>
                </Page>
            </div>
        </div>
        {html.map(|html| view! { <section class="rule mt-14 pt-8 lg:mt-20"><Html sanitised=html/></section> })}
        <p class="mt-10 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">{tags}</p>
    }
    .into_any()
}

/// What the buyer gets, how, and what if.
#[component]
fn Facts(product: Product) -> impl IntoView {
    let (kind, only_tokens) = (product.kind, product.only_tokens);
    let with = product.tokens.map(|with| view! { <p>{tokens::pack(with)}</p> });
    let (delivery, policy) = match only_tokens {
        true => (tokens::DELIVERY, tokens::POLICY),
        false => (t::delivery(kind), t::policy(kind)),
    };
    let files = product.files.into_iter().map(|file| {
        view! {
            <li class="flex justify-between gap-6">
                <span class="min-w-0 break-words">{file.name}</span>
                <span class="figures shrink-0 text-muted">{format::bytes(file.size)}</span>
            </li>
        }
    });
    let files = (kind == ProductKind::Download && !only_tokens)
        .then(|| view! { <ul class="grid gap-1">{files.collect_view()}</ul> });
    let service = product.service.map(|service| {
        view! {
            <p>{t::length(service.duration_minutes)} {(!service.location.is_empty()).then(|| format!(" · {}", service.location))}</p>
            <p class="text-muted">{t::cancel_until(service.cancel_until_minutes)}</p>
        }
    });
    view! {
        <dl class="mt-8 grid border-b border-line text-sm">
            <div class="rule grid gap-1 py-4">
                <dt class="font-medium">{t::YOU_GET}</dt>
                <dd class="grid gap-2">{files} {service} {with} <p class="text-muted">{delivery}</p></dd>
            </div>
            <div class="rule grid gap-1 py-4">
                <dt class="font-medium">{t::TERMS_TITLE}</dt>
                <dd class="text-muted">{policy}</dd>
            </div>
        </dl>
    }
    .into_any()
}

fn skeleton() -> AnyView {
    view! {
        <div class="grid gap-x-14 gap-y-8 lg:grid-cols-12">
            <Skeleton class="aspect-[4/5] w-full lg:col-span-7"/>
            <div class="grid content-start gap-4 lg:col-span-5">
                <Skeleton class="h-4 w-24"/>
                <Skeleton class="h-10 w-3/4"/>
                <Skeleton class="h-6 w-full"/>
                <Skeleton class="h-12 w-40"/>
            </div>
        </div>
    }
    .into_any()
}
