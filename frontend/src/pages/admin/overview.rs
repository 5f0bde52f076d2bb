//! The owner's first page: what came in, what needs a look.

use leptos::prelude::*;
use vitrine_types::admin::{DailyRevenue, Overview as Numbers};

use super::orders::OrderTable;
use crate::{
    components::{ButtonKind, ButtonLink, Empty, Load, Page},
    format,
    session::load,
    texts::admin as t,
};

/// The owner's first page.
#[component]
pub fn Overview() -> impl IntoView {
    let numbers = load(|client| async move { client.get_overview().await });
    view! {
        <Page title=t::OVERVIEW>
            <Load resource=numbers render=|numbers| view! { <Desk numbers/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Desk(numbers: Numbers) -> impl IntoView {
    let look = [
        (numbers.needs_review, "/admin/orders?status=needs_review", t::orders_to_review(numbers.needs_review)),
        (numbers.disputed_orders, "/admin/orders?status=disputed", t::disputed_orders(numbers.disputed_orders)),
        (
            numbers.disputed_subscriptions,
            "/admin/subscriptions?disputed=true",
            t::disputed_subscriptions(numbers.disputed_subscriptions),
        ),
        (numbers.failed_events, "/admin/webhooks?status=failed", t::failed_events(numbers.failed_events)),
        (numbers.failed_mails, "/admin/mails?status=failed", t::failed_mails(numbers.failed_mails)),
    ];
    let look: Vec<_> = look.into_iter().filter(|(count, ..)| *count > 0).collect();
    let look = (!look.is_empty()).then(|| {
        let items = look
            .into_iter()
            .map(|(_, href, words)| view! { <li><a class="underline underline-offset-4" href=href>{words}</a></li> });
        view! {
            <section class="mb-10 border-s-2 border-warning bg-base-200 px-4 py-3" aria-label=t::NEEDS_A_LOOK>
                <h2 class="text-base font-sans font-semibold">{t::NEEDS_A_LOOK}</h2>
                <ul class="mt-1 grid gap-1 text-sm">{items.collect_view()}</ul>
            </section>
        }
    });
    let recent = numbers.recent_orders.clone();
    let orders = if recent.is_empty() {
        view! {
            <Empty title=t::NO_ORDERS words=t::FIRST_PRODUCT_WORDS>
                <ButtonLink kind=ButtonKind::Secondary href="/admin/products/new">{t::NEW_PRODUCT}</ButtonLink>
            </Empty>
        }
        .into_any()
    } else {
        view! { <OrderTable rows=Signal::stored(recent)/> }.into_any()
    };
    view! {
        {look}
        <dl class="grid gap-8 sm:grid-cols-3">
            <Figure label=t::REVENUE value=format::money(&numbers.revenue) now=numbers.revenue.amount before=numbers.revenue_before.amount/>
            <Figure label=t::ORDERS value=format::number(numbers.orders) now=numbers.orders before=numbers.orders_before/>
            <Figure label=t::NEW_CUSTOMERS value=format::number(numbers.customers) now=numbers.customers before=numbers.customers_before/>
        </dl>
        <Chart days=numbers.daily/>
        <section class="sheet mt-10">
            <h2 class="text-lg">{t::RECENT_ORDERS}</h2>
            {orders}
        </section>
    }
    .into_any()
}

/// A number with its change to the 30 days before.
#[component]
fn Figure(label: &'static str, value: String, now: i64, before: i64) -> impl IntoView {
    let change = match (now, before) {
        (0, 0) => t::NO_CHANGE.to_owned(),
        (_, 0) => t::NOTHING_BEFORE.to_owned(),
        _ => t::change((now - before) * 100 / before.max(1)),
    };
    view! {
        <div class="border-t border-line pt-4">
            <dt class="text-sm text-muted">{label}</dt>
            <dd class="display mt-1 text-2xl">{value}</dd>
            <dd class="mt-1 text-sm text-muted">{change}</dd>
        </div>
    }
    .into_any()
}

/// Income per day as bars, with the same as a table behind it.
#[component]
fn Chart(days: Vec<DailyRevenue>) -> impl IntoView {
    const WIDTH: i64 = 600;
    const HEIGHT: i64 = 120;
    let most = days.iter().map(|day| day.amount.amount).max().unwrap_or(0).max(1);
    let step = WIDTH / days.len().max(1) as i64;
    let bars = days.iter().enumerate().map(|(at, day)| {
        let height = (day.amount.amount.max(0) * (HEIGHT - 4) / most).max(1);
        let title = format!("{}: {}", day.date, format::money(&day.amount));
        let class = if day.amount.amount > 0 { "fill-primary" } else { "fill-base-300" };
        view! {
            <rect
                x=(at as i64 * step).to_string()
                y=(HEIGHT - height).to_string()
                width=(step - 4).to_string()
                height=height.to_string()
                class=class
            >
                <title>{title}</title>
            </rect>
        }
    });
    let bars = bars.collect_view();
    let rows = days.into_iter().map(|day| {
        view! { <tr><td data-label=t::DATE>{day.date.to_string()}</td><td data-label=t::REVENUE class="num">{format::money(&day.amount)}</td></tr> }
    });
    view! {
        <figure class="mt-10">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") class="h-32 w-full" preserveAspectRatio="none" role="img" aria-label=t::CHART>
                {bars}
            </svg>
            <figcaption class="mt-2 text-sm text-muted">
                <details>
                    <summary class="cursor-pointer">{t::CHART}</summary>
                    <table class="table-desk mt-4 max-w-sm">
                        <thead><tr><th scope="col">{t::DATE}</th><th scope="col" class="num">{t::REVENUE}</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </details>
            </figcaption>
        </figure>
    }
    .into_any()
}
