//! The owner's plans: the list, and the editor of one.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use uuid::Uuid;
use vitrine_types::{
    Currency, Money,
    subscriptions::{AdminPlan, Includes, Interval, NewPlan, PlanPatch, PlanStatus},
};

use super::amount;
use crate::{
    components::{
        Badge, Button, ButtonKind, ButtonLink, Checkbox, Empty, ErrorBanner, FormErrors, Load, Page, Price, Select,
        TextArea, TextField, Tone, toast_ok,
    },
    pages::NotFound,
    path::id_in_path,
    session::{load, use_session},
    texts::{self, admin, plans as t},
};

/// All plans.
#[component]
pub fn Plans() -> impl IntoView {
    let plans = load(|client| async move { client.list_admin_plans().await });
    let row = |AdminPlan { plan, status, subscribers, .. }: AdminPlan| {
        let tone = if status == PlanStatus::Published { Tone::Good } else { Tone::Plain };
        view! {
            <tr>
                <td data-label=t::PLAN><a href=format!("/admin/plans/{}", plan.id)>{plan.name}</a></td>
                <td data-label=admin::STATUS><Badge of=(t::plan_status(status), tone)/></td>
                <td data-label=t::TOKENS class="num">{plan.tokens_per_period}</td>
                <td data-label=t::SUBSCRIBERS class="num">{subscribers}</td>
                <td data-label=admin::PRICE class="num"><span><Price money=plan.price/>" "{t::per(plan.interval)}</span></td>
            </tr>
        }
    };
    view! {
        <Page title=t::PLANS actions=|| view! { <ButtonLink href="/admin/plans/new">{t::NEW_PLAN}</ButtonLink> }>
            <Load
                resource=plans
                render=move |page| {
                    if page.data.is_empty() {
                        return view! {
                            <Empty title=t::NONE words=t::NONE_OWNER>
                                <ButtonLink kind=ButtonKind::Secondary href="/admin/plans/new">{t::NEW_PLAN}</ButtonLink>
                            </Empty>
                        }
                        .into_any();
                    }
                    view! {
                        <table class="table-desk">
                            <thead>
                                <tr>
                                    <th scope="col">{t::PLAN}</th>
                                    <th scope="col">{admin::STATUS}</th>
                                    <th scope="col" class="num">{t::TOKENS}</th>
                                    <th scope="col" class="num">{t::SUBSCRIBERS}</th>
                                    <th scope="col" class="num">{admin::PRICE}</th>
                                </tr>
                            </thead>
                            <tbody>{page.data.into_iter().map(row).collect_view()}</tbody>
                        </table>
                    }
                    .into_any()
                }
            />
        </Page>
    }
    .into_any()
}

/// A new plan.
#[component]
pub fn AddPlan() -> impl IntoView {
    view! { <Editor plan=None/> }.into_any()
}

/// The plan that the address names.
#[component]
pub fn EditPlan() -> impl IntoView {
    let id = id_in_path();
    let found = load(move |client| {
        let id = id.get();
        async move {
            let plans = client.list_admin_plans().await?.data;
            Ok(plans.into_iter().find(|plan| plan.plan.id == id))
        }
    });
    view! { <Load resource=found render=|plan| match plan {
        Some(_) => view! { <Editor plan/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }/> }
    .into_any()
}

#[component]
fn Editor(plan: Option<AdminPlan>) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let errors = FormErrors::new();
    let known = plan.as_ref().map(|plan| (plan.plan.id, plan.status));
    let currency = session.shop.with_untracked(|shop| shop.as_ref().and_then(|shop| Currency::parse(&shop.currency)));
    let currency = currency.unwrap_or(Currency::USD);
    let of = plan.map(|plan| plan.plan);
    let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let name = text(of.as_ref().map(|plan| plan.name.clone()));
    let description = text(of.as_ref().map(|plan| plan.description.clone()));
    let price = text(of.as_ref().map(|plan| amount::plain(plan.price.amount, currency)));
    let interval = RwSignal::new(of.as_ref().map_or(Interval::Month, |plan| plan.interval).as_str().to_owned());
    let trial = text(of.as_ref().map(|plan| plan.trial_days.to_string()).or(Some("0".into())));
    let tokens = text(of.as_ref().map(|plan| plan.tokens_per_period.to_string()).or(Some("0".into())));
    let rollover = text(of.as_ref().map(|plan| plan.rollover_cap.to_string()).or(Some("0".into())));
    let all_downloads = RwSignal::new(of.as_ref().is_some_and(|plan| plan.includes.all_downloads));
    let benefits = text(of.as_ref().map(|plan| plan.benefits.join("\n")));
    let chosen = of.as_ref().map(|plan| plan.includes.product_ids.clone()).unwrap_or_default();
    let title = of.map_or_else(|| t::NEW_PLAN.to_owned(), |plan| plan.name);
    let read = move || {
        errors.clear();
        let number = |name: &'static str, text: RwSignal<String>| {
            let number = text.with_untracked(|text| text.trim().parse::<u32>().ok());
            if number.is_none() {
                errors.set(name, t::WHOLE_NUMBER);
            }
            number
        };
        let price = amount::parse(&price.get_untracked(), currency);
        if price.is_none() {
            errors.set("price.amount", admin::PRICE_NEEDED);
        }
        let numbers =
            (number("trial_days", trial), number("tokens_per_period", tokens), number("rollover_cap", rollover));
        let (Some(price), (Some(trial_days), Some(tokens), Some(rollover))) = (price, numbers) else { return None };
        Some(NewPlan {
            name: name.get_untracked(),
            slug: None,
            description: description.get_untracked(),
            price: Money::new(price, currency),
            interval: if interval.get_untracked() == Interval::Year.as_str() {
                Interval::Year
            } else {
                Interval::Month
            },
            trial_days,
            tokens_per_period: i64::from(tokens),
            rollover_cap: i64::from(rollover),
            includes: Includes { all_downloads: all_downloads.get_untracked(), product_ids: chosen.clone() },
            benefits: benefits.with_untracked(|text| {
                text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
            }),
            published: true,
        })
    };
    let submit = {
        let navigate = navigate.clone();
        move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            let Some(new) = read() else { return };
            let navigate = navigate.clone();
            errors.submit(async move {
                match known {
                    None => drop(session.client().create_plan(&new).await?),
                    Some((id, _)) => {
                        let patch = PlanPatch {
                            name: Some(new.name),
                            description: Some(new.description),
                            price: Some(new.price),
                            trial_days: Some(new.trial_days),
                            tokens_per_period: Some(new.tokens_per_period),
                            rollover_cap: Some(new.rollover_cap),
                            includes: Some(new.includes),
                            benefits: Some(new.benefits),
                            status: None,
                        };
                        session.client().update_plan(id, &patch).await?;
                        toast_ok(texts::account::SAVED);
                    }
                }
                navigate("/admin/plans", Default::default());
                Ok(())
            });
        }
    };
    let archive = known.map(|(id, status)| {
        let (status, words) = match status {
            PlanStatus::Published => (PlanStatus::Archived, t::ARCHIVE),
            PlanStatus::Draft | PlanStatus::Archived => (PlanStatus::Published, t::PUBLISH),
        };
        let press = move || {
            let navigate = navigate.clone();
            errors.submit(async move {
                session.client().update_plan(id, &PlanPatch { status: Some(status), ..PlanPatch::default() }).await?;
                navigate("/admin/plans", Default::default());
                Ok(())
            });
        };
        view! { <Button kind=ButtonKind::Secondary busy=errors.busy on_press=press>{words}</Button> }
    });
    view! {
        <Page title=title>
            <form class="grid max-w-xl gap-6" novalidate on:submit=submit>
                <ErrorBanner errors/>
                <TextField errors name="name" label=t::NAME value=name required=true/>
                <TextArea errors name="description" label=t::DESCRIPTION value=description rows=2/>
                <div class="grid gap-6 sm:grid-cols-2">
                    <TextField errors name="price.amount" label=admin::price_in(&currency.as_str().to_uppercase()) value=price input_mode="decimal" help=t::PRICE_CHANGE_HELP required=true/>
                    {known.is_none().then(|| view! { <Select errors name="interval" label=t::INTERVAL value=interval options=t::intervals() help=t::INTERVAL_HELP/> })}
                    <TextField errors name="tokens_per_period" label=t::TOKENS value=tokens input_mode="numeric"/>
                    <TextField errors name="rollover_cap" label=t::ROLLOVER value=rollover input_mode="numeric" help=t::ROLLOVER_HELP/>
                    <TextField errors name="trial_days" label=t::TRIAL value=trial input_mode="numeric"/>
                </div>
                <Checkbox errors name="includes.all_downloads" label=t::ALL_DOWNLOADS value=all_downloads help=t::ALL_DOWNLOADS_HELP/>
                <TextArea errors name="benefits" label=t::BENEFITS value=benefits rows=4 help=t::BENEFITS_HELP/>
                <div class="flex flex-wrap gap-3">
                    <Button submit=true busy=errors.busy>{if known.is_some() { texts::SAVE } else { t::CREATE }}</Button>
                    {archive}
                </div>
            </form>
        </Page>
    }
    .into_any()
}
