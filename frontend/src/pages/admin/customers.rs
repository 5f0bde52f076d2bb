//! The customers.

use leptos::prelude::*;
use vitrine_types::admin::{AdminCustomer, CustomerQuery};

use super::filters::{Filters, query};
use crate::{
    components::{Empty, List, Load, LoadMore, Page, Price, When},
    texts::admin as t,
};

/// The customers.
#[component]
pub fn Customers() -> impl IntoView {
    let words = query("q");
    let customers = List::new(move |client, cursor| {
        let q = Some(words.get()).filter(|words| !words.is_empty());
        let query = CustomerQuery { q, cursor, limit: Some(50) };
        async move { client.list_customers(&query).await }
    });
    let row = |AdminCustomer { customer, orders, spent, last_seen_at }: AdminCustomer| {
        let href = format!("/admin/customers/{}", customer.id);
        view! {
            <tr>
                <td data-label=t::CUSTOMER><a href=href>{customer.name}</a></td>
                <td data-label=t::EMAIL>{customer.email}</td>
                <td data-label=t::SINCE><When time=customer.created_at date_only=true/></td>
                <td data-label=t::LAST_SEEN>{last_seen_at.map(|at| view! { <When time=at/> })}</td>
                <td data-label=t::ORDERS class="num">{orders}</td>
                <td data-label=t::SPENT class="num"><Price money=spent/></td>
            </tr>
        }
    };
    view! {
        <Page title=t::CUSTOMERS>
            <Filters action="/admin/customers" search=t::SEARCH_CUSTOMERS/>
            <Load
                resource=customers.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! { <Empty title=t::NO_CUSTOMERS words=t::NO_CUSTOMERS_WORDS/> }.into_any();
                    }
                    let first = page.data;
                    view! {
                        <table class="table-desk">
                            <thead>
                                <tr>
                                    <th scope="col">{t::CUSTOMER}</th>
                                    <th scope="col">{t::EMAIL}</th>
                                    <th scope="col">{t::SINCE}</th>
                                    <th scope="col">{t::LAST_SEEN}</th>
                                    <th scope="col" class="num">{t::ORDERS}</th>
                                    <th scope="col" class="num">{t::SPENT}</th>
                                </tr>
                            </thead>
                            <tbody>
                                {move || first.iter().cloned().chain(customers.more.get()).map(row).collect_view()}
                            </tbody>
                        </table>
                    }
                    .into_any()
                }
            />
            <LoadMore list=customers/>
        </Page>
    }
    .into_any()
}
