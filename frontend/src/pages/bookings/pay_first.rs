//! Choosing a time before paying: it is held while the customer pays.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use vitrine_types::{
    calendar::{BookingChoice, Slot},
    catalog::Product,
    checkout::{CheckoutItem, NewCheckout},
};

use super::{choose::Choice, form::BookingForm};
use crate::{
    components::{Load, Page},
    layout::sign_in_path,
    pages::checkout::{HandOff, HeldNote},
    session::{load, use_session},
    texts::booking as t,
};

/// Choosing a time of a service and paying it. `?at=` is the time chosen before signing in.
#[component]
pub fn BookAndPay() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let at = query.with_untracked(|query| query.get("at")).and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let product = load(move |client| {
        let slug = slug.get();
        async move { client.get_product(&slug).await }
    });
    let title = Signal::derive(move || {
        product.with(|product| match product {
            Some(Ok(product)) => t::book(&product.name),
            _ => t::BOOK.to_owned(),
        })
    });
    view! {
        <Page title=title>
            <Load resource=product render=move |product| view! { <Form product at/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Form(product: Product, at: Option<DateTime<Utc>>) -> impl IntoView {
    let (session, navigate, hand_off) = (use_session(), use_navigate(), HandOff::new());
    let (product_id, slug) = (product.id, product.slug.clone());
    let minutes = product.service.as_ref().map_or(0, |service| service.duration_minutes);
    let choice = match at {
        Some(start) => Choice::of(Slot { start, end: start + TimeDelta::minutes(minutes.into()) }),
        None => Choice::new(),
    };
    let send = move |booking: BookingChoice| {
        let signed_in = session.me.with_untracked(Option::is_some);
        if !signed_in {
            // The answers are kept in the browser, the time in the address.
            let at = booking.start.to_rfc3339_opts(SecondsFormat::Secs, true);
            navigate(&sign_in_path(&format!("/products/{slug}/book?at={at}")), Default::default());
        }
        let items = vec![CheckoutItem { product_id, quantity: 1, booking: Some(booking) }];
        let new = NewCheckout { items: Some(items), ..NewCheckout::default() };
        async move { if signed_in { hand_off.go(new).await } else { Ok(()) } }
    };
    view! {
        <HeldNote product=product_id/>
        <BookingForm product choice verb=t::hold_and_pay send/>
        <p class="text-sm text-muted">{t::HOLD_HINT}</p>
    }
    .into_any()
}
