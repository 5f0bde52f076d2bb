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
    let lead = if Held::find().is_some() { t::CANCELLED_TIME_WORDS } else { t::CANCELLED_WORDS };
    view! {
        <Page title=t::CANCELLED lead=lead>
            <HeldNote/>
            <div class="flex flex-wrap gap-3">
                <ButtonLink href="/cart">{t::BACK_TO_CART}</ButtonLink>
                <ButtonLink href="/products" kind=ButtonKind::Secondary>{store::KEEP_LOOKING}</ButtonLink>
            </div>
        </Page>
    }
    .into_any()
}
