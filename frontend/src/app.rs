//! The app: its routes and what stands around them.
//!
//! To add a page: write a component into a file of `pages/` (its content in a `<Page title=…>`), its words into
//! `texts/`, and one line into the [`part!`] below that it is loaded with. What a page fetches comes from
//! [`session::load`](crate::session::load) and is shown by `<Load>`; what a button does goes through `perform`, what a
//! form does through `FormErrors::submit`. Links are plain `<a href>`; the router takes them. Never `style="…"`: the
//! content security policy refuses it (`style:width=…` is fine).

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::{ParentRoute, Route, Router, Routes};

use crate::{
    components::{Failure, Toasts},
    layout::{ShopShell, UpdateNotice},
    pages,
    parts::part,
    path::Path,
    session::Session,
};

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::provide();
    let start = move || spawn_local(session.start());
    start();
    Effect::new(move || {
        if session.ready.get() || session.failure.with(Option::is_some) {
            document().get_element_by_id("boot").iter().for_each(web_sys::Element::remove);
        }
    });
    // Once the page asked for is there, what is likely to come next.
    Effect::new(move || {
        let (signed_in, owner) = (session.is_signed_in(), session.is_owner());
        let fetch = move || {
            spawn_local(async move {
                shop::load().await;
                if signed_in {
                    desk::load().await;
                }
                if owner {
                    office::load().await;
                }
            });
        };
        if session.ready.get() {
            set_timeout(fetch, Duration::from_secs(2));
        }
    });
    view! {
        <Show when=move || session.ready.get()>
            <UpdateNotice/>
            <Router>
                <Routes fallback=|| "">
                    <desk::Routes/>
                    <office::Routes/>
                    // Last: it ends with the page for what is not there.
                    <ParentRoute path=Path("") view=ShopShell>
                        <Route path=Path("") view=pages::Front/>
                        <Route path=Path("products/:slug") view=pages::ProductDetail/>
                        <shop::Routes/>
                        <Route path=Path("*any") view=pages::NotFound/>
                    </ParentRoute>
                </Routes>
            </Router>
        </Show>
        {move || session.failure.get().map(|error| view! { <main class="wall py-16"><Failure error retry=start/></main> })}
        <Toasts/>
    }
}

part! {
    /// The rest of the shop: all products, buying, signing in.
    shop {
        "products" => store::Store,
        "plans" => plans::Plans,
        "products/:slug/book" => bookings::BookAndPay,
        "cart" => cart::CartPage,
        "bookings/manage" => bookings::Manage,
        "checkout/success" => checkout::Success,
        "checkout/cancelled" => checkout::Cancelled,
        "sign-in" => auth::SignIn,
        "sign-up" => auth::SignUp,
        "reset-password" => auth::ForgotPassword,
        "reset-password/confirm" => auth::ResetPassword,
        "verify-email" => auth::VerifyEmail,
    }
}

part! {
    /// The customer's own pages.
    desk in DeskShell at "" {
        "dashboard" => dashboard::OwnedProducts,
        "dashboard/products/:id" => dashboard::OwnedProduct,
        "dashboard/bookings" => bookings::Bookings,
        "dashboard/bookings/:id" => bookings::OneBooking,
        "dashboard/bookings/new/:id" => bookings::Book,
        "dashboard/orders" => dashboard::Orders,
        "dashboard/orders/:id" => dashboard::OrderDetail,
        "account" => account::Account,
        "account/profile" => account::Profile,
        "account/email" => account::Email,
        "account/password" => account::Password,
        "account/two-factor" => account::TwoFactor,
        "account/sessions" => account::Sessions,
        "account/invoices" => account::Invoices,
        "account/notifications" => account::Notifications,
        "account/data" => account::Data,
        "account/plan" => account::Plan,
        "account/plan/:id/tokens" => tokens::Tokens,
    }
}

part! {
    /// The owner's pages.
    office in AdminShell at "admin" {
        "" => admin::Overview,
        "products" => admin::Products,
        "products/new" => admin::NewProduct,
        "products/:id" => admin::EditProduct,
        "plans" => admin::Plans,
        "plans/new" => admin::AddPlan,
        "plans/:id" => admin::EditPlan,
        "subscriptions" => admin::Subscriptions,
        "subscriptions/:id" => admin::SubscriptionDetail,
        "orders" => admin::Orders,
        "orders/:id" => admin::OrderDetail,
        "calendar" => admin::Calendar,
        "calendar/hours" => admin::OpenHours,
        "calendar/new" => admin::BookFor,
        "calendar/outside" => admin::OutsideCalendars,
        "customers" => admin::Customers,
        "customers/:id" => admin::CustomerDetail,
        "webhooks" => admin::Webhooks,
        "mails" => admin::Mails,
        "reconciliation" => admin::Reconciliation,
        "health" => admin::Health,
    }
}
