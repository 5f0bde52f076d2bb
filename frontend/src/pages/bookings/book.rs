//! Booking a time for a service that is owned.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use uuid::Uuid;
use vitrine_client::Error;
use vitrine_types::{
    Code, PageQuery, Problem,
    calendar::{BookingChoice, NewBooking, PayWith, PaymentKind},
    entitlements::Entitlement,
};

use super::{choose::Choice, form::BookingForm, intake::forget_answers};
use crate::{
    components::{Empty, Load, Page, toast_ok},
    format,
    pages::admin::new_key,
    session::{load, use_session},
    texts::booking as t,
};

/// Booking a time. The address names what is owned.
#[component]
pub fn Book() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id")).and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
    let own = load(move |client| {
        let id = id();
        async move {
            let query = PageQuery { limit: Some(100), cursor: None };
            let owned = client.list_entitlements(&query).await?.data;
            owned.into_iter().find(|own| own.id == id).ok_or_else(missing)
        }
    });
    let title = Signal::derive(move || {
        own.with(|own| match own {
            Some(Ok(own)) => t::book(&own.product.name),
            _ => t::BOOK.to_owned(),
        })
    });
    view! {
        <Page title=title>
            <Load
                resource=own
                render=|own| {
                    if own.bookings_remaining.unwrap_or(0) < 1 {
                        return view! { <Empty title=t::NONE_LEFT words=t::NONE_LEFT_WORDS/> }.into_any();
                    }
                    view! { <Form own/> }.into_any()
                }
            />
        </Page>
    }
    .into_any()
}

/// What the API answers for what is not there.
fn missing() -> Error {
    Error::Problem(Box::new(Problem {
        kind: String::new(),
        title: Code::NotFound.title().into(),
        status: Code::NotFound.status(),
        code: Code::NotFound.as_str().into(),
        detail: None,
        instance: None,
        request_id: String::new(),
        errors: Vec::new(),
    }))
}

#[component]
fn Form(own: Entitlement) -> impl IntoView {
    let (session, navigate) = (use_session(), use_navigate());
    let key = StoredValue::new(new_key());
    let (id, product_id) = (own.id, own.product.id);
    let send = move |choice: BookingChoice| {
        let BookingChoice { start, time_zone, answers } = choice;
        let pay_with = PayWith { kind: PaymentKind::Entitlement, id };
        let new = NewBooking { product_id, start, time_zone, answers, pay_with };
        let navigate = navigate.clone();
        async move {
            let booked = session.client().create_booking(&new, Some(&key.get_value())).await;
            if !matches!(booked, Err(Error::Network(_))) {
                // Another try is another intention: the time or the answers will differ.
                key.set_value(new_key());
            }
            let booking = booked?;
            forget_answers(product_id);
            toast_ok(t::booked(&format::moment_in(&booking.start, &booking.time_zone)));
            navigate("/dashboard/bookings", Default::default());
            Ok(())
        }
    };
    view! { <BookingForm product=own.product choice=Choice::new() verb=t::book send/> }.into_any()
}
