//! Around the owner's pages.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Redirect};

use super::{
    desk::{Desk, Places},
    guard::Owner,
    time_machine::TimeMachine,
};
use crate::{
    session::{load, use_session},
    texts::{admin as t, plans, subscriptions},
};

const PLACES: Places = &[
    ("/admin", t::OVERVIEW, true),
    ("/admin/products", t::PRODUCTS, false),
    ("/admin/plans", plans::PLANS, false),
    ("/admin/subscriptions", subscriptions::SUBSCRIPTIONS, false),
    ("/admin/orders", t::ORDERS, false),
    ("/admin/calendar", t::CALENDAR, false),
    ("/admin/customers", t::CUSTOMERS, false),
    ("/admin/webhooks", t::WEBHOOKS, false),
    ("/admin/mails", t::MAILS, false),
    ("/admin/reconciliation", t::RECONCILIATION, false),
    ("/admin/health", t::HEALTH, false),
];

/// Around the owner's pages.
#[component]
pub fn AdminShell() -> impl IntoView {
    let notice = || view! { <PasswordAlone/> };
    view! { <Owner><Desk label=t::ADMIN_NAVIGATION places=PLACES notice/><TimeMachine/></Owner> }.into_any()
}

/// Asks for a second factor as long as only a password guards the owner's pages. Where the shop insists on it, they open no
/// sooner, so the owner is led there.
#[component]
fn PasswordAlone() -> impl IntoView {
    let session = use_session();
    let alone = Memo::new(move |_| session.me.with(|me| me.as_ref().is_some_and(|me| !me.totp_enabled)));
    view! { <Show when=move || alone.get()><SetUpNote/></Show> }.into_any()
}

#[component]
fn SetUpNote() -> impl IntoView {
    const SET_UP: &str = "/account/two-factor";
    let status = load(|client| async move { client.get_totp().await });
    let lead_there = move || {
        let required = matches!(status.get(), Some(Ok(status)) if status.required);
        let options = NavigateOptions { replace: true, ..Default::default() };
        required.then(|| view! { <Redirect path=SET_UP options/> })
    };
    view! {
        {lead_there}
        <aside class="mb-8 flex flex-wrap items-baseline gap-x-4 gap-y-1 border-s-2 border-line ps-4 text-sm text-muted">
            {t::PASSWORD_ALONE} <a href=SET_UP class="link-line text-base-content">{t::SET_UP_TWO_FACTOR}</a>
        </aside>
    }
    .into_any()
}
