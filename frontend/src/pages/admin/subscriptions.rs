//! Everybody's subscriptions, and all their tokens together.

mod end;

use leptos::prelude::*;
use vitrine_types::{
    subscriptions::{AdminSubscription, Subscription, SubscriptionQuery, SubscriptionStatus},
    tokens::TokenTotals,
};

use super::filters::{Filters, query, query_as};
use crate::{
    components::{Badge, Empty, List, Load, LoadMore, Page, Tone},
    format,
    session::load,
    texts::{admin, plans, subscriptions as t},
};

pub use end::EndSubscription;

/// Everybody's subscriptions.
#[component]
pub fn Subscriptions() -> impl IntoView {
    let (words, status) = (query("q"), query_as::<SubscriptionStatus>("status"));
    let disputes = query("disputed");
    let subscriptions = List::new(move |client, cursor| {
        let q = Some(words.get()).filter(|words| !words.is_empty());
        let query = SubscriptionQuery {
            q,
            status: status.get(),
            disputed: disputes.get().parse().ok(),
            cursor,
            limit: Some(50),
            ..SubscriptionQuery::default()
        };
        async move { client.list_admin_subscriptions(&query).await }
    });
    // Two states have one word: it is over.
    let statuses =
        SubscriptionStatus::ALL.into_iter().filter(|status| *status != SubscriptionStatus::IncompleteExpired);
    let statuses = statuses.map(|status| (status.as_str().to_owned(), plans::status(status).to_owned()));
    let totals = load(|client| async move { client.get_token_totals().await });
    view! {
        <Page title=t::SUBSCRIPTIONS>
            <Filters
                action="/admin/subscriptions"
                search=t::SEARCH
                choices=vec![
                    ("status", admin::ANY_STATUS, statuses.collect()),
                    ("disputed", t::DISPUTES, vec![("true".to_owned(), t::DISPUTES_ONLY.to_owned())]),
                ]
            />
            <Load
                resource=subscriptions.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! { <Empty title=t::NONE words=t::NONE_WORDS/> }.into_any();
                    }
                    let first = page.data;
                    let rows = move || first.iter().cloned().chain(subscriptions.more.get()).collect::<Vec<_>>();
                    view! { <SubscriptionTable rows=Signal::derive(rows)/> }.into_any()
                }
            />
            <LoadMore list=subscriptions/>
            <div class="pt-16"><Load resource=totals render=|totals| view! { <Totals totals/> }.into_any()/></div>
        </Page>
    }
    .into_any()
}

/// When its period began and ends, or when it ended.
pub fn period(of: &Subscription) -> String {
    match of.ended_at {
        Some(ended) => format::date_short(&ended),
        None => t::period(&format::date_short(&of.current_period_start), &format::date_short(&of.current_period_end)),
    }
}

/// What comes after the period, when it is not a renewal.
fn end(of: &Subscription) -> Option<String> {
    let ending = !of.status.is_over() && of.cancel_at_period_end;
    ending.then(|| format!("{} {}", t::ENDS, format::date_short(&of.cancel_at.unwrap_or(of.current_period_end))))
}

/// Subscriptions, a row each.
#[component]
pub fn SubscriptionTable(rows: Signal<Vec<AdminSubscription>>) -> impl IntoView {
    let row = |AdminSubscription { subscription, customer, .. }: AdminSubscription| {
        let href = format!("/admin/subscriptions/{}", subscription.id);
        let (when, end) = (period(&subscription), end(&subscription));
        view! {
            <tr>
                <td data-label=admin::CUSTOMER><a href=href>{customer.name}</a></td>
                <td data-label=t::PLAN>{subscription.plan.name}</td>
                <td data-label=admin::STATUS>
                    <span class="flex flex-wrap items-baseline justify-end gap-x-3 md:justify-start">
                        <Badge of=subscription.status/>
                        {subscription.disputed.then(|| view! { <Badge of=(t::IN_DISPUTE, Tone::Care)/> })}
                        {end.map(|end| view! { <span class="text-muted">{end}</span> })}
                    </span>
                </td>
                <td data-label=t::PERIOD class="text-muted">{when}</td>
                <td data-label=t::TOKENS_LEFT class="num">{format::number(subscription.tokens.balance)}</td>
            </tr>
        }
    };
    view! {
        <table class="table-desk">
            <thead>
                <tr>
                    <th scope="col">{admin::CUSTOMER}</th>
                    <th scope="col">{t::PLAN}</th>
                    <th scope="col">{admin::STATUS}</th>
                    <th scope="col">{t::PERIOD}</th>
                    <th scope="col" class="num">{t::TOKENS_LEFT}</th>
                </tr>
            </thead>
            <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The tokens of all subscriptions, and whether the books agree.
#[component]
fn Totals(totals: TokenTotals) -> impl IntoView {
    let sums = [
        (t::BALANCE, totals.balance),
        (t::GRANTED, totals.granted),
        (t::SPENT, totals.spent),
        (t::RETURNED, totals.returned),
        (t::EXPIRED, totals.expired),
        (t::ADJUSTED_SUM, totals.adjusted),
    ];
    let sums = sums.map(|(label, sum)| {
        view! {
            <div class="grid gap-1">
                <dt class="text-sm text-muted">{label}</dt>
                <dd class="figures text-lg">{format::number(sum)}</dd>
            </div>
        }
    });
    let findings = match totals.findings.is_empty() {
        true => view! { <p class="text-sm text-muted">{t::BOOKS_AGREE}</p> }.into_any(),
        false => {
            let findings = totals.findings.into_iter().map(|words| view! { <li>{words}</li> });
            view! { <ul class="notice grid gap-1" data-tone="care">{findings.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <section class="sheet">
            <div>
                <h2 class="text-lg">{t::ALL_TOKENS}</h2>
                <p class="text-sm text-muted">{t::ALL_TOKENS_WORDS}</p>
            </div>
            <dl class="grid grid-cols-2 gap-x-8 gap-y-5 sm:grid-cols-3 xl:grid-cols-6">{sums.into_iter().collect_view()}</dl>
            {findings}
        </section>
    }
    .into_any()
}
