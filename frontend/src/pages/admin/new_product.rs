//! A new product begins with three answers; all else is filled in on its own page.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use vitrine_types::{
    Currency, Money,
    catalog::{Embed, NewProduct as New, ProductKind},
};

use super::{amount, draft::Draft};
use crate::{
    components::{Button, ErrorBanner, FormErrors, Page, Radio, TextField},
    session::use_session,
    texts::{self, admin as t},
};

/// A new product.
#[component]
pub fn NewProduct() -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let errors = FormErrors::new();
    let kind = RwSignal::new(ProductKind::Download);
    let (name, price) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let currency = Signal::derive(move || {
        let code = session.shop.with(|shop| shop.as_ref().map(|shop| shop.currency.clone()));
        code.and_then(|code| Currency::parse(&code)).unwrap_or(Currency::USD)
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let Some(price) = amount::parse(&price.get_untracked(), currency.get_untracked()) else {
            errors.set("price.amount", t::PRICE_NEEDED);
            return;
        };
        let kind = kind.get_untracked();
        let new = New {
            name: name.get_untracked(),
            slug: None,
            summary: String::new(),
            description: String::new(),
            kind,
            price: Money::new(price, currency.get_untracked()),
            tags: Vec::new(),
            stock: None,
            published: false,
            embed: (kind == ProductKind::Embed).then(|| Embed {
                html: Some(t::EMBED_START.into()),
                url: None,
                height: 600,
            }),
            service: (kind == ProductKind::Service).then(Draft::plain_service),
            tokens: None,
        };
        let navigate = navigate.clone();
        errors.submit(async move {
            let made = session.client().create_product(&new).await?;
            navigate(&format!("/admin/products/{}", made.product.id), Default::default());
            Ok(())
        });
    };
    let kinds = [ProductKind::Download, ProductKind::Embed, ProductKind::Service].map(|of| {
        let (label, words) = (texts::kind(of), t::kind_words(of));
        let chosen = Signal::derive(move || kind.get() == of);
        view! { <Radio name="kind" label words class="border-t border-line py-4" chosen choose=move || kind.set(of)/> }
    });
    view! {
        <Page title=t::NEW_PRODUCT lead=Signal::derive(|| t::NEW_PRODUCT_WORDS.to_owned())>
            <form class="grid max-w-xl gap-6" novalidate on:submit=submit>
                <ErrorBanner errors/>
                <fieldset>
                    <legend class="mb-2 text-sm font-medium">{t::KIND}</legend>
                    {kinds.into_iter().collect_view()}
                </fieldset>
                <TextField errors name="name" label=t::NAME value=name required=true/>
                <TextField
                    errors
                    name="price.amount"
                    label=t::price_in(&currency.get_untracked().as_str().to_uppercase())
                    value=price
                    input_mode="decimal"
                    placeholder="19"
                    help=t::PRICE_HELP
                    required=true
                />
                <div><Button submit=true busy=errors.busy>{t::CREATE_DRAFT}</Button></div>
            </form>
        </Page>
    }
    .into_any()
}
