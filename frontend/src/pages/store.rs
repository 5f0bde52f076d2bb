//! All products, to filter, search and sort. What is chosen stands in the address.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use vitrine_types::{
    Page as ListPage,
    catalog::{Product, ProductKind, ProductQuery, ProductSort},
};

use crate::{
    components::{ButtonKind, ButtonLink, Empty, Exhibit, List, Load, LoadMore, Page, QueryForm, Wall, wall_skeleton},
    session::load,
    texts::store as t,
};

const KINDS: [ProductKind; 3] = [ProductKind::Download, ProductKind::Embed, ProductKind::Service];
const SORTS: [(&str, ProductSort); 4] = [
    ("newest", ProductSort::Newest),
    ("price", ProductSort::Price),
    ("-price", ProductSort::PriceDescending),
    ("name", ProductSort::Name),
];

/// What an address asks for.
fn query_of(map: &ParamsMap) -> ProductQuery {
    let text = |name: &str| map.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    ProductQuery {
        kind: text("kind").and_then(|kind| ProductKind::try_from(kind).ok()),
        tag: text("tag"),
        q: text("q"),
        sort: text("sort").and_then(|sort| SORTS.iter().find(|(name, _)| *name == sort)).map(|(_, sort)| *sort),
        tokens: text("tokens").map(|tokens| tokens == "true"),
        limit: Some(24),
        ..ProductQuery::default()
    }
}

/// The address with one thing chosen otherwise; an empty value takes it away.
fn address(map: &ParamsMap, name: &'static str, value: &str) -> String {
    let mut map = map.clone();
    map.remove(name);
    if !value.is_empty() {
        map.insert(name, value.to_owned());
    }
    format!("/products{}", map.to_query_string())
}

/// All products.
#[component]
pub fn Store() -> impl IntoView {
    let map = use_query_map();
    let query = Memo::new(move |_| map.with(query_of));
    let list = List::new(move |client, cursor| {
        let query = ProductQuery { cursor, ..query.get() };
        async move { client.list_products(&query).await }
    });
    let title = Signal::derive(move || {
        query.with(|query| match (&query.q, query.kind) {
            (Some(words), _) => t::results_for(words),
            (None, Some(kind)) => t::kinds(kind).to_owned(),
            (None, None) if query.tokens == Some(true) => t::WITH_TOKENS.to_owned(),
            (None, None) => t::PRODUCTS.to_owned(),
        })
    });
    view! {
        <Page title=title>
            <Filters map query/>
            <Load
                resource=list.first
                skeleton=wall_skeleton
                render=move |first| view! { <Found first list/> }.into_any()
            />
        </Page>
    }
    .into_any()
}

#[component]
fn Found(first: ListPage<Product>, list: List<Product>) -> impl IntoView {
    if first.data.is_empty() {
        return view! {
            <Empty title=t::NOTHING_FOUND words=t::NOTHING_FOUND_WORDS>
                <ButtonLink href="/products" kind=ButtonKind::Secondary>{t::CLEAR_FILTERS}</ButtonLink>
            </Empty>
        }
        .into_any();
    }
    let exhibits = first.data.into_iter().enumerate().map(|(at, product)| {
        view! { <Exhibit product eager=at < 3/> }
    });
    view! {
        <h2 class="sr-only">{t::PRODUCTS}</h2>
        <Wall>
            {exhibits.collect_view()} <For each=move || list.more.get() key=|product| product.id let:product>
                <Exhibit product/>
            </For>
        </Wall>
        <LoadMore list/>
    }
    .into_any()
}

#[component]
fn Filters(map: Memo<ParamsMap>, query: Memo<ProductQuery>) -> impl IntoView {
    let kind_link = move |kind: Option<ProductKind>| {
        let text = kind.map_or(t::ALL_PRODUCTS, t::kinds);
        let current = move || (query.with(|query| query.kind) == kind).then_some("page");
        let href = move || map.with(|map| address(map, "kind", kind.map_or("", ProductKind::as_str)));
        view! { <a href=href class="nav-item" aria-current=current>{text}</a> }
    };
    view! {
        <div class="rule mb-10 grid gap-x-8 gap-y-3 border-b border-line py-3 text-sm sm:flex sm:flex-wrap sm:items-center">
            <nav aria-label=t::KINDS class="-mx-4 flex gap-x-5 overflow-x-auto px-4 sm:mx-0 sm:px-0">
                {kind_link(None)} {KINDS.map(|kind| kind_link(Some(kind)))}
            </nav>
            <div class="grid grid-cols-2 gap-3 sm:ms-auto sm:flex sm:items-center">
                <Words map/>
                <Tags map query/>
                <Sorts map query/>
            </div>
        </div>
    }
    .into_any()
}

/// On a phone, where the header has no room for it.
#[component]
fn Words(map: Memo<ParamsMap>) -> impl IntoView {
    let kept = move |name: &'static str| {
        let value = move || map.with(|map| map.get(name));
        move || value().map(|value| view! { <input type="hidden" name=name value=value/> })
    };
    view! {
        <div class="col-span-2 md:hidden">
            <QueryForm action="/products">
                <input
                    type="search"
                    name="q"
                    class="input h-10 min-h-10 text-sm"
                    aria-label=t::SEARCH
                    placeholder=t::SEARCH
                    prop:value=move || map.with(|map| map.get("q").unwrap_or_default())
                />
                {kept("kind")} {kept("tag")} {kept("sort")}
            </QueryForm>
        </div>
    }
    .into_any()
}

#[component]
fn Tags(map: Memo<ParamsMap>, query: Memo<ProductQuery>) -> impl IntoView {
    let tags = load(|client| async move { client.list_tags().await.map(|page| page.data) });
    let navigate = use_navigate();
    let options = move || {
        let mut names: Vec<String> =
            tags.get().and_then(Result::ok).into_iter().flatten().map(|tag| tag.name).collect();
        // The one chosen is offered even when nothing carries it (any more).
        let chosen = query.with(|query| query.tag.clone());
        names.extend(chosen.clone().filter(|chosen| !names.contains(chosen)));
        let option = |name: String| {
            let selected = chosen.as_ref() == Some(&name);
            view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
        };
        names.into_iter().map(option).collect_view()
    };
    view! {
        <select
            class="select h-10 min-h-10 text-sm sm:w-36"
            aria-label=t::SUBJECT
            on:change=move |event| {
                let href = map.with_untracked(|map| address(map, "tag", &event_target_value(&event)));
                navigate(&href, stay());
            }
        >
            <option value="" selected=move || query.with(|query| query.tag.is_none())>{t::ANY_TAG}</option>
            {options}
        </select>
    }
    .into_any()
}

#[component]
fn Sorts(map: Memo<ParamsMap>, query: Memo<ProductQuery>) -> impl IntoView {
    let navigate = use_navigate();
    let options = SORTS.map(|(name, sort)| {
        let selected = move || query.with(|query| query.sort.unwrap_or_default() == sort);
        view! { <option value=name selected=selected>{t::sort(sort)}</option> }
    });
    view! {
        <select
            class="select h-10 min-h-10 text-sm sm:w-32"
            aria-label=t::SORT
            on:change=move |event| {
                let chosen = Some(event_target_value(&event)).filter(|chosen| chosen != "newest").unwrap_or_default();
                let href = map.with_untracked(|map| address(map, "sort", &chosen));
                navigate(&href, stay());
            }
        >
            {options}
        </select>
    }
    .into_any()
}

/// A choice on the page moves nothing but the list.
fn stay() -> NavigateOptions {
    NavigateOptions { scroll: false, ..NavigateOptions::default() }
}
