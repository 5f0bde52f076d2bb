//! The customer's plan: what it gives, what it costs, changing and ending it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use vitrine_types::{
    PageQuery,
    subscriptions::{
        Cancellation, Plan as Offer, PlanChange, PlanChangePreview, PlanChanged, Subscription, SubscriptionStatus,
    },
};

use super::Part;
use crate::{
    components::{
        Badge, Button, ButtonKind, ButtonLink, Dialog, Empty, FormErrors, Load, TextArea, TokenMeter, perform, toast_ok,
    },
    format,
    pages::tokens::{BuyMore, Services},
    session::{load, use_session},
    texts::plans as t,
};

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

/// What happens next, in a sentence.
pub fn outlook(mine: &Subscription) -> String {
    let price = format!("{} {}", format::money(&mine.price), t::per(mine.plan.interval));
    let end = format::date(&mine.cancel_at.unwrap_or(mine.current_period_end));
    match mine.status {
        _ if mine.cancel_at_period_end || mine.cancel_at.is_some() => t::ends(&end),
        SubscriptionStatus::Trialing => {
            t::trial_until(&price, &format::date(&mine.trial_end.unwrap_or(mine.current_period_end)))
        }
        SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid => {
            t::missing(mine.benefits_until.filter(|_| mine.has_benefits).map(|until| format::date(&until)).as_deref())
        }
        _ => t::renews(&price, &end),
    }
}

#[component]
fn Mine(mine: Subscription, plans: Vec<Offer>, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let id = mine.id;
    let over = mine.status.is_over();
    let ending = mine.cancel_at_period_end || mine.cancel_at.is_some();
    let late = matches!(mine.status, SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid);
    let busy = RwSignal::new(false);
    let portal = move || {
        perform(busy, async move {
            let portal = session.client().create_billing_portal_session().await?;
            let _ = window().location().set_href(&portal.url);
            Ok(())
        });
    };
    let resume = move || {
        perform(busy, async move {
            session.client().resume_subscription(id).await?;
            toast_ok(t::RESUMED);
            changed.run(());
            Ok(())
        });
    };
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
    let next = mine.next_plan.as_ref().map(|next| t::next(&next.name, &format::date(&mine.current_period_end)));
    let others: Vec<Offer> = plans.into_iter().filter(|plan| plan.id != mine.plan.id).collect();
    view! {
        <div class="grid max-w-2xl gap-12">
            <section class="grid gap-4">
                <div class="flex flex-wrap items-center gap-x-4 gap-y-1">
                    <h2>{mine.plan.name.clone()}</h2>
                    <Badge of=mine.status/>
                </div>
                {(!over).then(|| view! { <p class=if late { "text-error" } else { "text-muted" } role=late.then_some("alert")>{outlook(&mine)}</p> })}
                {(mine.disputed && !over).then(|| view! { <p class="text-error" role="alert">{t::DISPUTED}</p> })}
                {next.map(|words| view! { <p>{words}</p> })}
                <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
                    {(late && !over).then(|| view! { <Button busy=busy on_press=portal>{t::FIX_CARD}</Button> })}
                    {(ending && !over).then(|| view! { <Button busy=busy on_press=resume>{t::RESUME}</Button> })}
                    {over.then(|| view! { <ButtonLink href="/plans">{t::SEE_PLANS}</ButtonLink> })}
                    {(!late).then(|| view! { <Button kind=ButtonKind::Secondary busy=busy on_press=portal>{t::CARDS}</Button> })}
                    <span class="text-sm text-muted">{t::CARDS_HELP}</span>
                </div>
            </section>
            {tokens}
            {(!over && !others.is_empty()).then(|| view! { <Change id others changed/> })}
            {(!over && !ending).then(|| view! { <Cancel id end=format::date(&mine.current_period_end) changed/> })}
        </div>
    }
    .into_any()
}

/// Other plans; what changing costs is said before.
#[component]
fn Change(id: Uuid, others: Vec<Offer>, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let asked: RwSignal<Option<(Offer, PlanChangePreview)>> = RwSignal::new(None);
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let ask = move |plan: Offer| {
        perform(busy, async move {
            let change = PlanChange { plan_id: plan.id, preview: Some(true) };
            if let PlanChanged::Preview(preview) = session.client().change_plan(id, &change).await? {
                asked.set(Some((plan, preview)));
                open.set(true);
            }
            Ok(())
        });
    };
    let confirm = move || {
        let Some(plan_id) = asked.with_untracked(|asked| asked.as_ref().map(|(plan, _)| plan.id)) else { return };
        perform(busy, async move {
            session.client().change_plan(id, &PlanChange { plan_id, preview: None }).await?;
            open.set(false);
            toast_ok(t::CHANGED);
            changed.run(());
            Ok(())
        });
    };
    // The pricing page sends here with a plan in mind.
    let wanted = use_query_map().with_untracked(|query| query.get("to")).and_then(|to| to.parse::<Uuid>().ok());
    if let Some(plan) = others.iter().find(|plan| Some(plan.id) == wanted) {
        ask(plan.clone());
    }
    let rows = others.into_iter().map(|plan| {
        let price = format!("{} {}", format::money(&plan.price), t::per(plan.interval));
        let name = plan.name.clone();
        view! {
            <li class="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
                <span><span class="block font-medium">{name}</span><span class="text-sm text-muted">{price}</span></span>
                <Button kind=ButtonKind::Secondary small=true busy=busy on_press=move || ask(plan.clone())>{t::CHANGE}</Button>
            </li>
        }
    });
    let words = move || {
        asked.get().map(|(plan, preview)| {
            let costs = t::preview(
                &format::money(&preview.due_now),
                &format::money(&preview.next_invoice),
                &format::date(&preview.next_invoice_at),
            );
            let when =
                t::effective(preview.effective_at < preview.next_invoice_at, &format::date(&preview.effective_at));
            view! { <p class="font-medium">{plan.name}</p><p>{costs}</p><p class="text-muted">{when}</p> }
        })
    };
    view! {
        <section>
            <h2 class="pb-3 text-lg">{t::CHANGE}</h2>
            <ul class="rows">{rows.collect_view()}</ul>
            <Dialog open title=t::CHANGE_TITLE>
                <div class="grid gap-3">
                    {words}
                    <div class="flex flex-wrap gap-3 pt-2">
                        <Button busy=busy on_press=confirm>{t::CHANGE}</Button>
                        <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{t::KEEP}</Button>
                    </div>
                </div>
            </Dialog>
        </section>
    }
    .into_any()
}

/// Ending it, with a word about what that means.
#[component]
fn Cancel(id: Uuid, end: String, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let open = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let errors = FormErrors::new();
    let cancel = move || {
        let reason = Some(reason.get_untracked()).filter(|reason| !reason.trim().is_empty());
        errors.submit(async move {
            session.client().cancel_subscription(id, &Cancellation { at_period_end: true, reason }).await?;
            open.set(false);
            toast_ok(t::CANCELLED);
            changed.run(());
            Ok(())
        });
    };
    let end = StoredValue::new(end);
    view! {
        <section>
            <Button kind=ButtonKind::Danger on_press=move || open.set(true)>{t::CANCEL}</Button>
            <Dialog open title=t::CANCEL_TITLE>
                <div class="grid gap-4">
                    <p>{t::cancel_words(&end.get_value())}</p>
                    <TextArea errors name="reason" label=t::CANCEL_REASON value=reason rows=3/>
                    <div class="flex flex-wrap gap-3">
                        <Button kind=ButtonKind::Danger busy=errors.busy on_press=cancel>{t::CANCEL}</Button>
                        <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{t::KEEP}</Button>
                    </div>
                </div>
            </Dialog>
        </section>
    }
    .into_any()
}
