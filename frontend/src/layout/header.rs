//! The line at the top of every page.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};

use super::guard::{sign_in_path, with_next};
use crate::{
    components::{Menu, QueryForm, perform},
    session::use_session,
    texts::{self, store as t},
};

/// Shop name, ways in, search, cart, account.
#[component]
pub fn Header() -> impl IntoView {
    let session = use_session();
    let name = move || session.shop.with(|shop| shop.as_ref().map(|shop| shop.name.clone()));
    let count = move || session.basket.count();
    view! {
        <a class="skip-link" href="#main">{texts::SKIP_TO_CONTENT}</a>
        <header class="border-b border-line print:hidden">
            <div class="wall flex flex-wrap items-center gap-x-6 gap-y-1 py-3">
                <A href="/" attr:class="display me-auto truncate py-2 text-[1.625rem] leading-none">{name}</A>
                <nav aria-label=t::MAIN_NAVIGATION class="order-last flex w-full gap-5 pb-1 text-sm sm:order-none sm:w-auto sm:pb-0">
                    <A href="/products" attr:class="nav-item">{t::PRODUCTS}</A>
                    <Show when=move || session.is_signed_in()>
                        <A href="/dashboard" attr:class="nav-item">{texts::desk::PRODUCTS}</A>
                    </Show>
                    <Show when=move || session.is_owner()>
                        <A href="/admin" attr:class="nav-item">{texts::admin::OWNERS_DESK}</A>
                    </Show>
                </nav>
                <Search/>
                <div class="flex items-center gap-1">
                    <a href="/cart" class="btn btn-ghost px-3">
                        {t::CART}
                        <span
                            class="figures min-w-[1ch] text-primary"
                            class:invisible=move || count() == 0
                            aria-hidden="true"
                        >
                            {count}
                        </span>
                        <span class="sr-only">{move || t::cart_holds(count())}</span>
                    </a>
                    <Show when=move || session.is_signed_in() fallback=SignInLink>
                        <AccountMenu/>
                    </Show>
                </div>
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn SignInLink() -> impl IntoView {
    let location = leptos_router::hooks::use_location();
    // From these one wants to go on, not back.
    const OWN: [&str; 4] = ["/sign-in", "/sign-up", "/reset-password", "/verify-email"];
    let (on_its_way, path) = (with_next("/sign-in"), location.pathname);
    let href = move || match path.get() {
        path if OWN.iter().any(|own| path.starts_with(own)) => on_its_way(),
        path if path == "/" => "/sign-in".into(),
        path => sign_in_path(&path),
    };
    view! { <a href=href class="btn btn-ghost px-3">{t::SIGN_IN}</a> }
}

#[component]
fn Search() -> impl IntoView {
    let query = use_query_map();
    let now = move || query.with(|query| query.get("q").unwrap_or_default());
    view! {
        <div class="hidden md:block">
            <QueryForm action="/products">
                <input
                    type="search"
                    name="q"
                    class="input h-10 min-h-10 w-44 border-transparent border-b-line bg-transparent text-sm"
                    aria-label=t::SEARCH
                    placeholder=t::SEARCH
                    prop:value=now
                />
            </QueryForm>
        </div>
    }
    .into_any()
}

#[component]
fn AccountMenu() -> impl IntoView {
    let session = use_session();
    let name = Signal::derive(move || session.me.with(|me| me.as_ref().map(|me| me.name.clone())).unwrap_or_default());
    let email = move || session.me.with(|me| me.as_ref().map(|me| me.email.clone()));
    let face = move || match session.me.with(|me| me.as_ref().and_then(|me| me.avatar_url.clone())) {
        Some(url) => {
            view! { <img src=url alt="" width="32" height="32" class="size-8 rounded-full object-cover"/> }.into_any()
        }
        None => {
            let initial = name.get().chars().next().map(String::from);
            view! { <span class="display grid size-8 place-content-center rounded-full border border-line text-lg uppercase" aria-hidden="true">{initial}</span> }.into_any()
        }
    };
    let busy = RwSignal::new(false);
    let navigate = leptos_router::hooks::use_navigate();
    let sign_out = move |_| {
        navigate("/", Default::default());
        perform(busy, session.sign_out());
    };
    view! {
        <Menu label=name trigger=face>
            <p class="px-3 pb-2 pt-1 text-sm">
                <span class="block font-medium">{name}</span>
                <span class="block text-muted">{email}</span>
            </p>
            <a class="menu-item" href="/dashboard">{texts::desk::PRODUCTS}</a>
            <a class="menu-item" href="/dashboard/orders">{texts::desk::ORDERS}</a>
            <a class="menu-item" href="/account">{texts::desk::ACCOUNT}</a>
            <button type="button" class="menu-item" on:click=sign_out.clone()>{texts::auth::SIGN_OUT}</button>
        </Menu>
    }
    .into_any()
}
