//! What customers ask their bank to give back.

use leptos::prelude::*;
use vitrine_types::checkout::Dispute;

use crate::{
    components::{Price, When},
    texts::admin as t,
};

/// Payments disputed with the bank, nothing when there are none.
#[component]
pub fn Disputes(
    disputes: Vec<Dispute>,
    /// What they mean here.
    words: &'static str,
) -> impl IntoView {
    if disputes.is_empty() {
        return ().into_any();
    }
    let disputes = disputes.into_iter().map(|dispute| {
        let due = dispute.evidence_due_by.map(|at| view! { <dt>{t::EVIDENCE_BY}</dt><dd><When time=at/></dd> });
        view! {
            <dl class="facts">
                <dt>{t::STATUS}</dt><dd>{dispute.status.replace('_', " ")}</dd>
                <dt>{t::REASON}</dt><dd>{dispute.reason.replace('_', " ")}</dd>
                <dt>{t::AMOUNT}</dt><dd><Price money=dispute.amount/></dd>
                {due}
            </dl>
        }
    });
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::DISPUTE}</h2>
            <p class="max-w-prose text-sm text-muted">{words}</p>
            {disputes.collect_view()}
        </section>
    }
    .into_any()
}
