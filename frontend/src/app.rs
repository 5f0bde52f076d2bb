//! The app: its routes and what stands around them.
//!
//! To add a page: write a component into a file of `pages/` (its content in a `<Page title=…>`), its words into
//! `texts/`, and one line into the routes below. What a page fetches comes from [`session::load`](crate::session::load)
//! and is shown by `<Load>`; what a button does goes through `perform`, what a form does through `FormErrors::submit`.
//! Links are plain `<a href>`; the router takes them. Never `style="…"`: the content security policy refuses it
//! (`style:width=…` is fine).

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::provide_meta_context;
use leptos_router::{
    MatchNestedRoutes,
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::{Failure, Toasts},
    layout::{AdminShell, DeskShell, ShopShell, UpdateNotice},
    pages::{self, NotFound, account, admin, auth, bookings, checkout, dashboard},
    session::Session,
};

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let session = Session::provide();
    let start = move || spawn_local(session.start());
    start();
    Effect::new(move || {
        if session.ready.get() || session.failure.with(Option::is_some) {
            document().get_element_by_id("boot").iter().for_each(web_sys::Element::remove);
        }
    });
    view! {
        <Show when=move || session.ready.get()>
            <UpdateNotice/>
            <Router>
                <Routes fallback=|| "">
                    <DeskRoutes/>
                    <AdminRoutes/>
                    // Last: it ends with the page for what is not there.
                    <ShopRoutes/>
                </Routes>
            </Router>
        </Show>
        {move || session.failure.get().map(|error| view! { <main class="wall py-16"><Failure error retry=start/></main> })}
        <Toasts/>
    }
}

#[component(transparent)]
fn ShopRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=ShopShell>
            <Route path=path!("") view=pages::Front/>
            <Route path=path!("products") view=pages::Store/>
            <Route path=path!("products/:slug") view=pages::ProductDetail/>
            <Route path=path!("products/:slug/book") view=bookings::BookAndPay/>
            <Route path=path!("cart") view=pages::CartPage/>
            <Route path=path!("bookings/manage") view=bookings::Manage/>
            <Route path=path!("checkout/success") view=checkout::Success/>
            <Route path=path!("checkout/cancelled") view=checkout::Cancelled/>
            <Route path=path!("sign-in") view=auth::SignIn/>
            <Route path=path!("sign-up") view=auth::SignUp/>
            <Route path=path!("reset-password") view=auth::ForgotPassword/>
            <Route path=path!("reset-password/confirm") view=auth::ResetPassword/>
            <Route path=path!("verify-email") view=auth::VerifyEmail/>
            <Route path=path!("*any") view=NotFound/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn DeskRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=DeskShell>
            <Route path=path!("dashboard") view=dashboard::OwnedProducts/>
            <Route path=path!("dashboard/products/:id") view=dashboard::OwnedProduct/>
            <Route path=path!("dashboard/bookings") view=bookings::Bookings/>
            <Route path=path!("dashboard/bookings/new/:id") view=bookings::Book/>
            <Route path=path!("dashboard/orders") view=dashboard::Orders/>
            <Route path=path!("dashboard/orders/:id") view=dashboard::OrderDetail/>
            <Route path=path!("account") view=account::Account/>
            <Route path=path!("account/profile") view=account::Profile/>
            <Route path=path!("account/email") view=account::Email/>
            <Route path=path!("account/password") view=account::Password/>
            <Route path=path!("account/two-factor") view=account::TwoFactor/>
            <Route path=path!("account/sessions") view=account::Sessions/>
            <Route path=path!("account/invoices") view=account::Invoices/>
            <Route path=path!("account/notifications") view=account::Notifications/>
            <Route path=path!("account/data") view=account::Data/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn AdminRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("admin") view=AdminShell>
            <Route path=path!("") view=admin::Overview/>
            <Route path=path!("products") view=admin::Products/>
            <Route path=path!("products/new") view=admin::NewProduct/>
            <Route path=path!("products/:id") view=admin::EditProduct/>
            <Route path=path!("orders") view=admin::Orders/>
            <Route path=path!("orders/:id") view=admin::OrderDetail/>
            <Route path=path!("calendar") view=admin::Calendar/>
            <Route path=path!("calendar/hours") view=admin::OpenHours/>
            <Route path=path!("calendar/new") view=admin::BookFor/>
            <Route path=path!("calendar/outside") view=admin::OutsideCalendars/>
            <Route path=path!("customers") view=admin::Customers/>
            <Route path=path!("customers/:id") view=admin::CustomerDetail/>
            <Route path=path!("webhooks") view=admin::Webhooks/>
            <Route path=path!("mails") view=admin::Mails/>
            <Route path=path!("reconciliation") view=admin::Reconciliation/>
            <Route path=path!("health") view=admin::Health/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
