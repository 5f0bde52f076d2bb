//! What can be subscribed to.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::{
    PageQuery,
    catalog::{Product, ProductQuery},
    checkout::NewCheckout,
    subscriptions::{Plan, Subscription},
};

use super::{checkout::HandOff, tokens::BuyMore};
use crate::{
    components::{Badge, Button, ButtonKind, ButtonLink, Empty, Load, Page, Price, Tone},
    layout::sign_in_path,
    session::{load, use_session},
    texts::{plans as t, store},
};

/// So many products are named; the rest is a number.
const NAMED: usize = 3;

/// What is offered, what the reader has or had, and the products to name.
type Offers = (Vec<Plan>, Vec<Subscription>, Vec<Product>);

async fn offers(client: Client, signed_in: bool) -> Result<Offers> {
    let plans = client.list_plans().await?.data;
    let mine = match signed_in {
        true => client.list_subscriptions(&PageQuery::default()).await?.data,
        false => Vec::new(),
    };
    let products = match plans.iter().all(|plan| plan.includes.product_ids.is_empty()) {
        true => Vec::new(),
        // Without them the plans only say how many.
        false => {
            let query = ProductQuery { limit: Some(100), ..ProductQuery::default() };
            client.list_products(&query).await.map(|page| page.data).unwrap_or_default()
        }
    };
    Ok((plans, mine, products))
}

/// The pricing page.
#[component]
pub fn Plans() -> impl IntoView {
    let session = use_session();
    let hand_off = HandOff::new();
    let found = load(move |client| offers(client, session.is_signed_in()));
    view! {
        <Page title=t::PLANS lead=t::PLANS_LEAD>
            <Load
                resource=found
                render=move |(plans, mine, products)| {
                    if plans.is_empty() {
                        return view! {
                            <Empty title=t::PLANS words=t::NONE_FOR_SALE>
                                <ButtonLink href="/products" kind=ButtonKind::Secondary>{store::PRODUCTS}</ButtonLink>
                            </Empty>
                        }
                        .into_any();
                    }
                    // A trial is for who never had a plan.
                    let trial = mine.is_empty();
                    let mine = mine.into_iter().find(|subscription| !subscription.status.is_over());
                    let more = mine.is_some().then(|| view! { <p class="pt-12"><BuyMore/></p> });
                    let cards = plans.into_iter().map(|plan| {
                        let lines = lines(&plan, &products);
                        view! { <Offer plan mine=mine.clone() trial lines hand_off/> }
                    });
                    view! {
                        <ul class="grid gap-x-12 gap-y-12 sm:grid-cols-2 lg:grid-cols-3">{cards.collect_view()}</ul>
                        {more}
                    }
                    .into_any()
                }
            />
        </Page>
    }
    .into_any()
}

#[component]
fn Offer(plan: Plan, mine: Option<Subscription>, trial: bool, lines: Vec<AnyView>, hand_off: HandOff) -> impl IntoView {
    let session = use_session();
    let id = plan.id;
    let way = match mine {
        Some(mine) if mine.plan.id == id => view! { <Badge of=(t::YOURS, Tone::Good)/> }.into_any(),
        Some(mine) if mine.next_plan.as_ref().is_some_and(|next| next.id == id) => {
            view! { <Badge of=(t::YOURS_NEXT, Tone::Wait)/> }.into_any()
        }
        Some(_) => {
            let href = format!("/account/plan?to={id}");
            view! { <ButtonLink href kind=ButtonKind::Secondary>{t::CHANGE}</ButtonLink> }.into_any()
        }
        None if session.is_signed_in() => view! {
            <Button
                busy=hand_off.busy
                on_press=move || hand_off.start(NewCheckout { plan_id: Some(id), ..NewCheckout::default() })
            >
                {t::CHOOSE}
            </Button>
        }
        .into_any(),
        None => view! { <ButtonLink href=sign_in_path("/plans")>{t::CHOOSE}</ButtonLink> }.into_any(),
    };
    view! {
        <li class="flex flex-col gap-5 border-t border-line pt-6">
            <h2>{plan.name.clone()}</h2>
            <p>
                {(trial && plan.trial_days > 0).then(|| view! { <span class="block text-sm text-muted">{t::trial(plan.trial_days)}</span> })}
                <span class="price-large"><Price money=plan.price/></span>
                <span class="text-muted">" " {t::per(plan.interval)}</span>
            </p>
            {(!plan.description.is_empty()).then(|| view! { <p class="text-muted">{plan.description.clone()}</p> })}
            <ul class="grid gap-2">
                {lines.into_iter().map(|line| view! { <li class="flex gap-3"><span aria-hidden="true">"✓"</span>{line}</li> }).collect_view()}
            </ul>
            <div class="mt-auto pt-2">{way}</div>
        </li>
    }
    .into_any()
}

/// What a plan gives, a line each.
fn lines(plan: &Plan, products: &[Product]) -> Vec<AnyView> {
    let mut lines = Vec::new();
    if plan.tokens_per_period > 0 {
        lines.push(t::tokens(plan.tokens_per_period, plan.interval).into_any());
    }
    if plan.tokens_per_period > 0 && plan.rollover_cap > 0 {
        lines.push(t::carried(plan.rollover_cap).into_any());
    }
    if plan.includes.all_downloads {
        lines.push(t::ALL_DOWNLOADS.into_any());
    }
    if !plan.includes.product_ids.is_empty() {
        lines.push(named(&plan.includes.product_ids, products));
    }
    lines.extend(plan.benefits.iter().cloned().map(IntoAny::into_any));
    lines
}

/// A few of the products by name, and how many more there are.
fn named(ids: &[Uuid], products: &[Product]) -> AnyView {
    let known: Vec<_> = products.iter().filter(|product| ids.contains(&product.id)).take(NAMED).collect();
    if known.is_empty() {
        return t::products(ids.len()).into_any();
    }
    let rest = ids.len() - known.len();
    let last = known.len() - 1;
    let links = known.into_iter().enumerate().map(|(at, product)| {
        let href = format!("/products/{}", product.slug);
        view! { <a href=href class="link-line">{product.name.clone()}</a> {(at < last).then_some(", ")} }
    });
    view! { <span>{links.collect_view()} {(rest > 0).then(|| format!(" {}", t::and_more(rest)))}</span> }.into_any()
}
