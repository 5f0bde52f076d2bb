//! What can be done with a product: buy it, take it, use it. How it is bought or taken comes with the rest of the shop, not
//! with the shop window: nobody presses before having looked.

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::hooks::use_navigate;
use uuid::Uuid;
use vitrine_client::{Error, Result};
use vitrine_types::catalog::{Access, Product, ProductKind};

use super::{
    checkout::HandOff,
    tokens::{ForPlans, OrTokens},
};
use crate::{
    components::{Button, ButtonKind, ButtonLink, perform, toast_ok},
    layout::sign_in_path,
    session::use_session,
    texts::store as t,
};

// `#[wasm_split]` writes the jump into another module, which the compiler cannot check.
#[allow(unsafe_code)]
mod later {
    use std::pin::Pin;

    use leptos::wasm_split::{SplitLoaderError, wasm_split};
    use uuid::Uuid;
    use vitrine_client::{Client, Error};
    use vitrine_types::checkout::{CheckoutItem, NewCheckout};

    use crate::pages::checkout::HandOff;

    type Work = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

    /// Buys one of a product.
    #[wasm_split(shop, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn buy() -> Result<fn(HandOff, Uuid) -> Work, SplitLoaderError> {
        Ok(|hand_off, product_id| {
            let items = vec![CheckoutItem { product_id, quantity: 1, booking: None }];
            Box::pin(hand_off.go(NewCheckout { items: Some(items), ..NewCheckout::default() }))
        })
    }

    /// Takes what is free.
    #[wasm_split(shop, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn claim() -> Result<fn(Client, String) -> Work, SplitLoaderError> {
        Ok(|client, slug| Box::pin(async move { client.claim_product(&slug).await.map(drop) }))
    }
}

/// Pays for one of a product, or goes to where it is paid.
async fn buy(hand_off: HandOff, product: Uuid) -> Result<()> {
    later::buy().await.map_err(missing)?(hand_off, product).await
}

/// The shop was upgraded meanwhile, or the connection broke: reloading mends the first and shows the second.
fn missing(error: SplitLoaderError) -> Error {
    Error::Unreadable(format!("{error:?}"))
}

/// The one clear button of a product. `on_change` is called when what may be done with it has changed.
#[component]
pub fn Purchase(product: Product, on_change: Callback<()>) -> impl IntoView {
    let session = use_session();
    let payments = session.shop.with_untracked(|shop| shop.as_ref().is_some_and(|shop| shop.payments));
    let owned = matches!(product.access, Access::Owned | Access::Included);
    let free = product.price.amount == 0;
    // An appointment can be bought again, and so can tokens that cost something; a file need not be.
    let again = product.kind == ProductKind::Service || product.tokens.is_some() && !free;
    let yours = (owned && !product.only_tokens).then(|| {
        view! {
            <p class="text-sm text-success">{t::YOURS_TITLE}</p>
            <ButtonLink href="/dashboard">{t::use_it(product.kind)}</ButtonLink>
        }
    });
    let mut or_tokens = (product.kind == ProductKind::Service && product.price.amount > 0)
        .then(|| view! { <OrTokens product=product.clone()/> });
    let actions = match &product {
        _ if owned && !again => ().into_any(),
        product if product.stock == Some(0) => view! { <Button disabled=true>{t::SOLD_OUT}</Button> }.into_any(),
        _ if free => view! { <Claim product=product.clone() on_change/> }.into_any(),
        _ if !payments => view! {
            <Button disabled=true>{t::ADD_TO_CART}</Button>
            <p class="text-sm text-muted">{t::NO_PAYMENTS}</p>
        }
        .into_any(),
        product if product.kind == ProductKind::Service => {
            let kind = if owned { ButtonKind::Secondary } else { ButtonKind::Primary };
            view! {
                <ButtonLink href=format!("/products/{}/book", product.slug) kind>{t::CHOOSE_TIME}</ButtonLink>
                {or_tokens.take()}
                <Buy product=product.clone() again=true/>
            }
            .into_any()
        }
        product => view! { <Buy product=product.clone() again=owned/> }.into_any(),
    };
    let for_plans = (!owned || again).then(|| view! { <ForPlans product=product.clone()/> });
    let left = product.stock.filter(|left| (1..=5).contains(left)).map(t::left);
    view! {
        <div class="mt-6 grid justify-items-start gap-3">
            {yours} {actions} {or_tokens} {for_plans} {left.map(|left| view! { <p class="text-sm text-warning">{left}</p> })}
        </div>
    }
    .into_any()
}

#[component]
fn Claim(product: Product, on_change: Callback<()>) -> impl IntoView {
    let (session, navigate) = (use_session(), use_navigate());
    let hand_off = HandOff::new();
    let busy = hand_off.busy;
    let claim = move || {
        let slug = product.slug.clone();
        if !session.is_signed_in() {
            return navigate(&sign_in_path(&format!("/products/{slug}")), Default::default());
        }
        if product.tokens.is_some() {
            return perform(busy, buy(hand_off, product.id));
        }
        perform(busy, async move {
            later::claim().await.map_err(missing)?(session.client(), slug).await?;
            toast_ok(t::YOURS_TITLE);
            on_change.try_run(());
            Ok(())
        });
    };
    view! { <Button busy=busy on_press=claim>{t::FREE_BUTTON}</Button> }.into_any()
}

#[component]
fn Buy(product: Product, again: bool) -> impl IntoView {
    let (session, navigate) = (use_session(), use_navigate());
    let busy = RwSignal::new(false);
    let hand_off = HandOff::new();
    let id = product.id;
    let in_cart = Memo::new(move |_| session.basket.quantity(id) > 0);
    let product = StoredValue::new(product);
    let add = move || {
        let product = product.get_value();
        perform(busy, async move {
            session.basket.add(&product).await?;
            toast_ok(t::ADDED);
            Ok(())
        });
    };
    let buy_now = move || {
        if session.is_signed_in() {
            return perform(hand_off.busy, buy(hand_off, id));
        }
        let (product, navigate) = (product.get_value(), navigate.clone());
        perform(busy, async move {
            if !in_cart.get_untracked() {
                session.basket.add(&product).await?;
            }
            navigate(&sign_in_path("/cart"), Default::default());
            Ok(())
        });
    };
    let kind = if again { ButtonKind::Secondary } else { ButtonKind::Primary };
    view! {
        <div class="flex flex-wrap gap-3">
            <Show
                when=move || in_cart.get()
                fallback=move || view! { <Button kind busy on_press=add>{t::ADD_TO_CART}</Button> }
            >
                <ButtonLink href="/cart" kind>{t::IN_CART}</ButtonLink>
            </Show>
            <Button kind=ButtonKind::Secondary busy=hand_off.busy on_press=buy_now>{t::BUY_NOW}</Button>
        </div>
    }
    .into_any()
}
