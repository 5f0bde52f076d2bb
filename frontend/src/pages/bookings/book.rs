//! Booking a time for a service that is owned.

use leptos::prelude::*;
use vitrine_types::entitlements::Entitlement;

use super::{choose::Choice, form::BookingForm, means::Purse};
use crate::{
    components::{ButtonKind, ButtonLink, Empty, Load, Page},
    path::id_in_path,
    session::load,
    texts::booking as t,
};

/// Booking a time. The address names what is owned.
#[component]
pub fn Book() -> impl IntoView {
    let id = id_in_path();
    let own = load(move |client| {
        let id = id.get();
        async move {
            let own = client.get_entitlement(id).await?;
            let purse = Purse::with(&client, &own).await?;
            Ok((own, purse))
        }
    });
    let title = Signal::derive(move || {
        own.with(|own| match own {
            Some(Ok((own, _))) => t::book(&own.product.name),
            _ => t::BOOK.to_owned(),
        })
    });
    view! {
        <Page title=title>
            <Load resource=own render=|(own, purse)| view! { <Form own purse/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Form(own: Entitlement, purse: Purse) -> impl IntoView {
    match purse.first(false) {
        Some(means) => {
            view! { <BookingForm product=own.product purse choice=Choice::new() means/> }.into_any()
        }
        None => view! {
            <Empty title=t::NONE_LEFT words=t::NONE_LEFT_WORDS>
                <ButtonLink kind=ButtonKind::Secondary href=format!("/products/{}", own.product.slug)>{t::TO_SERVICE}</ButtonLink>
            </Empty>
        }
        .into_any(),
    }
}
