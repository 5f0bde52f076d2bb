//! The editor of a plan.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use uuid::Uuid;
use vitrine_types::{
    Currency,
    catalog::AdminProduct,
    subscriptions::{AdminPlan, PlanPatch, PlanStatus},
};

use super::{
    draft::Draft,
    included::{Included, includable},
};
use crate::{
    components::{Button, ButtonKind, Checkbox, ErrorBanner, FormErrors, Page, Select, TextArea, TextField, toast_ok},
    session::{Loading, load, use_session},
    texts::{self, admin, plans as t},
};

/// A plan to be changed, or a new one.
#[component]
pub fn Editor(plan: Option<AdminPlan>) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let errors = FormErrors::new();
    let currency = session.shop.with_untracked(|shop| shop.as_ref().and_then(|shop| Currency::parse(&shop.currency)));
    let title = plan.as_ref().map_or_else(|| t::NEW_PLAN.to_owned(), |plan| plan.plan.name.clone());
    let draft = Draft::of(plan, currency.unwrap_or(Currency::USD));
    let products = load(move |client| includable(client, draft.products.get_untracked()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(new) = draft.read(errors) else { return };
        let navigate = navigate.clone();
        errors.submit(async move {
            match draft.known() {
                None => drop(session.client().create_plan(&new).await?),
                Some((id, _)) => {
                    session.client().update_plan(id, &draft.patch(new)).await?;
                    toast_ok(texts::account::SAVED);
                }
            }
            navigate("/admin/plans", NavigateOptions::default());
            Ok(())
        });
    };
    let known = draft.known();
    // What was offered once is archived instead.
    let can_hide = known.is_none_or(|(_, status)| status == PlanStatus::Draft);
    let standing = known.filter(|_| !can_hide).map(|(id, status)| view! { <Standing id status errors/> });
    view! {
        <Page title=title>
            <form class="grid max-w-xl gap-6" novalidate on:submit=submit>
                <ErrorBanner errors/>
                <TextField errors name="name" label=t::NAME value=draft.name required=true/>
                <TextArea errors name="description" label=t::DESCRIPTION value=draft.description rows=2/>
                <Numbers draft errors/>
                <Checkbox errors name="includes.all_downloads" label=t::ALL_DOWNLOADS value=draft.all_downloads help=t::ALL_DOWNLOADS_HELP/>
                <Included draft errors products/>
                <TextArea errors name="benefits" label=t::BENEFITS value=draft.benefits rows=4 help=t::BENEFITS_HELP/>
                {can_hide.then(|| view! { <Checkbox errors name="published" label=t::DRAFT value=draft.hidden help=t::DRAFT_HELP/> })}
                <Losses draft products/>
                <div class="flex flex-wrap gap-3">
                    <Button submit=true busy=errors.busy>{if known.is_some() { texts::SAVE } else { t::CREATE }}</Button>
                    {standing}
                </div>
            </form>
        </Page>
    }
    .into_any()
}

/// What it costs, and how many tokens come with it.
#[component]
fn Numbers(draft: Draft, errors: FormErrors) -> impl IntoView {
    let price = admin::price_in(&draft.currency.as_str().to_uppercase());
    let interval = draft.known().is_none().then(|| {
        view! { <Select errors name="interval" label=t::INTERVAL value=draft.interval options=t::intervals() help=t::INTERVAL_HELP/> }
    });
    // Nobody pays another price of what was never offered.
    let offered = draft.known().is_some_and(|(_, status)| status != PlanStatus::Draft);
    let help = if offered { t::PRICE_CHANGE_HELP } else { "" };
    view! {
        <div class="grid gap-6 sm:grid-cols-2">
            <TextField errors name="price.amount" label=price value=draft.price input_mode="decimal" help required=true/>
            {interval}
            <TextField errors name="tokens_per_period" label=t::TOKENS value=draft.tokens input_mode="numeric"/>
            <TextField errors name="rollover_cap" label=t::ROLLOVER value=draft.rollover input_mode="numeric" help=t::ROLLOVER_HELP/>
            <TextField errors name="trial_days" label=t::TRIAL value=draft.trial input_mode="numeric"/>
        </div>
    }
    .into_any()
}

/// Says before saving what subscribers lose by it.
#[component]
fn Losses(draft: Draft, products: Loading<Vec<AdminProduct>>) -> impl IntoView {
    let lost = move || {
        products.with(|products| match products {
            Some(Ok(products)) => draft.lost(products),
            _ => draft.lost(&[]),
        })
    };
    let words = move || {
        Some(lost()).filter(|lost| !lost.is_empty()).map(|lost| {
            let words = t::takes_away(&lost.join(", "), draft.subscribers());
            view! { <p class="notice" data-tone="care">{words}</p> }
        })
    };
    view! { <div aria-live="polite">{words}</div> }.into_any()
}

/// Takes it out of the offer, or back into it.
#[component]
fn Standing(id: Uuid, status: PlanStatus, errors: FormErrors) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let (status, words) = match status {
        PlanStatus::Published => (PlanStatus::Archived, t::ARCHIVE),
        PlanStatus::Draft | PlanStatus::Archived => (PlanStatus::Published, t::PUBLISH),
    };
    let press = move || {
        let navigate = navigate.clone();
        errors.submit(async move {
            session.client().update_plan(id, &PlanPatch { status: Some(status), ..PlanPatch::default() }).await?;
            navigate("/admin/plans", NavigateOptions::default());
            Ok(())
        });
    };
    view! { <Button kind=ButtonKind::Secondary busy=errors.busy on_press=press>{words}</Button> }.into_any()
}
