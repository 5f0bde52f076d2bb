//! The way to more tokens.

use leptos::prelude::*;
use vitrine_types::catalog::ProductQuery;

use crate::{session::load, texts::tokens as t};

/// A link to the products that come with tokens; nothing where none is for sale.
#[component]
pub fn BuyMore() -> impl IntoView {
    let found = load(|client| async move {
        let query = ProductQuery { tokens: Some(true), limit: Some(2), ..ProductQuery::default() };
        Ok(client.list_products(&query).await?.data)
    });
    move || {
        let found = found.get().and_then(Result::ok)?;
        let href = match found.as_slice() {
            [] => return None,
            [only] => format!("/products/{}", only.slug),
            _ => "/products?tokens=true".to_owned(),
        };
        Some(view! { <a class="link-line justify-self-start text-sm text-base-content" href=href>{t::BUY_MORE}</a> })
    }
}
