//! Which products come with a plan.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::catalog::{AdminProduct, ProductKind, ProductQuery, ProductSort, ProductStatus};

use super::draft::Draft;
use crate::{
    components::{FormErrors, Load},
    session::Loading,
    texts::{self, plans as t},
};

/// From so many products on one can search.
const MANY: usize = 8;

/// What can come with a plan: downloads that are more than tokens, and embeds; what is archived only when it is `chosen`.
pub async fn includable(client: Client, chosen: Vec<Uuid>) -> Result<Vec<AdminProduct>> {
    let mut all = Vec::new();
    for kind in [ProductKind::Download, ProductKind::Embed] {
        let mut query = ProductQuery {
            kind: Some(kind),
            sort: Some(ProductSort::Name),
            limit: Some(100),
            ..ProductQuery::default()
        };
        loop {
            let page = client.list_admin_products(&query).await?;
            all.extend(page.data);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                break;
            }
        }
    }
    let fits = |one: &AdminProduct| !one.product.only_tokens && one.status != ProductStatus::Archived;
    all.retain(|one| fits(one) || chosen.contains(&one.product.id));
    Ok(all)
}

/// A box to tick for each product that can come with the plan.
#[component]
pub fn Included(draft: Draft, errors: FormErrors, products: Loading<Vec<AdminProduct>>) -> impl IntoView {
    let name = "includes.product_ids";
    errors.shows(name);
    let error = move || errors.of(name).map(|text| view! { <p class="text-sm text-error">{text}</p> });
    view! {
        <fieldset class="grid gap-2" on:input=move |_| errors.forget(name)>
            <legend class="text-sm font-medium">{t::PRODUCTS}</legend>
            <p class="text-sm text-muted">{t::PRODUCTS_HELP}</p>
            {error}
            <Load resource=products render=move |products| view! { <Boxes draft products/> }.into_any()/>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Boxes(draft: Draft, products: Vec<AdminProduct>) -> impl IntoView {
    if products.is_empty() {
        return view! { <p class="text-sm">{t::NO_PRODUCTS}</p> }.into_any();
    }
    let words = RwSignal::new(String::new());
    let search = (products.len() >= MANY).then(|| view! { <Search words/> });
    let names: Vec<_> = products.iter().map(|one| one.product.name.to_lowercase()).collect();
    let none = move || !words.with(|words| names.iter().any(|name| name.contains(&words.to_lowercase())));
    let rows = products.into_iter().map(|product| view! { <Row draft product words/> });
    view! {
        {search}
        <ul class="max-h-80 overflow-y-auto">{rows.collect_view()}</ul>
        <p class="text-sm text-muted" aria-live="polite">{move || none().then_some(t::NONE_FOUND)}</p>
    }
    .into_any()
}

#[component]
fn Search(words: RwSignal<String>) -> impl IntoView {
    // Enter would save the plan.
    let stay = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <input
            type="search"
            class="input"
            placeholder=t::FIND_PRODUCT
            aria-label=t::FIND_PRODUCT
            on:keydown=stay
            bind:value=words
        />
    }
    .into_any()
}

#[component]
fn Row(draft: Draft, product: AdminProduct, words: RwSignal<String>) -> impl IntoView {
    let id = product.product.id;
    let (name, kind) = (product.product.name.clone(), texts::kind(product.product.kind));
    let is_chosen = move || draft.products.with(|chosen| chosen.contains(&id));
    let toggle = move |_| {
        draft.products.update(|chosen| match chosen.iter().position(|other| *other == id) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(id),
        });
    };
    let lower = name.to_lowercase();
    let is_found = move || words.with(|words| lower.contains(&words.to_lowercase()));
    let standing = match product.status {
        ProductStatus::Published => None,
        ProductStatus::Draft => Some(texts::DRAFT),
        ProductStatus::Archived => Some(texts::ARCHIVED),
    };
    let about = move || {
        let anyway = draft.comes_anyway(&product).then_some(t::ALREADY_IN);
        [Some(kind), standing, anyway].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <li hidden=move || !is_found()>
            <label class="flex cursor-pointer items-center gap-3 py-2 text-sm">
                <input type="checkbox" class="checkbox checkbox-sm" prop:checked=is_chosen on:change=toggle/>
                <span class="grow">{name}</span>
                <span class="text-muted">{about}</span>
            </label>
        </li>
    }
    .into_any()
}
