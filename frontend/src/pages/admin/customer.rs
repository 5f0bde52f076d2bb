//! One customer: orders, what they own, giving and taking away.

use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;
use vitrine_types::{
    admin::AdminCustomerDetail,
    catalog::{ProductQuery, ProductStatus},
    checkout::Order,
    entitlements::{Entitlement, EntitlementStatus, NewGift},
    subscriptions::{AdminSubscription, SubscriptionQuery},
};

use super::subscriptions::SubscriptionTable;
use crate::{
    components::{Badge, Button, ButtonKind, Load, Page, Price, When, perform, toast_error, toast_ok},
    path::id_in_path,
    session::{load, use_session},
    texts::{admin as t, subscriptions},
};

/// One customer.
#[component]
pub fn CustomerDetail() -> impl IntoView {
    let id = id_in_path();
    let customer = load(move |client| {
        let id = id.get();
        async move { client.get_customer(id).await }
    });
    let title = Signal::derive(move || {
        customer.with(|customer| match customer {
            Some(Ok(customer)) => customer.summary.customer.name.clone(),
            _ => t::CUSTOMER.to_owned(),
        })
    });
    let again = Callback::new(move |()| customer.refetch());
    view! {
        <Page title=title>
            <Load resource=customer render=move |customer| view! { <Detail customer again/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Detail(customer: AdminCustomerDetail, again: Callback<()>) -> impl IntoView {
    let AdminCustomerDetail { summary, recent_orders, entitlements } = customer;
    let who = summary.customer;
    let id = who.id;
    view! {
        <dl class="facts pb-8">
            <dt>{t::EMAIL}</dt>
            <dd>{who.email}{(!who.email_verified).then_some(t::NOT_CONFIRMED)}</dd>
            <dt>{t::SINCE}</dt><dd><When time=who.created_at date_only=true/></dd>
            {summary.last_seen_at.map(|at| view! { <dt>{t::LAST_SEEN}</dt><dd><When time=at/></dd> })}
            <dt>{t::SPENT}</dt><dd><Price money=summary.spent/></dd>
        </dl>
        <section class="sheet">
            <h2 class="text-lg">{t::OWNS}</h2>
            <Owned entitlements again/>
            <Give customer=id again/>
        </section>
        <section class="sheet">
            <h2 class="text-lg">{subscriptions::SUBSCRIPTIONS}</h2>
            <Plans customer=id/>
        </section>
        <section class="sheet">
            <h2 class="text-lg">{t::ORDERS}</h2>
            <Orders orders=recent_orders/>
        </section>
    }
    .into_any()
}

#[component]
fn Owned(entitlements: Vec<Entitlement>, again: Callback<()>) -> impl IntoView {
    if entitlements.is_empty() {
        return view! { <p class="text-sm text-muted">{t::OWNS_NOTHING}</p> }.into_any();
    }
    let session = use_session();
    let busy = RwSignal::new(false);
    let row = move |own: Entitlement| {
        let id = own.id;
        let (active, revoked) = (own.status == EntitlementStatus::Active, own.status == EntitlementStatus::Revoked);
        let take = Callback::new(move |()| {
            perform(busy, async move {
                session.client().delete_entitlement(id).await?;
                toast_ok(t::TAKEN_AWAY);
                again.run(());
                Ok(())
            });
        });
        let give_back = Callback::new(move |()| {
            perform(busy, async move {
                session.client().restore_entitlement(id).await?;
                toast_ok(t::GIVEN_BACK);
                again.run(());
                Ok(())
            });
        });
        let action = if active {
            view! { <Button kind=ButtonKind::Quiet small=true busy=busy on_press=take>{t::TAKE_AWAY}</Button> }
                .into_any()
        } else if revoked {
            view! { <Button kind=ButtonKind::Quiet small=true busy=busy on_press=give_back>{t::UNDO}</Button> }
                .into_any()
        } else {
            ().into_any()
        };
        view! {
            <tr>
                <td data-label=t::PRODUCT>
                    <a href=format!("/admin/products/{}", own.product.id)>{own.product.name}</a>
                </td>
                <td data-label=t::FROM>{t::source(own.source.kind)}</td>
                <td data-label=t::SINCE><When time=own.granted_at date_only=true/></td>
                <td data-label=t::STATUS><Badge of=own.status/></td>
                <td class="num">{action}</td>
            </tr>
        }
    };
    view! {
        <table class="table-desk">
            <thead>
                <tr>
                    <th scope="col">{t::PRODUCT}</th>
                    <th scope="col">{t::FROM}</th>
                    <th scope="col">{t::SINCE}</th>
                    <th scope="col">{t::STATUS}</th>
                    <th scope="col"><span class="sr-only">{t::ACTIONS}</span></th>
                </tr>
            </thead>
            <tbody>{entitlements.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Finds a product and gives it.
#[component]
fn Give(customer: Uuid, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (words, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let found = RwSignal::new(Vec::new());
    let search = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let q = Some(words.get_untracked()).filter(|words| !words.trim().is_empty());
        let query =
            ProductQuery { q, status: Some(ProductStatus::Published), limit: Some(8), ..ProductQuery::default() };
        let client = session.client();
        spawn_local(async move {
            match client.list_admin_products(&query).await {
                Ok(page) => drop(found.try_set(page.data)),
                Err(error) => toast_error(&error),
            }
        });
    };
    let give = move |product: Uuid| {
        perform(busy, async move {
            session.client().create_entitlement(&NewGift { customer_id: customer, product_id: product }).await?;
            toast_ok(t::GIVEN);
            again.run(());
            Ok(())
        });
    };
    view! {
        <form class="filters" on:submit=search>
            <input type="search" class="input" placeholder=t::GIVE_PRODUCT aria-label=t::GIVE_PRODUCT bind:value=words/>
            <Button kind=ButtonKind::Secondary submit=true>{t::SEARCH}</Button>
        </form>
        <ul class="grid gap-2">
            {move || {
                found
                    .get()
                    .into_iter()
                    .map(|found| {
                        let id = found.product.id;
                        view! {
                            <li class="flex items-center justify-between gap-4 text-sm">
                                {found.product.name}
                                <Button kind=ButtonKind::Secondary small=true busy=busy on_press=Callback::new(move |()| give(id))>
                                    {t::GIVE}
                                </Button>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
    .into_any()
}

/// What they are or were subscribed to.
#[component]
fn Plans(customer: Uuid) -> impl IntoView {
    let found = load(move |client| async move {
        let query = SubscriptionQuery { customer_id: Some(customer), limit: Some(100), ..SubscriptionQuery::default() };
        Ok(client.list_admin_subscriptions(&query).await?.data)
    });
    let render = |found: Vec<AdminSubscription>| match found.is_empty() {
        true => view! { <p class="text-sm text-muted">{subscriptions::NO_PLAN}</p> }.into_any(),
        false => view! { <SubscriptionTable rows=Signal::stored(found)/> }.into_any(),
    };
    view! { <Load resource=found render/> }.into_any()
}

#[component]
fn Orders(orders: Vec<Order>) -> impl IntoView {
    if orders.is_empty() {
        return view! { <p class="text-sm text-muted">{t::NO_ORDERS}</p> }.into_any();
    }
    let rows = orders.into_iter().map(|order| {
        view! {
            <tr>
                <td data-label=t::ORDER><a href=format!("/admin/orders/{}", order.id)>"#"{order.number}</a></td>
                <td data-label=t::DATE><When time=order.created_at/></td>
                <td data-label=t::STATUS><Badge of=order.status/></td>
                <td data-label=t::TOTAL class="num"><Price money=order.total/></td>
            </tr>
        }
    });
    view! {
        <table class="table-desk">
            <thead>
                <tr>
                    <th scope="col">{t::ORDER}</th>
                    <th scope="col">{t::DATE}</th>
                    <th scope="col">{t::STATUS}</th>
                    <th scope="col" class="num">{t::TOTAL}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
