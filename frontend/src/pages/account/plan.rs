//! The customer's plan: what it gives, what it costs, changing and ending it.

mod cancel;
mod change;
mod when;

use leptos::prelude::*;
use vitrine_types::{
    PageQuery,
    subscriptions::{Plan as Offer, PlanChange, Subscription, SubscriptionStatus},
};

use self::{cancel::Cancel, change::Change};
use super::Part;
use crate::{
    components::{Badge, Button, ButtonKind, ButtonLink, Empty, Load, TokenMeter, perform, toast_ok},
    format,
    pages::tokens::{BuyMore, Services},
    session::{load, use_session},
    texts::plans as t,
};

pub use when::EndWhen;

/// The plan, or the way to one.
#[component]
pub fn Plan() -> impl IntoView {
    let version = RwSignal::new(0_u32);
    let found = load(move |client| {
        version.track();
        async move {
            let mine = client.list_subscriptions(&PageQuery::default()).await?.data;
            let live = mine.iter().find(|subscription| !subscription.status.is_over()).or(mine.first()).cloned();
            Ok((live, client.list_plans().await?.data))
        }
    });
    let changed = Callback::new(move |()| version.update(|version| *version += 1));
    view! {
        <Part title=t::PLAN>
            <Load
                resource=found
                render=move |(mine, plans)| match mine {
                    Some(mine) => view! { <Mine mine plans changed/> }.into_any(),
                    None => view! {
                        <Empty title=t::NONE words=t::NONE_WORDS>
                            <ButtonLink href="/plans">{t::SEE_PLANS}</ButtonLink>
                        </Empty>
                    }
                    .into_any(),
                }
            />
        </Part>
    }
    .into_any()
}

/// Whether it is paid, or free for a trial: only then can the plan be changed.
pub fn is_paid(status: SubscriptionStatus) -> bool {
    matches!(status, SubscriptionStatus::Active | SubscriptionStatus::Trialing)
}

/// Whether its end is planned.
fn is_ending(mine: &Subscription) -> bool {
    mine.cancel_at_period_end || mine.cancel_at.is_some()
}

/// What happens next, in a sentence.
pub fn outlook(mine: &Subscription) -> String {
    let end = format::date(&mine.cancel_at.unwrap_or(mine.current_period_end));
    let price = |price, plan: &Offer| format!("{} {}", format::money(price), t::per(plan.interval));
    if let Some(problem) = problem(mine) {
        return if is_ending(mine) { format!("{problem} {}", t::ends_unpaid(&end)) } else { problem };
    }
    match &mine.next_plan {
        _ if is_ending(mine) => t::ends(&end),
        Some(next) => t::next(&next.name, &price(&next.price, next), &end),
        None if mine.status == SubscriptionStatus::Trialing => {
            let until = format::date(&mine.trial_end.unwrap_or(mine.current_period_end));
            t::trial_until(&price(&mine.price, &mine.plan), &until)
        }
        None => t::renews(&price(&mine.price, &mine.plan), &end),
    }
}

/// Why it is not as it should be.
fn problem(mine: &Subscription) -> Option<String> {
    match mine.status {
        SubscriptionStatus::PastDue => {
            let open_until = mine.benefits_until.filter(|_| mine.has_benefits).map(|until| format::date(&until));
            Some(t::missing(open_until.as_deref()))
        }
        SubscriptionStatus::Unpaid => Some(t::UNPAID.into()),
        SubscriptionStatus::Incomplete => Some(t::INCOMPLETE.into()),
        SubscriptionStatus::Paused => Some(t::PAUSED.into()),
        _ => None,
    }
}

#[component]
fn Mine(mine: Subscription, plans: Vec<Offer>, changed: Callback<()>) -> impl IntoView {
    let id = mine.id;
    let (over, ending, paid) = (mine.status.is_over(), is_ending(&mine), is_paid(mine.status));
    // Also what is left of a plan that is over, and what the owner gave on top.
    let tokens = (mine.plan.tokens_per_period > 0 || mine.tokens.allotted > 0 || mine.tokens.balance > 0).then(|| {
        view! {
            <section class="rule grid gap-4 pt-8">
                <TokenMeter tokens=mine.tokens/>
                <p class="text-sm"><a class="link-line" href=format!("/account/plan/{id}/tokens")>{t::SEE_TOKENS}</a></p>
                {mine.has_benefits.then(|| view! { <BuyMore/> })}
            </section>
            {(!mine.disputed).then(|| view! { <Services balance=mine.tokens.balance/> })}
        }
    });
    let known = [Some(mine.plan.id), mine.next_plan.as_ref().map(|next| next.id)];
    let others: Vec<Offer> = plans.into_iter().filter(|plan| !known.contains(&Some(plan.id))).collect();
    view! {
        <div class="grid max-w-2xl gap-12">
            <Standing mine=mine.clone() changed/>
            {tokens}
            {(paid && !others.is_empty()).then(|| view! { <Change id others ending changed/> })}
            {(!over && !ending).then(|| view! { <Cancel mine changed/> })}
        </div>
    }
    .into_any()
}

/// Where it stands, and the ways out of what is not as it should be.
#[component]
fn Standing(mine: Subscription, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let over = mine.status.is_over();
    let late = !over && !is_paid(mine.status) && mine.status != SubscriptionStatus::Paused;
    let portal = move || {
        perform(busy, async move {
            let portal = session.client().create_billing_portal_session().await?;
            let _ = window().location().set_href(&portal.url);
            Ok(())
        });
    };
    view! {
        <section class="grid gap-4">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-1">
                <h2>{mine.plan.name.clone()}</h2>
                <Badge of=mine.status/>
            </div>
            {(!over).then(|| view! { <p class=if late { "text-error" } else { "text-muted" } role=late.then_some("alert")>{outlook(&mine)}</p> })}
            {(mine.disputed && !over).then(|| view! { <p class="text-error" role="alert">{t::DISPUTED}</p> })}
            <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
                {late.then(|| view! { <Button busy=busy on_press=portal>{t::FIX_CARD}</Button> })}
                <TakeBack mine busy changed/>
                {over.then(|| view! { <ButtonLink href="/plans">{t::SEE_PLANS}</ButtonLink> })}
                {(!late).then(|| view! { <Button kind=ButtonKind::Secondary busy=busy on_press=portal>{t::CARDS}</Button> })}
                <span class="text-sm text-muted">{t::CARDS_HELP}</span>
            </div>
        </section>
    }
    .into_any()
}

/// Takes a planned end back, or a planned change.
#[component]
fn TakeBack(mine: Subscription, busy: RwSignal<bool>, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (id, plan_id) = (mine.id, mine.plan.id);
    let resume = move || {
        perform(busy, async move {
            session.client().resume_subscription(id).await?;
            toast_ok(t::RESUMED);
            changed.run(());
            Ok(())
        });
    };
    let name = StoredValue::new(mine.plan.name.clone());
    let keep = move || {
        perform(busy, async move {
            // Changing to the plan one has takes the planned change back.
            session.client().change_plan(id, &PlanChange { plan_id, preview: None }).await?;
            toast_ok(t::kept(&name.get_value()));
            changed.run(());
            Ok(())
        });
    };
    match is_ending(&mine) {
        _ if mine.status.is_over() => ().into_any(),
        true => view! { <Button busy=busy on_press=resume>{t::RESUME}</Button> }.into_any(),
        false if mine.next_plan.is_some() && is_paid(mine.status) => {
            view! { <Button kind=ButtonKind::Secondary busy=busy on_press=keep>{t::keep(&mine.plan.name)}</Button> }
                .into_any()
        }
        false => ().into_any(),
    }
}
