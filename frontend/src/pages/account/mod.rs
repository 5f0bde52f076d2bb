//! A customer's account, a page for each part.

mod data;
mod device;
mod email;
mod notifications;
mod password;
mod picture;
mod plan;
mod profile;
mod recovery_codes;
mod sessions;
mod two_factor;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::{A, Redirect},
};

use crate::{
    components::Page,
    texts::{account as t, desk, plans},
};

pub use data::Data;
pub use email::{Email, ResendLink};
pub use notifications::Notifications;
pub use password::Password;
pub use plan::{EndWhen, Plan, is_paid, outlook};
pub use profile::Profile;
pub use sessions::Sessions;
pub use two_factor::TwoFactor;

/// From this width on the parts stand beside the page, as `lg:` in the classes.
const WIDE: f64 = 1024.0;

/// The parts: address, name, what is found there. Each has its line here and its route in `app.rs`.
const PARTS: [(&str, &str, &str); 9] = [
    ("/account/profile", t::PROFILE, t::PROFILE_ABOUT),
    ("/account/email", t::EMAIL, t::EMAIL_ABOUT),
    ("/account/password", t::PASSWORD, t::PASSWORD_ABOUT),
    ("/account/two-factor", t::TWO_FACTOR, t::TWO_FACTOR_ABOUT),
    ("/account/sessions", t::SESSIONS, t::SESSIONS_ABOUT),
    ("/account/plan", plans::PLAN, plans::PLAN_ABOUT),
    ("/account/invoices", t::INVOICES, t::INVOICES_ABOUT),
    ("/account/notifications", t::NOTIFICATIONS, t::NOTIFICATIONS_ABOUT),
    ("/account/data", t::DATA, t::DATA_ABOUT),
];

/// All parts: on narrow screens a list, on wide ones, where the list stands beside each part, the first of them.
#[component]
pub fn Account() -> impl IntoView {
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    if width >= WIDE {
        return to(PARTS[0].0);
    }
    let parts = PARTS.map(|(href, name, about)| {
        view! {
            <li class="row-link py-4">
                <a href=href class="font-medium">{name}</a>
                <p class="text-sm text-muted">{about}</p>
            </li>
        }
    });
    view! {
        <Page title=desk::ACCOUNT>
            <nav aria-label=t::ACCOUNT_SECTIONS>
                <ul class="rows">{parts.collect_view()}</ul>
            </nav>
        </Page>
    }
    .into_any()
}

/// Receipts stand with the orders.
#[component]
pub fn Invoices() -> impl IntoView {
    to("/dashboard/orders")
}

/// Leads to `path`, and leaves nothing to come back to.
fn to(path: &'static str) -> AnyView {
    view! { <Redirect path options=NavigateOptions { replace: true, ..Default::default() }/> }.into_any()
}

/// The frame of each part: where one is, and the way to the others.
#[component]
fn Part(title: &'static str, #[prop(into, optional)] lead: &'static str, children: Children) -> impl IntoView {
    let parts = PARTS.map(|(href, name, _)| view! { <li><A href=href attr:class="nav-item">{name}</A></li> });
    view! {
        <div class="grid gap-x-12 lg:grid-cols-[10rem_minmax(0,1fr)]">
            <nav aria-label=t::ACCOUNT_SECTIONS class="hidden text-sm lg:block print:hidden">
                <ul class="sticky top-8">{parts.collect_view()}</ul>
            </nav>
            <div class="min-w-0">
                <p class="eyebrow pb-2 print:hidden"><a href="/account" class="hover:text-base-content">{desk::ACCOUNT}</a></p>
                <Page title=title>
                    {(!lead.is_empty()).then(|| view! { <p class="max-w-prose pb-8 text-muted">{lead}</p> })}
                    {children()}
                </Page>
            </div>
        </div>
    }
    .into_any()
}
