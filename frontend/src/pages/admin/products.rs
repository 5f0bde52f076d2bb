//! All products, for sale or not.

use leptos::prelude::*;
use vitrine_types::catalog::{AdminProduct, ProductKind, ProductQuery, ProductStatus};

use super::filters::{Filters, query, query_as};
use crate::{
    components::{Badge, ButtonKind, ButtonLink, Empty, List, Load, LoadMore, Page, Picture, Price},
    texts::{self, admin as t},
};

/// All products.
#[component]
pub fn Products() -> impl IntoView {
    let (words, kind, status) = (query("q"), query_as::<ProductKind>("kind"), query_as::<ProductStatus>("status"));
    let products = List::new(move |client, cursor| {
        let q = Some(words.get()).filter(|words| !words.is_empty());
        let query = ProductQuery {
            q,
            kind: kind.get(),
            status: status.get(),
            cursor,
            limit: Some(50),
            ..ProductQuery::default()
        };
        async move { client.list_admin_products(&query).await }
    });
    let kinds = [ProductKind::Download, ProductKind::Embed, ProductKind::Service]
        .map(|kind| (kind.as_str().to_owned(), texts::kind(kind).to_owned()));
    let statuses = [
        (ProductStatus::Published, texts::FOR_SALE),
        (ProductStatus::Draft, texts::DRAFT),
        (ProductStatus::Archived, texts::ARCHIVED),
    ]
    .map(|(status, word)| (status.as_str().to_owned(), word.to_owned()));
    view! {
        <Page title=t::PRODUCTS actions=|| view! { <ButtonLink href="/admin/products/new">{t::NEW_PRODUCT}</ButtonLink> }>
            <Filters
                action="/admin/products"
                search=t::SEARCH_PRODUCTS
                choices=vec![("kind", t::ANY_KIND, kinds.to_vec()), ("status", t::ANY_STATUS, statuses.to_vec())]
            />
            <Load
                resource=products.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! {
                            <Empty title=t::NO_PRODUCTS words=t::NO_PRODUCTS_WORDS>
                                <ButtonLink kind=ButtonKind::Secondary href="/admin/products/new">{t::NEW_PRODUCT}</ButtonLink>
                            </Empty>
                        }
                        .into_any();
                    }
                    let first = page.data;
                    view! {
                        <table class="table-desk">
                            <thead>
                                <tr>
                                    <th scope="col">{t::PRODUCT}</th>
                                    <th scope="col">{t::KIND}</th>
                                    <th scope="col">{t::STATUS}</th>
                                    <th scope="col" class="num">{t::IN_STOCK}</th>
                                    <th scope="col" class="num">{t::SOLD}</th>
                                    <th scope="col" class="num">{t::PRICE}</th>
                                </tr>
                            </thead>
                            <tbody>
                                {move || first.iter().cloned().chain(products.more.get()).map(row).collect_view()}
                            </tbody>
                        </table>
                    }
                    .into_any()
                }
            />
            <LoadMore list=products/>
        </Page>
    }
    .into_any()
}

fn row(AdminProduct { product, status, sold, .. }: AdminProduct) -> impl IntoView {
    let href = format!("/admin/products/{}", product.id);
    let stock = product.stock.map_or_else(|| "–".to_owned(), |stock| stock.to_string());
    view! {
        <tr>
            <td data-label=t::PRODUCT>
                <span class="flex items-center gap-3">
                    <span class="w-9 shrink-0" aria-hidden="true"><Picture product=product.clone() sizes="36px"/></span>
                    <a href=href>{product.name.clone()}</a>
                </span>
            </td>
            <td data-label=t::KIND>{texts::what(&product)}</td>
            <td data-label=t::STATUS><Badge of=status/></td>
            <td data-label=t::IN_STOCK class="num">{stock}</td>
            <td data-label=t::SOLD class="num">{sold}</td>
            <td data-label=t::PRICE class="num"><Price money=product.price or_free=true/></td>
        </tr>
    }
}
