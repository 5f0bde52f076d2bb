//! Around the shop window.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

use super::{ThemeSwitch, header::Header};
use crate::{
    session::use_session,
    texts::{self, store as t},
};

/// Header, page, footer.
#[component]
pub fn ShopShell() -> impl IntoView {
    view! {
        <Frame>
            <main id="main" class="wall py-10 sm:py-14">
                <Outlet/>
            </main>
        </Frame>
    }
    .into_any()
}

/// Header and footer around whatever stands between.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! {
        <div class="flex min-h-dvh flex-col">
            <Header/>
            <div class="flex-1">{children()}</div>
            <Footer/>
        </div>
    }
    .into_any()
}

#[component]
fn Footer() -> impl IntoView {
    let shop = use_session().shop;
    let name = move || shop.with(|shop| shop.as_ref().map(|shop| shop.name.clone()));
    view! {
        <footer class="mt-16 border-t border-line print:hidden">
            <div class="wall flex flex-wrap items-center justify-between gap-x-8 gap-y-4 py-8 text-sm text-muted">
                <span class="display text-lg text-base-content">{name}</span>
                <nav aria-label=t::FOOTER_NAVIGATION class="flex flex-wrap gap-x-6 gap-y-2">
                    <A href="/products" attr:class="hover:text-base-content">{t::PRODUCTS}</A>
                    <A href="/plans" attr:class="hover:text-base-content">{texts::plans::PLANS}</A>
                    <A href="/dashboard" attr:class="hover:text-base-content">{texts::desk::PRODUCTS}</A>
                    <A href="/dashboard/orders" attr:class="hover:text-base-content">{texts::desk::ORDERS}</A>
                </nav>
                <ThemeSwitch/>
            </div>
        </footer>
    }
    .into_any()
}
