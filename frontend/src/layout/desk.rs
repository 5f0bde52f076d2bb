//! Around a customer's own pages and around the owner's: a list of places at the side, on phones a strip on top.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

use super::{guard::SignedIn, shop::Frame};
use crate::texts::{booking, desk as t};

/// Places of a desk: address, label, and whether the address must match wholly.
pub type Places = &'static [(&'static str, &'static str, bool)];

const PLACES: Places = &[
    ("/dashboard", t::PRODUCTS, true),
    ("/dashboard/bookings", booking::APPOINTMENTS, false),
    ("/dashboard/orders", t::ORDERS, false),
    ("/account", t::ACCOUNT, false),
];

/// Around the customer's own pages.
#[component]
pub fn DeskShell() -> impl IntoView {
    view! { <SignedIn><Desk label=t::DESK_NAVIGATION places=PLACES/></SignedIn> }.into_any()
}

/// The list of places and the page beside it; `notice` stands above each page.
#[component]
pub fn Desk(label: &'static str, places: Places, #[prop(into, optional)] notice: ViewFn) -> impl IntoView {
    let places = places.iter().map(|&(href, text, exact)| {
        view! { <li><A href=href exact=exact attr:class="nav-item">{text}</A></li> }
    });
    view! {
        <Frame>
            <div class="wall grid gap-x-12 gap-y-8 py-8 lg:grid-cols-[11rem_minmax(0,1fr)] lg:py-14">
                <nav aria-label=label class="-mx-4 overflow-x-auto px-4 print:hidden">
                    <ul class="flex gap-5 lg:sticky lg:top-8 lg:flex-col lg:gap-1">{places.collect_view()}</ul>
                </nav>
                <main id="main" class="min-w-0">
                    {notice.run()}
                    <Outlet/>
                </main>
            </div>
        </Frame>
    }
    .into_any()
}
