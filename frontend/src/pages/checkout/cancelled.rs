//! The customer came back without paying.

use leptos::prelude::*;

use super::{Held, HeldNote};
use crate::{
    components::{ButtonKind, ButtonLink, Page},
    texts::{checkout as t, store},
};

/// The customer came back without paying.
#[component]
pub fn Cancelled() -> impl IntoView {
    // What is held wants to be paid first.
    let (lead, cart) = match Held::find() {
        Some(_) => (t::CANCELLED_TIME_WORDS, ButtonKind::Secondary),
        None => (t::CANCELLED_WORDS, ButtonKind::Primary),
    };
    view! {
        <Page title=t::CANCELLED lead=lead>
            <HeldNote/>
            <div class="flex flex-wrap gap-3">
                <ButtonLink href="/cart" kind=cart>{t::BACK_TO_CART}</ButtonLink>
                <ButtonLink href="/products" kind=ButtonKind::Secondary>{store::KEEP_LOOKING}</ButtonLink>
            </div>
        </Page>
    }
    .into_any()
}
