//! A product as it hangs in the shop: framed, with a caption.

use leptos::prelude::*;
use vitrine_types::catalog::{Access, Product};

use super::{Picture, Price, Skeleton};
use crate::texts;

/// A product in a grid. `eager` for the first ones on a page.
#[component]
pub fn Exhibit(product: Product, #[prop(optional)] eager: bool) -> impl IntoView {
    let href = format!("/products/{}", product.slug);
    let (name, kind) = (product.name.clone(), texts::what(&product));
    let price = status(&product);
    view! {
        <article class="exhibit relative grid content-start gap-3">
            <Picture product eager/>
            <div class="flex items-baseline justify-between gap-4">
                <div class="min-w-0">
                    <h3 class="text-[1.375rem] leading-tight">
                        // The link covers the whole exhibit; its name is only the product's.
                        <a href=href class="after:absolute after:inset-0">{name}</a>
                    </h3>
                    <p class="mt-1 text-sm text-muted">{kind}</p>
                </div>
                {price}
            </div>
        </article>
    }
    .into_any()
}

/// The price, or why there is none to pay.
fn status(product: &Product) -> AnyView {
    match product.access {
        // Tokens can be bought again and again.
        Access::Owned | Access::Included if !product.only_tokens || product.price.amount == 0 => {
            view! { <span class="shrink-0 text-sm text-success">{texts::store::OWNED}</span> }.into_any()
        }
        _ if product.stock == Some(0) => {
            view! { <span class="shrink-0 text-sm text-muted">{texts::store::SOLD_OUT}</span> }.into_any()
        }
        _ => view! { <Price money=product.price or_free=true/> }.into_any(),
    }
}

/// How products hang beside each other.
#[component]
pub fn Wall(children: Children) -> impl IntoView {
    view! {
        <div class="grid grid-cols-1 gap-x-8 gap-y-12 min-[30rem]:grid-cols-2 lg:grid-cols-3">{children()}</div>
    }
    .into_any()
}

/// A wall whose exhibits are on their way.
pub fn wall_skeleton() -> AnyView {
    let one = || {
        view! {
            <div class="grid gap-3">
                <Skeleton class="aspect-[4/5] w-full"/>
                <Skeleton class="h-6 w-2/3"/>
            </div>
        }
    };
    view! { <Wall>{(0..6).map(|_| one()).collect_view()}</Wall> }.into_any()
}
