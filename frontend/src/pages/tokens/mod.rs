//! The tokens of a plan: how many were spent, what is left until when, and every line of the statement.

mod more;
mod offer;
mod spend;
mod statement;

use leptos::prelude::*;
use vitrine_types::{
    Page as Batch, PageQuery,
    subscriptions::Subscription,
    tokens::{TokenEntry, TokenSource, TokenStatement, TokenSummary},
};

use super::account::outlook;
use crate::{
    components::{List, Load, Page, TokenMeter},
    path::id_in_path,
    session::load,
    texts::tokens as t,
};

pub use more::BuyMore;
pub use offer::{ForPlans, OrTokens};
pub use spend::{Services, ToSpend};
pub use statement::{Lines, Lots};

/// The tokens of the subscription that the address names.
#[component]
pub fn Tokens() -> impl IntoView {
    let id = id_in_path();
    let now = load(move |client| {
        let id = id.get();
        async move {
            let (first, all) =
                (PageQuery { limit: Some(1), cursor: None }, PageQuery { limit: Some(100), cursor: None });
            let (statement, plans) =
                futures_util::join!(client.get_tokens(id, &first), client.list_subscriptions(&all));
            Ok((statement?, plans?.data.into_iter().find(|plan| plan.id == id)))
        }
    });
    let list = List::new(move |client, cursor| {
        let id = id.get();
        async move {
            let statement = client.get_tokens(id, &PageQuery { limit: Some(50), cursor }).await?;
            Ok(Batch { data: statement.entries, next_cursor: statement.next_cursor })
        }
    });
    view! {
        <Page title=t::TOKENS lead=t::TOKENS_LEAD>
            <div class="grid max-w-2xl gap-12">
                <Load resource=now render=|(statement, plan)| view! { <Standing statement plan/> }.into_any()/>
                <section>
                    <h2 class="pb-3 text-lg">{t::STATEMENT}</h2>
                    <Lines list links=Callback::new(link)/>
                </section>
            </div>
        </Page>
    }
    .into_any()
}

/// Where a line leads: to the appointment, the order, the invoice.
fn link(entry: TokenEntry) -> Option<(String, String)> {
    let (href, title) = match (entry.booking_id, entry.source, entry.source_ref) {
        (Some(booking), ..) => (format!("/dashboard/bookings/{booking}"), t::SEE_BOOKING),
        (None, Some(TokenSource::TopUp), Some(order)) => (format!("/dashboard/orders/{order}"), t::SEE_ORDER),
        (None, Some(TokenSource::Period), Some(_)) => ("/account/plan".to_owned(), t::SEE_PLAN),
        _ => return None,
    };
    Some((href, title.to_owned()))
}

/// How the account stands: the meter, and the lots.
#[component]
fn Standing(statement: TokenStatement, plan: Option<Subscription>) -> impl IntoView {
    let TokenStatement { balance, allotted, spent, waiting, lots, .. } = statement;
    let live = plan.as_ref().is_some_and(|plan| plan.has_benefits);
    let waiting = (waiting > 0).then(|| view! { <p class="text-sm text-muted">{t::waiting(waiting)}</p> });
    let next = plan.filter(|plan| !plan.status.is_over()).map(|plan| {
        let carried = (plan.plan.tokens_per_period > 0).then(|| t::at_renewal(plan.plan.rollover_cap));
        view! { <p class="text-sm text-muted">{outlook(&plan)} " " {carried}</p> }
    });
    view! {
        <section class="grid gap-4">
            <TokenMeter tokens=TokenSummary { allotted, spent, balance }/>
            {waiting} {next}
            {live.then(|| view! { <BuyMore/> })}
        </section>
        <section>
            <h2 class="pb-3 text-lg">{t::LEFT}</h2>
            <Lots lots/>
        </section>
    }
    .into_any()
}
