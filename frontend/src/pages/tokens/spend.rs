//! What tokens are good for: the services they pay, and the ways there.

use leptos::prelude::*;
use vitrine_types::{
    PageQuery,
    catalog::{Product, ProductKind, ProductQuery},
    subscriptions::Subscription,
};

use crate::{
    components::{ButtonKind, ButtonLink, Load},
    session::load,
    texts::{store, tokens as t},
};

/// The address of booking a service with tokens.
pub(super) fn booking_page(product: &Product) -> String {
    format!("/products/{}/book?with=tokens", product.slug)
}

/// What the service costs in tokens; `None` when it takes none.
pub(super) fn cost(product: &Product) -> Option<i64> {
    product.service.as_ref().map(|service| i64::from(service.token_cost)).filter(|cost| *cost > 0)
}

/// The services that tokens pay, each with the way to book it as far as `balance` reaches.
#[component]
pub fn Services(balance: i64) -> impl IntoView {
    let services = load(|client| async move {
        let query = ProductQuery { kind: Some(ProductKind::Service), limit: Some(100), ..ProductQuery::default() };
        let found = client.list_products(&query).await?.data;
        let mut paid: Vec<_> = found.into_iter().filter_map(|product| Some((cost(&product)?, product))).collect();
        paid.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.name.cmp(&b.name)));
        Ok(paid)
    });
    view! {
        <Load
            resource=services
            render=move |services| {
                (!services.is_empty())
                    .then(|| view! {
                        <section>
                            <h2 class="pb-3 text-lg">{t::BOOK_WITH_TOKENS}</h2>
                            <ul class="rows">
                                {services.into_iter().map(|(cost, product)| view! { <Service product cost balance/> }).collect_view()}
                            </ul>
                        </section>
                    })
                    .into_any()
            }
        />
    }
    .into_any()
}

#[component]
fn Service(product: Product, cost: i64, balance: i64) -> impl IntoView {
    let minutes = product.service.as_ref().map_or(0, |service| service.duration_minutes);
    let (book, page) = (booking_page(&product), format!("/products/{}", product.slug));
    let name = product.name.clone();
    let way = match balance >= cost {
        true => view! {
            <ButtonLink kind=ButtonKind::Secondary small=true href=book>{t::BOOK} <span class="sr-only">{name}</span></ButtonLink>
        }
        .into_any(),
        false => view! { <span class="text-sm text-muted">{t::more_needed(cost - balance)}</span> }.into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
            <span>
                <a class="block font-medium underline-offset-4 hover:underline" href=page>{product.name}</a>
                <span class="text-sm text-muted">{t::tokens(cost)} " · " {store::length(minutes)}</span>
            </span>
            {way}
        </li>
    }
    .into_any()
}

/// On the dashboard: that there are tokens, and the way to spend them; nothing when there are none.
#[component]
pub fn ToSpend() -> impl IntoView {
    let plans = load(|client| async move { Ok(client.list_subscriptions(&PageQuery::default()).await?.data) });
    move || {
        let most = plans.with(|plans| {
            let plans = plans.as_ref()?.as_ref().ok()?.iter();
            plans.max_by_key(|plan| plan.tokens.balance).filter(|plan| plan.tokens.balance > 0).cloned()
        });
        most.map(|Subscription { id, plan, tokens, .. }| {
            view! {
                <section class="notice mb-10 flex flex-wrap items-center justify-between gap-x-6 gap-y-3" aria-label=t::TOKENS>
                    <p>
                        <a class="block font-medium hover:underline underline-offset-4" href=format!("/account/plan/{id}/tokens")>{t::to_spend(tokens.balance)}</a>
                        <span class="text-sm text-muted">{plan.name}</span>
                    </p>
                    <ButtonLink small=true kind=ButtonKind::Secondary href="/account/plan">{t::BOOK_WITH_TOKENS}</ButtonLink>
                </section>
            }
        })
    }
}
