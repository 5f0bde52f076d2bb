//! After paying: asks until the order is settled, and hands over what was bought.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use uuid::Uuid;
use vitrine_client::{Client, Error, Result};
use vitrine_types::checkout::{CheckoutResult, CheckoutStatus, Order, OrderStatus};

use super::{Held, bought::Bought};
use crate::{
    components::{ButtonKind, ButtonLink, Page},
    layout::SignedIn,
    pages::bookings::forget_answers,
    session::use_session,
    texts::checkout as t,
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
    if result.status == CheckoutStatus::Complete {
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
        (CheckoutStatus::Open, _) => said(t::OPEN, t::OPEN_WORDS, back()),
        (CheckoutStatus::Processing, _) => said(t::ON_ITS_WAY, t::ON_ITS_WAY_WORDS, one(&order)),
        (CheckoutStatus::Expired, _) => said(t::EXPIRED, t::EXPIRED_WORDS, back()),
        (CheckoutStatus::Failed, _) => said(t::FAILED, t::FAILED_WORDS, back()),
        (_, OrderStatus::NeedsReview) => said(t::REVIEW, t::REVIEW_WORDS, one(&order)),
        (_, OrderStatus::Refunded) => said(t::REFUNDED, t::REFUNDED_WORDS, one(&order)),
        (_, OrderStatus::Disputed) => said(t::DISPUTED, t::DISPUTED_WORDS, one(&order)),
        _ => said(t::THANKS, t::THANKS_WORDS, view! { <Bought order/> }.into_any()),
    }
}

fn said(title: &'static str, words: &'static str, way_on: AnyView) -> AnyView {
    view! { <Page title=title lead=words>{way_on}</Page> }.into_any()
}

fn waiting() -> AnyView {
    view! { <span class="loading loading-spinner text-muted" aria-hidden="true"></span> }.into_any()
}

fn back() -> AnyView {
    view! {
        <div class="flex flex-wrap gap-3">
            <ButtonLink href="/cart">{t::BACK_TO_CART}</ButtonLink>
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
