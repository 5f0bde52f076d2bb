//! After paying: asks until the order is settled, and hands over what was bought.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use vitrine_client::{Client, Error, Result};
use vitrine_types::{
    calendar::{OrderedTime, OrderedTimeStatus},
    checkout::{CheckoutResult, CheckoutStatus, Order, OrderStatus},
};

use super::{
    Held,
    bought::{Bought, booked},
};
use crate::{
    components::{ButtonKind, ButtonLink, Page},
    format,
    layout::SignedIn,
    pages::bookings::{forget_answers, span_in},
    session::use_session,
    texts::{booking, checkout as t},
};

/// After paying; `?session_id=` from Stripe, or `?order=` when nothing was to pay.
#[component]
pub fn Success() -> impl IntoView {
    view! { <SignedIn><Settling/></SignedIn> }.into_any()
}

/// What the page knows.
#[derive(Clone, PartialEq)]
enum Known {
    Nothing,
    Result(Box<CheckoutResult>),
    /// There is no such payment, or it is another account's.
    Missing,
}

#[component]
fn Settling() -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let (payment, order) =
        query.with_untracked(|query| (query.get("session_id"), query.get("order").and_then(|id| id.parse().ok())));
    let (known, offline) = (RwSignal::new(Known::Nothing), RwSignal::new(false));
    spawn_local(async move {
        for tries in 0_u32.. {
            match ask(&session.client(), payment.as_deref(), order).await {
                Ok(result) => {
                    let settled = !matches!(result.status, CheckoutStatus::Open | CheckoutStatus::Processing);
                    offline.try_set(false);
                    // Gone from the page: nobody waits any more.
                    if known.try_set(Known::Result(Box::new(result))).is_some() {
                        return;
                    }
                    if settled {
                        over(&known.get_untracked());
                        let _ = session.basket.reload().await;
                        return;
                    }
                }
                Err(error) if matches!(error.status(), Some(400..=404 | 422)) => {
                    session.note(&error);
                    known.try_set(Known::Missing);
                    return;
                }
                // The shop or Stripe does not answer: the money is safe, keep asking.
                Err(_) => {
                    if offline.try_set(true).is_some() {
                        return;
                    }
                }
            }
            wait(Duration::from_millis(if tries < 10 { 1_000 } else { 5_000 })).await;
        }
    });
    let shown = Memo::new(move |_| known.get());
    view! {
        <div class="mx-auto max-w-3xl" aria-live="polite">
            {move || match shown.get() {
                Known::Nothing => said(t::CHECKING, t::CHECKING_WORDS, waiting()),
                Known::Missing => said(t::NOT_FOUND, t::NOT_FOUND_WORDS, orders()),
                Known::Result(result) => outcome(*result),
            }}
            <Show when=move || offline.get()>
                <p class="mt-6 text-sm text-warning">{t::STILL_TRYING}</p>
            </Show>
        </div>
    }
    .into_any()
}

/// What was typed and held for the order is no longer needed.
fn over(known: &Known) {
    let Known::Result(result) = known else { return };
    Held::forget();
    // Who got no time for the money chooses another one, and need not answer again.
    if result.status == CheckoutStatus::Complete && !came_late(&result.order) {
        result.order.lines.iter().for_each(|line| forget_answers(line.product_id));
    }
}

async fn ask(client: &Client, payment: Option<&str>, order: Option<Uuid>) -> Result<CheckoutResult> {
    if let Some(payment) = payment {
        return client.get_checkout_session(payment).await;
    }
    let Some(order) = order else { return Err(Error::Unreadable("no order is named".into())) };
    let order = client.get_order(order).await?;
    let status = match order.status {
        OrderStatus::Pending => CheckoutStatus::Open,
        OrderStatus::Processing => CheckoutStatus::Processing,
        OrderStatus::Expired => CheckoutStatus::Expired,
        OrderStatus::Failed => CheckoutStatus::Failed,
        _ => CheckoutStatus::Complete,
    };
    Ok(CheckoutResult { status, order })
}

fn outcome(CheckoutResult { status, order }: CheckoutResult) -> AnyView {
    match (status, order.status) {
        (CheckoutStatus::Open, _) => said(t::OPEN, t::OPEN_WORDS, unpaid(&order)),
        (CheckoutStatus::Processing, _) => {
            said(t::ON_ITS_WAY, t::ON_ITS_WAY_WORDS, view! { {held(&order)} {one(&order)} }.into_any())
        }
        (CheckoutStatus::Expired, _) => said(t::EXPIRED, t::EXPIRED_WORDS, unpaid(&order)),
        (CheckoutStatus::Failed, _) => said(t::FAILED, t::FAILED_WORDS, unpaid(&order)),
        _ if came_late(&order) => late(&order),
        (_, OrderStatus::NeedsReview) => said(t::REVIEW, t::REVIEW_WORDS, one(&order)),
        (_, OrderStatus::Refunded) => said(t::REFUNDED, t::REFUNDED_WORDS, one(&order)),
        (_, OrderStatus::Disputed) => said(t::DISPUTED, t::DISPUTED_WORDS, one(&order)),
        _ => thanks(order),
    }
}

/// All is well: what was bought. What was booked is confirmed as on its own page, until it is cancelled.
fn thanks(order: Order) -> AnyView {
    let off = RwSignal::new(false);
    let appointments = order.lines.iter().filter(|line| booked(line).is_some()).count();
    let (only, any, one) = (appointments == order.lines.len(), appointments > 0, appointments == 1);
    let title = Signal::derive(move || {
        let title = match (only, off.get()) {
            (false, _) => t::THANKS,
            (true, false) => booking::IS_BOOKED,
            (true, true) if one => booking::YOUR_APPOINTMENT,
            (true, true) => booking::APPOINTMENTS,
        };
        title.to_owned()
    });
    let words = Signal::derive(move || {
        let words = match (any, off.get()) {
            (false, _) => t::THANKS_WORDS,
            (true, false) => t::THANKS_BOOKED_WORDS,
            (true, true) => "",
        };
        words.to_owned()
    });
    view! { <Page title lead=words><Bought order off/></Page> }.into_any()
}

/// The times of an order of which this became.
fn times(order: &Order, status: OrderedTimeStatus) -> impl Iterator<Item = &OrderedTime> {
    order.lines.iter().filter_map(|line| line.booking.as_ref()).filter(move |time| time.status == status)
}

/// Whether it was paid when its time had gone to somebody else.
fn came_late(order: &Order) -> bool {
    order.paid_at.is_some() && times(order, OrderedTimeStatus::Gone).next().is_some()
}

/// What becomes of money for a time that is gone.
fn late(order: &Order) -> AnyView {
    let gone: Vec<String> =
        times(order, OrderedTimeStatus::Gone).map(|time| span_in(time.start, time.end, &time.time_zone)).collect();
    let words = t::gone(&t::and(&gone), &format::money(&order.total));
    let next = if order.status == OrderStatus::Refunded { t::GONE_REFUNDED } else { t::GONE_REVIEW };
    let (again, see) = (times(order, OrderedTimeStatus::Gone).next().map(choose_again), one(order));
    view! {
        <Page title=t::GONE>
            <div class="grid max-w-prose gap-4">
                <p>{words}</p>
                <p class="text-muted">{next}</p>
                <div class="flex flex-wrap gap-3 pt-4">{again} {see}</div>
            </div>
        </Page>
    }
    .into_any()
}

/// The way back to the times of a service.
fn choose_again(time: &OrderedTime) -> AnyView {
    view! { <ButtonLink href=format!("/products/{}/book", time.slug)>{t::CHOOSE_ANOTHER}</ButtonLink> }.into_any()
}

/// The times an order was made for, with a word about how they stand.
fn held(order: &Order) -> AnyView {
    let rows = order.lines.iter().filter_map(|line| Some((line, line.booking.as_ref()?))).map(|(line, time)| {
        let stands = match time.status {
            OrderedTimeStatus::Held if order.status == OrderStatus::Processing => t::REMAINS_HELD,
            OrderedTimeStatus::Gone => t::NO_LONGER_HELD,
            _ => "",
        };
        view! {
            <li class="rule grid gap-1 py-4">
                <span class="font-medium">{line.name.clone()}</span>
                <span>{span_in(time.start, time.end, &time.time_zone)}</span>
                <span class="text-sm text-muted">{stands}</span>
            </li>
        }
    });
    view! { <ul class="mb-6">{rows.collect_view()}</ul> }.into_any()
}

fn said(title: &'static str, words: &'static str, way_on: AnyView) -> AnyView {
    view! { <Page title=title lead=words>{way_on}</Page> }.into_any()
}

fn waiting() -> AnyView {
    view! { <span class="loading loading-spinner text-muted" aria-hidden="true"></span> }.into_any()
}

/// The way on from what is not paid: to Stripe's page while that is open, to the times, or to the cart.
fn unpaid(order: &Order) -> AnyView {
    let time = order.lines.iter().find_map(|line| line.booking.as_ref());
    let next = match (&order.pay_url, time) {
        (Some(url), _) => view! { <ButtonLink href=url.clone()>{t::GO_ON_PAYING}</ButtonLink> }.into_any(),
        (None, Some(time)) => choose_again(time),
        (None, None) => view! { <ButtonLink href="/cart">{t::BACK_TO_CART}</ButtonLink> }.into_any(),
    };
    view! {
        {held(order)}
        <div class="flex flex-wrap gap-3">
            {next}
            <ButtonLink href="/dashboard/orders" kind=ButtonKind::Secondary>{t::SEE_ORDERS}</ButtonLink>
        </div>
    }
    .into_any()
}

fn orders() -> AnyView {
    view! { <ButtonLink href="/dashboard/orders" kind=ButtonKind::Secondary>{t::SEE_ORDERS}</ButtonLink> }.into_any()
}

fn one(order: &Order) -> AnyView {
    let href = format!("/dashboard/orders/{}", order.id);
    view! { <ButtonLink href=href kind=ButtonKind::Secondary>{t::SEE_ORDER}</ButtonLink> }.into_any()
}

/// Lets time pass.
async fn wait(time: Duration) {
    let mut later = |resolve: js_sys::Function, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, time.as_millis() as i32);
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut later)).await;
}
