//! On a service's page: that tokens pay it too. Few visitors have any, so that this comes after the page, by itself.

use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local};
use vitrine_types::{PageQuery, catalog::Product, subscriptions::Subscription};

use super::spend::{booking_page, cost};
use crate::{
    components::{ButtonKind, ButtonLink, Load},
    session::{load, use_session},
    texts::{booking, tokens as t},
};

// `#[wasm_split]` writes the jump into another module, which the compiler cannot check.
#[allow(unsafe_code)]
mod later {
    use leptos::{
        prelude::*,
        wasm_split::{SplitLoaderError, wasm_split},
    };
    use vitrine_types::catalog::Product;

    #[wasm_split(shop, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn offer(product: Product, cost: i64) -> Result<AnyView, SplitLoaderError> {
        Ok(view! { <super::Offer product cost/> }.into_any())
    }
}

/// The way to book it with tokens, or what is missing; nothing where the service takes none.
#[component]
pub fn OrTokens(product: Product) -> impl IntoView {
    let (there, view) = (RwSignal::new(false), StoredValue::new_local(None::<AnyView>));
    if let Some(cost) = cost(&product) {
        spawn_local(ScopedFuture::new(async move {
            // What does not come is not missed: the booking page says the same.
            if let Ok(offer) = later::offer(product, cost).await {
                view.try_set_value(Some(offer));
                there.try_set(true);
            }
        }));
    }
    move || there.get().then(|| view.try_update_value(Option::take).flatten())
}

#[component]
fn Offer(product: Product, cost: i64) -> impl IntoView {
    let session = use_session();
    let balances = load(move |client| {
        let signed_in = session.is_signed_in();
        async move {
            let plans = match signed_in {
                true => client.list_subscriptions(&PageQuery::default()).await?.data,
                false => Vec::new(),
            };
            let counts = |plan: &Subscription| plan.tokens.balance > 0 || !plan.status.is_over();
            Ok(plans.into_iter().filter(counts).map(|plan| plan.tokens.balance).max())
        }
    });
    let href = booking_page(&product);
    view! {
        <Load
            resource=balances
            skeleton=|| ()
            render=move |balance| match balance {
                Some(balance) if balance >= cost => view! {
                    <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                        <ButtonLink kind=ButtonKind::Secondary href=href.clone()>{t::book_with(cost)}</ButtonLink>
                        <span class="text-sm text-muted">{booking::uses(cost, balance)}</span>
                    </div>
                }
                .into_any(),
                other => {
                    let words = match other {
                        Some(balance) => booking::too_few(cost, balance),
                        None => booking::takes_tokens(cost),
                    };
                    view! { <p class="text-sm text-muted">{words} " " <a class="link-line text-base-content" href="/plans">{booking::SEE_PLANS}</a></p> }
                        .into_any()
                }
            }
        />
    }
    .into_any()
}
