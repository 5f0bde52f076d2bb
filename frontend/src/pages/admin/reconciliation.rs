//! Our books beside Stripe's.

use leptos::prelude::*;
use vitrine_types::webhook::Reconciliation as Report;

use crate::{
    components::{Button, Empty, Load, Page, When, perform, toast_ok},
    session::{load, use_session},
    texts::admin as t,
};

/// Our books beside Stripe's.
#[component]
pub fn Reconciliation() -> impl IntoView {
    let session = use_session();
    let report = load(|client| async move { client.get_reconciliation().await });
    let busy = RwSignal::new(false);
    let run = Callback::new(move |()| {
        perform(busy, async move {
            session.client().run_reconciliation().await?;
            toast_ok(t::COMPARED);
            report.refetch();
            Ok(())
        });
    });
    view! {
        <Page
            title=t::RECONCILIATION
            lead=Signal::derive(|| t::RECONCILIATION_WORDS.to_owned())
            actions=move || view! { <Button busy=busy on_press=run>{t::COMPARE_NOW}</Button> }
        >
            <Load resource=report render=|report| view! { <Findings report/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Findings(report: Report) -> impl IntoView {
    let Some(at) = report.finished_at else {
        return view! { <Empty title=t::NEVER_COMPARED words=t::NEVER_COMPARED_WORDS/> }.into_any();
    };
    let facts = view! {
        <dl class="facts pb-8">
            <dt>{t::LAST_COMPARED}</dt><dd><When time=at/></dd>
            <dt>{t::ORDERS_COMPARED}</dt><dd>{report.compared}</dd>
            <dt>{t::ORDERS_MENDED}</dt><dd>{report.repaired}</dd>
        </dl>
    };
    if report.findings.is_empty() {
        return view! { {facts}<Empty title=t::NOTHING_FOUND words=t::NOTHING_FOUND_WORDS/> }.into_any();
    }
    let rows = report.findings.into_iter().map(|finding| {
        let order = finding.order_id.zip(finding.order_number);
        let order = order.map(|(id, number)| view! { <a href=format!("/admin/orders/{id}")>"#"{number}</a> });
        view! {
            <tr>
                <td data-label=t::ORDER>{order}</td>
                <td data-label=t::DIFFERENCE>{finding.detail}</td>
                <td data-label=t::DATE><When time=finding.found_at/></td>
            </tr>
        }
    });
    view! {
        {facts}
        <table class="table-desk">
            <thead>
                <tr>
                    <th scope="col">{t::ORDER}</th>
                    <th scope="col">{t::DIFFERENCE}</th>
                    <th scope="col">{t::DATE}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
