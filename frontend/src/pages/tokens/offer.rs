//! On a product's page: that tokens pay it too, or who can buy those that come with it. Few visitors have any, so that this
//! comes after the page, by itself.

use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};
use vitrine_types::{PageQuery, catalog::Product, subscriptions::Subscription};

use super::{
    more::BuyMore,
    spend::{booking_page, cost},
};
use crate::{
    components::{ButtonKind, ButtonLink, Load},
    session::{load, use_session},
    texts::{booking, tokens as t},
};

/// Makes the view, for a number of tokens.
type Make = fn(Product, i64) -> AnyView;

// `#[wasm_split]` writes the jump into another module, which the compiler cannot check.
#[allow(unsafe_code)]
mod later {
    use leptos::{
        prelude::*,
        wasm_split::{SplitLoaderError, wasm_split},
    };

    #[wasm_split(shop, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn offer() -> Result<super::Make, SplitLoaderError> {
        Ok(|product, cost| view! { <super::Offer product cost/> }.into_any())
    }

    #[wasm_split(shop, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn terms() -> Result<super::Make, SplitLoaderError> {
        Ok(|_, more| view! { <super::Terms more/> }.into_any())
    }
}

/// The way to book it with tokens, or what is missing; nothing where the service takes none.
#[component]
pub fn OrTokens(product: Product) -> impl IntoView {
    // What does not come is not missed: the booking page says the same.
    by_itself(cost(&product), product, later::offer())
}

/// Who can buy the tokens that come with it, and what they have then; nothing where none come.
#[component]
pub fn ForPlans(product: Product) -> impl IntoView {
    // What does not come is not missed: the server says the same.
    by_itself(product.tokens.map(|tokens| tokens.amount.into()), product, later::terms())
}

/// What `make` makes once it has come, for a number of tokens; without one it is not fetched.
fn by_itself(
    number: Option<i64>,
    product: Product,
    make: impl Future<Output = Result<Make, SplitLoaderError>> + 'static,
) -> AnyView {
    let Some(number) = number else { return ().into_any() };
    let made = RwSignal::new(None::<Make>);
    spawn_local(async move {
        if let Ok(make) = make.await {
            made.try_set(Some(make));
        }
    });
    (move || made.get().map(|make| make(product.clone(), number))).into_any()
}

#[component]
fn Terms(more: i64) -> impl IntoView {
    let session = use_session();
    let plan = load(move |client| {
        let signed_in = session.is_signed_in();
        async move {
            let plans = match signed_in {
                true => client.list_subscriptions(&PageQuery::default()).await?.data,
                false => Vec::new(),
            };
            Ok(plans.into_iter().find(|plan| plan.has_benefits))
        }
    });
    let words = move |plan: Option<Subscription>| match plan {
        Some(plan) => {
            view! { <p class="text-sm text-muted">{t::after_buying(plan.tokens.balance, more)}</p> }.into_any()
        }
        None => view! {
            <p class="text-sm">{t::NEEDS_PLAN} " " <a class="link-line" href="/plans">{booking::SEE_PLANS}</a></p>
        }
        .into_any(),
    };
    view! { <Load resource=plan skeleton=|| () render=words/> }.into_any()
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
                    let more = other.map(|_| view! { <BuyMore/> });
                    view! {
                        <p class="text-sm text-muted">{words} " " <a class="link-line text-base-content" href="/plans">{booking::SEE_PLANS}</a></p>
                        {more}
                    }
                    .into_any()
                }
            }
        />
    }
    .into_any()
}
