//! There is no such page.

use leptos::prelude::*;

use crate::{
    components::{ButtonKind, ButtonLink, Page},
    texts,
};

/// There is no such page.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Page title=texts::NOT_FOUND_TITLE lead=texts::NOT_FOUND_WORDS>
            <ButtonLink href="/products" kind=ButtonKind::Secondary>{texts::store::ALL_PRODUCTS}</ButtonLink>
        </Page>
    }
    .into_any()
}
