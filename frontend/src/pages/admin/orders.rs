//! All orders.

use leptos::prelude::*;
use vitrine_types::checkout::{AdminOrder, OrderQuery, OrderStatus};

use super::filters::{Filters, query, query_as};
use crate::{
    components::{Badge, Empty, List, Load, LoadMore, Page, Price, When},
    texts::{self, admin as t},
};

/// All orders.
#[component]
pub fn Orders() -> impl IntoView {
    let (words, status) = (query("q"), query_as::<OrderStatus>("status"));
    let orders = List::new(move |client, cursor| {
        let q = Some(words.get()).filter(|words| !words.is_empty());
        let query = OrderQuery { q, status: status.get(), cursor, limit: Some(50), ..OrderQuery::default() };
        async move { client.list_admin_orders(&query).await }
    });
    let statuses = OrderStatus::ALL.map(|status| (status.as_str().to_owned(), texts::order_status(status).to_owned()));
    view! {
        <Page title=t::ORDERS>
            <Filters
                action="/admin/orders"
                search=t::SEARCH_ORDERS
                choices=vec![("status", t::ANY_STATUS, statuses.to_vec())]
            />
            <Load
                resource=orders.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! { <Empty title=t::NO_ORDERS words=t::NO_ORDERS_WORDS/> }.into_any();
                    }
                    let first = page.data;
                    let rows = move || first.iter().cloned().chain(orders.more.get()).collect::<Vec<_>>();
                    view! { <OrderTable rows=Signal::derive(rows)/> }.into_any()
                }
            />
            <LoadMore list=orders/>
        </Page>
    }
    .into_any()
}

/// Orders, a row each.
#[component]
pub fn OrderTable(rows: Signal<Vec<AdminOrder>>) -> impl IntoView {
    let row = |AdminOrder { order, customer, .. }: AdminOrder| {
        let href = format!("/admin/orders/{}", order.id);
        let what = order.lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>().join(", ");
        view! {
            <tr>
                <td data-label=t::ORDER><a href=href>"#"{order.number.clone()}</a></td>
                <td data-label=t::DATE><When time=order.created_at/></td>
                <td data-label=t::CUSTOMER>{customer.name}</td>
                <td data-label=t::PRODUCTS class="text-muted"><span class="line-clamp-1">{what}</span></td>
                <td data-label=t::STATUS><Badge of=order.status/></td>
                <td data-label=t::TOTAL class="num"><Price money=order.total/></td>
            </tr>
        }
    };
    view! {
        <table class="table-desk">
            <thead>
                <tr>
                    <th scope="col">{t::ORDER}</th>
                    <th scope="col">{t::DATE}</th>
                    <th scope="col">{t::CUSTOMER}</th>
                    <th scope="col">{t::PRODUCTS}</th>
                    <th scope="col">{t::STATUS}</th>
                    <th scope="col" class="num">{t::TOTAL}</th>
                </tr>
            </thead>
            <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
