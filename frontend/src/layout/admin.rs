//! Around the owner's pages.

use leptos::prelude::*;

use super::{
    desk::{Desk, Places},
    guard::Owner,
    time_machine::TimeMachine,
};
use crate::texts::admin as t;

const PLACES: Places = &[
    ("/admin", t::OVERVIEW, true),
    ("/admin/products", t::PRODUCTS, false),
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
    view! { <Owner><Desk label=t::ADMIN_NAVIGATION places=PLACES/><TimeMachine/></Owner> }.into_any()
}
