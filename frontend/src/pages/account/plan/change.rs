//! Changing the plan.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use vitrine_types::subscriptions::{Plan as Offer, PlanChange, PlanChangePreview, PlanChanged};

use crate::{
    components::{Button, ButtonKind, Dialog, perform, toast_ok},
    format,
    session::use_session,
    texts::plans as t,
};

/// Other plans; what changing costs is said before.
#[component]
pub fn Change(id: Uuid, others: Vec<Offer>, ending: bool, changed: Callback<()>) -> impl IntoView {
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
            view! {
                <p class="font-medium">{plan.name}</p>
                <p>{costs}</p>
                <p class="text-muted">{when}</p>
                {ending.then(|| view! { <p>{t::CHANGE_CONTINUES}</p> })}
            }
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
