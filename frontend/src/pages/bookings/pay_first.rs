//! Choosing a time of a service: it is booked with what the customer has, or held while the customer pays.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use vitrine_types::{calendar::Slot, catalog::Product};

use super::{choose::Choice, form::BookingForm, means::Purse};
use crate::{
    components::{ButtonKind, ButtonLink, Empty, Load, Page},
    layout::sign_in_path,
    pages::checkout::HeldNote,
    session::{load, use_session},
    texts::booking as t,
};

/// Choosing a time of a service. `?at=` is the time chosen before signing in, `?with=tokens` what is meant to pay.
#[component]
pub fn BookAndPay() -> impl IntoView {
    let (session, params, query) = (use_session(), use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let at = query.with_untracked(|query| query.get("at")).and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let tokens = query.with_untracked(|query| query.get("with")).is_some_and(|with| with == "tokens");
    let product = load(move |client| {
        let (slug, signed_in) = (slug.get(), session.is_signed_in());
        async move {
            let product = client.get_product(&slug).await?;
            let purse = match signed_in {
                true => Purse::of(&client, &product).await?,
                false => Purse::empty(&product),
            };
            Ok((product, purse))
        }
    });
    let title = Signal::derive(move || {
        product.with(|product| match product {
            Some(Ok((product, _))) => t::book(&product.name),
            _ => t::BOOK.to_owned(),
        })
    });
    view! {
        <Page title=title>
            <Load resource=product render=move |(product, purse)| view! { <Form product purse at tokens/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Form(product: Product, purse: Purse, at: Option<DateTime<Utc>>, tokens: bool) -> impl IntoView {
    let session = use_session();
    let payments = session.shop.with_untracked(|shop| shop.as_ref().is_some_and(|shop| shop.payments));
    let id = product.id;
    let minutes = product.service.as_ref().map_or(0, |service| service.duration_minutes);
    let for_sale = product.stock != Some(0) && (payments || product.price.amount == 0);
    let purse = if for_sale { purse.or_money(product.price) } else { purse };
    let choice = match at {
        Some(start) => Choice::of(Slot { start, end: start + TimeDelta::minutes(minutes.into()) }),
        None => Choice::new(),
    };
    let means = purse.first(tokens);
    let has_plan = (purse.cost > 0 && !session.me.with_untracked(Option::is_some)).then(|| {
        let here = format!("/products/{}/book?with=tokens", product.slug);
        view! {
            <p class="pb-8 text-sm text-muted">
                {t::takes_tokens(purse.cost)} " " <a class="link-line text-base-content" href=sign_in_path(&here)>{t::SIGN_IN_FOR_TOKENS}</a>
            </p>
        }
    });
    let form = match means {
        Some(means) => view! { <BookingForm product purse choice means/> }.into_any(),
        None => view! {
            <Empty title=t::NOT_NOW words=t::NOT_NOW_WORDS>
                <ButtonLink kind=ButtonKind::Secondary href=format!("/products/{}", product.slug)>{t::TO_SERVICE}</ButtonLink>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <HeldNote product=id/>
        {has_plan}
        {form}
    }
    .into_any()
}
