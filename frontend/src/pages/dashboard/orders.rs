//! What the customer ordered.

use leptos::prelude::*;
use vitrine_types::{Page as Batch, PageQuery, checkout::Order};

use crate::{
    components::{Badge, ButtonLink, Empty, List, Load, LoadMore, Page, Price, Skeleton, When},
    texts::desk as t,
};

/// What the customer ordered, newest first.
#[component]
pub fn Orders() -> impl IntoView {
    let list =
        List::new(
            |client, cursor| async move { client.list_orders(&PageQuery { cursor, ..Default::default() }).await },
        );
    let render = move |first: Batch<Order>| match first.data.is_empty() {
        true => view! {
            <Empty title=t::EMPTY_ORDERS words=t::EMPTY_ORDERS_WORDS>
                <ButtonLink href="/products">{t::TO_SHOP}</ButtonLink>
            </Empty>
        }
        .into_any(),
        false => view! {
            <ul class="rows">
                {first.data.into_iter().map(|order| view! { <Row order/> }).collect_view()}
                <For each=move || list.more.get() key=|order| order.id let:order><Row order/></For>
            </ul>
            <LoadMore list/>
        }
        .into_any(),
    };
    view! {
        <Page title=t::ORDERS lead=t::ORDERS_LEAD>
            <Load resource=list.first skeleton=Rows render/>
        </Page>
    }
    .into_any()
}

#[component]
fn Row(order: Order) -> impl IntoView {
    let Order { id, number, status, lines, total, created_at, .. } = order;
    let names = lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", ");
    view! {
        <li class="row-link -mx-3 grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 px-3 py-4 sm:grid-cols-[7rem_minmax(0,1fr)_9rem_6rem]">
            <a href=format!("/dashboard/orders/{id}") class="font-medium">{t::order(&number)}</a>
            <span class="order-last col-span-2 min-w-0 text-sm sm:order-none sm:col-span-1">
                <span class="line-clamp-2">{names}</span>
                <span class="block text-muted"><When time=created_at date_only=true/></span>
            </span>
            <span class="order-3 sm:order-none"><Badge of=status/></span>
            <span class="text-end"><Price money=total/></span>
        </li>
    }
    .into_any()
}

#[component]
fn Rows() -> impl IntoView {
    let rows = (0..4).map(|_| {
        view! {
            <div class="grid gap-2 py-4">
                <Skeleton class="h-5 w-32"/>
                <Skeleton class="h-4 w-64 max-w-full"/>
            </div>
        }
    });
    view! { <div class="rows">{rows.collect_view()}</div> }
}
