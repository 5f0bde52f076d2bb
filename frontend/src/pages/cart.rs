//! The cart: on the server for who is signed in, in this browser otherwise; looks the same.

use futures_util::future::join_all;
use leptos::prelude::*;
use vitrine_client::Error;
use vitrine_types::{
    Money,
    catalog::{Access, Product, ProductKind},
    checkout::NewCheckout,
};

use super::checkout::HandOff;
use crate::{
    basket::{MOST, Wish},
    components::{Button, ButtonKind, ButtonLink, Empty, Load, Page, Picture, Price, Skeleton, perform},
    format,
    layout::sign_in_path,
    session::{load, use_session},
    texts::{self, store as t},
};

/// The cart.
#[component]
pub fn CartPage() -> impl IntoView {
    let session = use_session();
    let signed_in = Memo::new(move |_| session.is_signed_in());
    view! {
        <Page title=t::CART>
            {move || match signed_in.get() {
                true => view! { <Kept/> }.into_any(),
                false => view! { <Wished/> }.into_any(),
            }}
        </Page>
    }
    .into_any()
}

/// A product in the cart. No product: it is not for sale any more.
#[derive(Clone, PartialEq)]
struct Line {
    wish: Wish,
    product: Option<Product>,
}

/// The cart on the server.
#[component]
fn Kept() -> impl IntoView {
    let session = use_session();
    let fetched = load(move |_| session.basket.reload());
    let lines = move || {
        let cart = session.basket.cart.get();
        let lines = cart.iter().flat_map(|cart| cart.lines.clone()).map(|line| Line {
            wish: Wish { id: line.product.id, slug: line.product.slug.clone(), quantity: line.quantity },
            product: Some(line.product),
        });
        lines.collect::<Vec<_>>()
    };
    view! { <Load resource=fetched skeleton=skeleton render=move |()| view! { <Lines lines=Signal::derive(lines)/> }.into_any()/> }
    .into_any()
}

/// The cart in this browser: prices come from the server, quantities are ours.
#[component]
fn Wished() -> impl IntoView {
    let wishes = use_session().basket.wishes;
    let slugs =
        Memo::new(move |_| wishes.with(|wishes| wishes.iter().map(|wish| wish.slug.clone()).collect::<Vec<_>>()));
    let fetched = load(move |client| {
        let slugs = slugs.get();
        async move {
            let asked = slugs.iter().map(|slug| client.get_product(slug));
            let answers = join_all(asked).await.into_iter().map(|answer| match answer {
                Ok(product) => Ok(Some(product)),
                Err(error) if error.status() == Some(404) => Ok(None),
                Err(error) => Err(error),
            });
            Ok(answers.collect::<Result<Vec<_>, Error>>()?.into_iter().flatten().collect::<Vec<_>>())
        }
    });
    let render = move |products: Vec<Product>| {
        let lines = move || {
            let found = |wish: &Wish| products.iter().find(|product| product.id == wish.id).cloned();
            wishes.with(|wishes| {
                wishes.iter().map(|wish| Line { wish: wish.clone(), product: found(wish) }).collect::<Vec<_>>()
            })
        };
        view! { <Lines lines=Signal::derive(lines)/> }.into_any()
    };
    view! { <Load resource=fetched skeleton=skeleton render/> }.into_any()
}

#[component]
fn Lines(lines: Signal<Vec<Line>>) -> impl IntoView {
    let empty = Memo::new(move |_| lines.with(Vec::is_empty));
    let rows = move || {
        view! {
            <div class="grid gap-x-14 gap-y-10 lg:grid-cols-12">
                <ul class="lg:col-span-8">
                    <For each=move || lines.get() key=|line| (line.wish.id, line.wish.quantity, line.product.is_some()) let:line>
                        <Row line/>
                    </For>
                </ul>
                <div class="lg:col-span-4"><Summary lines/></div>
            </div>
        }
    };
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            {rows()}
        </Show>
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! {
        <Empty title=t::CART_EMPTY words=t::CART_EMPTY_WORDS>
            <ButtonLink href="/products">{t::LOOK_AROUND}</ButtonLink>
        </Empty>
    }
    .into_any()
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let Line { wish, product } = line;
    let set = {
        let wish = wish.clone();
        move |quantity: u32| {
            let slug = wish.slug.clone();
            perform(busy, async move { session.basket.set(wish.id, &slug, quantity).await });
        }
    };
    let name = product.as_ref().map_or_else(|| wish.slug.clone(), |product| product.name.clone());
    let href = format!("/products/{}", wish.slug);
    let remove = {
        let set = set.clone();
        move || set(0)
    };
    let body = match product.clone() {
        None => view! { <p class="text-sm text-error">{t::GONE}</p> }.into_any(),
        Some(product) => {
            let note = match product.access {
                Access::Owned | Access::Included if !can_be_used_up(&product) => Some(t::YOURS_TITLE),
                _ if product.stock == Some(0) => Some(t::SOLD_OUT),
                _ => None,
            };
            view! {
                <p class="text-sm text-muted">{texts::what(&product)}</p>
                {note.map(|note| view! { <p class="text-sm text-warning">{note}</p> })}
            }
            .into_any()
        }
    };
    let total = product.as_ref().map(|product| times(product.price, wish.quantity));
    // More than one makes sense for what can be used up.
    let many = product.as_ref().is_some_and(can_be_used_up) || wish.quantity > 1;
    let stepper = many.then(|| view! { <Stepper name=name.clone() quantity=wish.quantity set=set.clone()/> });
    view! {
        <li class="rule grid grid-cols-[5rem_minmax(0,1fr)_auto] gap-x-5 gap-y-3 py-5 sm:grid-cols-[6rem_minmax(0,1fr)_auto]">
            <div>{product.map(|product| view! { <Picture product sizes="6rem"/> })}</div>
            <div class="grid content-start gap-1">
                <h2 class="text-[1.375rem] leading-tight"><a href=href>{name.clone()}</a></h2>
                {body}
                <div class="mt-2 flex flex-wrap items-center gap-x-5 gap-y-2">
                    {stepper}
                    <Button
                        kind=ButtonKind::Quiet
                        small=true
                        class="-ms-3"
                        busy
                        label=t::remove_named(&name)
                        on_press=remove
                    >
                        {t::REMOVE}
                    </Button>
                </div>
            </div>
            <div class="pt-1 text-end">{total.map(|money| view! { <Price money or_free=true/> })}</div>
        </li>
    }
    .into_any()
}

/// Whether it makes sense to have more than one.
fn can_be_used_up(product: &Product) -> bool {
    product.kind == ProductKind::Service || product.tokens.is_some() && product.price.amount > 0
}

#[component]
fn Stepper(#[prop(into)] name: String, quantity: u32, #[prop(into)] set: Callback<u32>) -> impl IntoView {
    view! {
        <select
            class="select select-sm h-9 min-h-9 w-20"
            aria-label=t::quantity_of(&name)
            on:change=move |event| {
                if let Ok(quantity) = event_target_value(&event).parse() {
                    set.run(quantity);
                }
            }
        >
            {(1..=MOST.min(20).max(quantity))
                .map(|number| view! { <option value=number selected={number == quantity}>{number}</option> })
                .collect_view()}
        </select>
    }
    .into_any()
}

#[component]
fn Summary(lines: Signal<Vec<Line>>) -> impl IntoView {
    let session = use_session();
    let hand_off = HandOff::new();
    let payments = session.shop.with_untracked(|shop| shop.as_ref().is_some_and(|shop| shop.payments));
    // The server's total where there is one; what it shows is what is paid.
    let total = Memo::new(move |_| {
        let cart = session.basket.cart.with(|cart| cart.as_ref().map(|cart| cart.total));
        cart.or_else(|| lines.with(|lines| sum(lines)))
    });
    let shown = move || total.get().map(|money| format::money(&money)).unwrap_or_default();
    let costs_nothing = move || total.get().is_some_and(|money| money.amount == 0);
    let pay = move || hand_off.start(NewCheckout { cart: Some(true), ..NewCheckout::default() });
    let action = move || {
        match session.is_signed_in() {
        false => view! {
            <ButtonLink href=sign_in_path("/cart") class="w-full">{t::SIGN_IN_TO_PAY}</ButtonLink>
            <ButtonLink href="/sign-up?next=%2Fcart" kind=ButtonKind::Secondary class="w-full">{t::MAKE_ACCOUNT_TO_PAY}</ButtonLink>
        }
        .into_any(),
        true => view! {
            <Button class="w-full" busy=hand_off.busy disabled=Signal::derive(move || !payments && !costs_nothing()) on_press=pay>
                {move || if costs_nothing() { t::FREE_BUTTON.to_owned() } else { t::pay(&shown()) }}
            </Button>
        }
        .into_any(),
    }
    };
    let hint = if payments { t::PAY_HINT } else { t::NO_PAYMENTS };
    view! {
        <section class="grid gap-4 lg:sticky lg:top-8" aria-label=t::TOTAL>
            <p class="rule flex items-baseline justify-between pt-4">
                <span>{t::TOTAL}</span>
                <span class="price-large" aria-live="polite"><span class="price">{shown}</span></span>
            </p>
            {action}
            <p class="text-sm text-muted">{hint}</p>
        </section>
    }
    .into_any()
}

/// For the cart of who is not signed in; what is paid the server reckons.
fn sum(lines: &[Line]) -> Option<Money> {
    let totals =
        lines.iter().filter_map(|line| line.product.as_ref().map(|product| times(product.price, line.wish.quantity)));
    totals.reduce(|sum, one| Money { amount: sum.amount.saturating_add(one.amount), ..sum })
}

fn times(price: Money, quantity: u32) -> Money {
    Money { amount: price.amount.saturating_mul(quantity.into()), ..price }
}

fn skeleton() -> AnyView {
    view! {
        <div class="grid gap-5 lg:w-2/3">
            <Skeleton class="h-32 w-full"/>
            <Skeleton class="h-32 w-full"/>
        </div>
    }
    .into_any()
}
