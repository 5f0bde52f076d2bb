//! One subscription: where it stands, and every token of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::{
    Page as Batch, PageQuery,
    calendar::AdminBookingQuery,
    subscriptions::AdminSubscription,
    tokens::{TokenEntry, TokenSource, TokenStatement},
};

use super::{
    disputes::Disputes,
    subscriptions::{EndSubscription, period},
    token_dialog::TokenDialog,
};
use crate::{
    components::{Badge, Button, ButtonKind, List, Load, Page, Price, TokenMeter, When},
    format,
    pages::tokens::{Lines, Lots},
    path::id_in_path,
    session::load,
    texts::{admin, plans, subscriptions as t, tokens},
};

/// What the appointments are that tokens paid: what for, and when.
type Appointments = HashMap<Uuid, (String, DateTime<Utc>)>;

/// One subscription.
#[component]
pub fn SubscriptionDetail() -> impl IntoView {
    let id = id_in_path();
    let found = load(move |client| {
        let id = id.get();
        async move {
            let found = client.get_admin_subscription(id).await?;
            let statement = client.get_admin_tokens(id, &PageQuery { limit: Some(1), cursor: None }).await?;
            let appointments = appointments(&client, found.customer.id).await?;
            Ok((found, statement, appointments))
        }
    });
    let lines = List::new(move |client, cursor| {
        let id = id.get();
        async move {
            let statement = client.get_admin_tokens(id, &PageQuery { limit: Some(50), cursor }).await?;
            Ok(Batch { data: statement.entries, next_cursor: statement.next_cursor })
        }
    });
    let title = Signal::derive(move || {
        found.with(|found| match found {
            Some(Ok((found, ..))) => t::title(&found.customer.name, &found.subscription.plan.name),
            _ => t::SUBSCRIPTION.to_owned(),
        })
    });
    let again = Callback::new(move |()| {
        found.refetch();
        lines.first.refetch();
    });
    view! {
        <Page title=title>
            <Load
                resource=found
                render=move |(found, statement, appointments)| view! { <Detail found statement appointments lines again/> }.into_any()
            />
        </Page>
    }
    .into_any()
}

/// All appointments of a customer.
async fn appointments(client: &Client, customer: Uuid) -> Result<Appointments> {
    let mut query = AdminBookingQuery { customer_id: Some(customer), limit: Some(100), ..AdminBookingQuery::default() };
    let mut all = Appointments::new();
    loop {
        let page = client.list_admin_bookings(&query).await?;
        all.extend(page.data.into_iter().map(|one| (one.booking.id, (one.booking.product.name, one.booking.start))));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(all);
        }
    }
}

/// Where a line leads: to the appointment in the calendar, or the order.
fn link(entry: &TokenEntry, appointments: &Appointments) -> Option<(String, String)> {
    if let Some(id) = entry.booking_id {
        let (name, start) = appointments.get(&id)?;
        // The day in the owner's zone may be the next one; the week is nearly always the same.
        let href = format!("/admin/calendar?view=week&on={}&booking={id}", start.date_naive());
        return Some((href, format!("{name}, {}", format::moment(start))));
    }
    let order = entry.source_ref.as_ref().filter(|_| entry.source == Some(TokenSource::TopUp))?;
    Some((format!("/admin/orders/{order}"), t::SEE_ORDER.to_owned()))
}

#[component]
fn Detail(
    found: AdminSubscription,
    statement: TokenStatement,
    appointments: Appointments,
    lines: List<TokenEntry>,
    again: Callback<()>,
) -> impl IntoView {
    let adjusting = RwSignal::new(false);
    let subscription = found.subscription.clone();
    let (id, over) = (subscription.id, subscription.status.is_over());
    let surplus = found.surplus.then(|| view! { <p class="notice mb-8" data-tone="care" role="note">{t::SURPLUS}</p> });
    let links = Callback::new(move |entry: TokenEntry| link(&entry, &appointments));
    view! {
        {surplus}
        <div class="grid gap-x-16 gap-y-2 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div class="lg:order-2">
                <Facts found=found.clone()/>
                {(!over).then(|| view! { <section class="sheet"><EndSubscription of=subscription done=again/></section> })}
                <Disputes disputes=found.disputes words=t::DISPUTED/>
            </div>
            <div class="lg:order-1">
                <section class="sheet">
                    <TokenMeter tokens=found.subscription.tokens/>
                    <div class="pb-4">
                        <Button kind=ButtonKind::Secondary on_press=move || adjusting.set(true)>{t::ADJUST}</Button>
                    </div>
                </section>
                <section class="grid gap-3 pb-10">
                    <h2 class="text-lg">{t::TOKENS_LEFT}</h2>
                    <Lots lots=statement.lots/>
                </section>
                <section class="grid gap-3 pb-6">
                    <h2 class="text-lg">{tokens::STATEMENT}</h2>
                    <Lines list=lines links/>
                </section>
            </div>
        </div>
        <TokenDialog open=adjusting subscription=id done=again/>
    }
    .into_any()
}

#[component]
fn Facts(found: AdminSubscription) -> impl IntoView {
    let AdminSubscription { subscription: of, customer, stripe_subscription_id, .. } = found;
    let price = of.price;
    let over = of.status.is_over();
    let date = |label: &'static str, at: Option<DateTime<Utc>>| {
        at.map(|at| view! { <dt>{label}</dt><dd><When time=at date_only=true/></dd> })
    };
    let ending = of.cancel_at.filter(|_| !over);
    let renews = (!over && ending.is_none()).then_some(of.current_period_end);
    let benefits = match (of.has_benefits, of.benefits_until) {
        (false, _) => t::CLOSED.to_owned(),
        (true, None) => t::OPEN.to_owned(),
        (true, Some(until)) => t::open_until(&format::date(&until)),
    };
    let next = of.next_plan.as_ref().map(|next| view! { <dt>{t::NEXT_PLAN}</dt><dd>{next.name.clone()}</dd> });
    view! {
        <section class="sheet">
            <dl class="facts">
                <dt>{admin::STATUS}</dt><dd><Badge of=of.status/></dd>
                <dt>{admin::CUSTOMER}</dt>
                <dd><a class="link-line" href=format!("/admin/customers/{}", customer.id)>{customer.name}</a></dd>
                <dt>{admin::EMAIL}</dt><dd>{customer.email}</dd>
                <dt>{t::PLAN}</dt>
                <dd><a class="link-line" href=format!("/admin/plans/{}", of.plan.id)>{of.plan.name.clone()}</a></dd>
                <dt>{t::PRICE}</dt><dd><Price money=price/> " " {plans::per(of.plan.interval)}</dd>
                {(!over).then(|| view! { <dt>{t::PERIOD}</dt><dd>{period(&of)}</dd> })}
                {date(t::TRIAL_END, of.trial_end.filter(|_| !over))}
                {date(t::RENEWS, renews)}
                {date(t::ENDS, ending)}
                {date(t::ENDED, of.ended_at)}
                {next}
                <dt>{t::BENEFITS}</dt><dd>{benefits}</dd>
                {date(admin::SINCE, Some(of.created_at))}
                <dt>{t::STRIPE}</dt><dd class="font-mono text-xs">{stripe_subscription_id}</dd>
            </dl>
        </section>
    }
    .into_any()
}
