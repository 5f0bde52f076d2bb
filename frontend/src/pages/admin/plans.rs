//! The owner's plans: the list, and the pages of a new one and of one.

mod draft;
mod editor;
mod included;

use leptos::prelude::*;
use vitrine_types::subscriptions::{AdminPlan, PlanStatus};

use self::editor::Editor;
use crate::{
    components::{Badge, ButtonKind, ButtonLink, Empty, Load, Page, Price, Tone},
    pages::NotFound,
    path::id_in_path,
    session::load,
    texts::{admin, plans as t},
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
