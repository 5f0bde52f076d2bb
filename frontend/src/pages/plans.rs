//! What can be subscribed to.

use leptos::prelude::*;
use vitrine_types::{
    PageQuery,
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

/// The pricing page.
#[component]
pub fn Plans() -> impl IntoView {
    let session = use_session();
    let hand_off = HandOff::new();
    let offers = load(move |client| {
        let signed_in = session.is_signed_in();
        async move {
            let plans = client.list_plans().await?.data;
            let mine = match signed_in {
                true => client.list_subscriptions(&PageQuery::default()).await?.data,
                false => Vec::new(),
            };
            Ok((plans, mine.into_iter().find(|subscription| !subscription.status.is_over())))
        }
    });
    view! {
        <Page title=t::PLANS lead=t::PLANS_LEAD>
            <Load
                resource=offers
                render=move |(plans, mine)| {
                    if plans.is_empty() {
                        return view! {
                            <Empty title=t::PLANS words=t::NONE_FOR_SALE>
                                <ButtonLink href="/products" kind=ButtonKind::Secondary>{store::PRODUCTS}</ButtonLink>
                            </Empty>
                        }
                        .into_any();
                    }
                    let more = mine.is_some().then(|| view! { <p class="pt-12"><BuyMore/></p> });
                    let cards = plans.into_iter().map(|plan| view! { <Offer plan mine=mine.clone() hand_off/> });
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
fn Offer(plan: Plan, mine: Option<Subscription>, hand_off: HandOff) -> impl IntoView {
    let session = use_session();
    let id = plan.id;
    let way = match mine {
        Some(mine) if mine.plan.id == id => view! { <Badge of=(t::YOURS, Tone::Good)/> }.into_any(),
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
                {(plan.trial_days > 0).then(|| view! { <span class="block text-sm text-muted">{t::trial(plan.trial_days)}</span> })}
                <span class="price-large"><Price money=plan.price/></span>
                <span class="text-muted">" " {t::per(plan.interval)}</span>
            </p>
            {(!plan.description.is_empty()).then(|| view! { <p class="text-muted">{plan.description.clone()}</p> })}
            <ul class="grid gap-2">
                {lines(&plan).into_iter().map(|line| view! { <li class="flex gap-3"><span aria-hidden="true">"✓"</span>{line}</li> }).collect_view()}
            </ul>
            <div class="mt-auto pt-2">{way}</div>
        </li>
    }
    .into_any()
}

/// What a plan gives, a line each.
fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    if plan.tokens_per_period > 0 {
        lines.push(t::tokens(plan.tokens_per_period, plan.interval));
    }
    if plan.tokens_per_period > 0 && plan.rollover_cap > 0 {
        lines.push(t::carried(plan.rollover_cap));
    }
    if plan.includes.all_downloads {
        lines.push(t::ALL_DOWNLOADS.into());
    }
    if !plan.includes.product_ids.is_empty() {
        lines.push(t::products(plan.includes.product_ids.len()));
    }
    lines.extend(plan.benefits.iter().cloned());
    lines
}
