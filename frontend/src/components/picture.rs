//! A product's picture, with its room reserved before it has arrived.

use leptos::prelude::*;
use vitrine_types::catalog::{ImageSize, Product};

/// The picture in a frame of 4:5 (`wide`: 3:2), in the size the screen needs. Products without one get a quiet mark of
/// their own. `sizes` is how wide it is shown, as CSS says it; `eager` for what is seen first.
#[component]
pub fn Picture(
    product: Product,
    #[prop(default = "(min-width: 64rem) 25rem, (min-width: 40rem) 50vw, 100vw")] sizes: &'static str,
    #[prop(optional)] wide: bool,
    #[prop(optional)] eager: bool,
    /// Whether the picture says more than the words beside it.
    #[prop(optional)]
    described: bool,
) -> impl IntoView {
    let frame = if wide { "frame aspect-[3/2]" } else { "frame aspect-[4/5]" };
    let Some(src) = product.image_url.clone() else {
        return view! { <div class=frame aria-hidden="true">{mark(&product.slug)}</div> }.into_any();
    };
    let srcset = product.images.iter().map(|ImageSize { url, width, .. }| format!("{url} {width}w"));
    let srcset = srcset.collect::<Vec<_>>().join(", ");
    view! {
        <div class=frame>
            <img
                alt=if described { product.name } else { String::new() }
                sizes=sizes
                srcset=srcset
                src=src
                loading=if eager { "eager" } else { "lazy" }
                fetchpriority=eager.then_some("high")
                decoding="async"
            />
        </div>
    }
    .into_any()
}

/// A drawing that is always the same for the same product: an arch, a disc and a line, moved about.
fn mark(slug: &str) -> impl IntoView + use<> {
    let seed = slug.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let (x, y, r) = (70 + seed % 60, 90 + (seed >> 6) % 50, 22 + (seed >> 12) % 20);
    let floor = 170 + (seed >> 18) % 30;
    view! {
        <svg
            viewBox="0 0 200 250"
            class="mark h-full w-full text-muted"
            preserveAspectRatio="xMidYMid slice"
            fill="none"
            stroke="currentColor"
            stroke-width="1"
        >
            <path d=format!("M50 {floor}V100a50 50 0 0 1 100 0V{floor}")></path>
            <circle cx=x cy=y r=r></circle>
            <path d=format!("M20 {floor}H180")></path>
        </svg>
    }
}
