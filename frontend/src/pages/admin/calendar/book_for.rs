//! Booking for a customer: who, what, when. Nothing is charged.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_query_map};
use uuid::Uuid;
use vitrine_types::{
    accounts::Customer,
    admin::CustomerQuery,
    calendar::{NewAdminBooking, Schedule},
    catalog::{AdminProduct, ProductKind, ProductQuery},
};

use super::{
    agenda::{Span, address},
    clocks::Clocks,
    pick::{Pick, PickTime},
};
use crate::{
    components::{Button, ButtonKind, Empty, ErrorBanner, FormErrors, Load, Page, Select, toast_error, toast_ok},
    intention::Intention,
    pages::bookings::{Intake, Questions, Source},
    session::{load, use_session},
    texts::hours as t,
};

/// Booking for a customer. `?customer=` names one already.
#[component]
pub fn BookFor() -> impl IntoView {
    let named = use_query_map().with_untracked(|query| query.get("customer")).and_then(|id| id.parse::<Uuid>().ok());
    let known = load(move |client| async move {
        let query = ProductQuery { kind: Some(ProductKind::Service), limit: Some(100), ..ProductQuery::default() };
        let (services, schedule) = futures_util::try_join!(client.list_admin_products(&query), client.get_schedule())?;
        let customer = match named {
            Some(id) => Some(client.get_customer(id).await?.summary.customer),
            None => None,
        };
        Ok((services.data, schedule, customer))
    });
    view! {
        <Page title=t::BOOK_FOR lead=Signal::stored(t::BOOK_FOR_WORDS.to_owned())>
            <Load
                resource=known
                render=|(services, schedule, customer)| {
                    if services.is_empty() {
                        return view! { <Empty title=t::NO_SERVICE words=t::NO_SERVICE_WORDS/> }.into_any();
                    }
                    view! { <Form services schedule customer/> }.into_any()
                }
            />
        </Page>
    }
    .into_any()
}

#[component]
fn Form(services: Vec<AdminProduct>, schedule: Schedule, customer: Option<Customer>) -> impl IntoView {
    let errors = FormErrors::new();
    let customer = RwSignal::new(customer);
    let service = RwSignal::new(services[0].product.id.to_string());
    let options = services.iter().map(|one| (one.product.id.to_string(), one.product.name.clone())).collect();
    let clocks = StoredValue::new(Clocks::of(&schedule));
    view! {
        <div class="grid gap-8">
            <ErrorBanner errors/>
            <section class="grid max-w-xl gap-6">
                <Who customer/>
                <Select errors name="product_id" label=t::SERVICE value=service options/>
            </section>
            {move || {
                let chosen = service.get();
                let product = services.iter().find(|one| one.product.id.to_string() == chosen).cloned();
                product.map(|product| view! { <When product clocks=clocks.get_value() customer errors/> })
            }}
        </div>
    }
    .into_any()
}

/// Finds a customer by name or address.
#[component]
fn Who(customer: RwSignal<Option<Customer>>) -> impl IntoView {
    let session = use_session();
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Customer>::new());
    let search = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let q = Some(words.get_untracked()).filter(|words| !words.trim().is_empty());
        let query = CustomerQuery { q, limit: Some(8), cursor: None };
        let client = session.client();
        spawn_local(async move {
            match client.list_customers(&query).await {
                Ok(page) => _ = found.try_set(page.data.into_iter().map(|one| one.customer).collect()),
                Err(error) => toast_error(&error),
            }
        });
    };
    let choose = move |one: Customer| {
        let label = format!("{} · {}", one.name, one.email);
        let press = move |()| {
            customer.set(Some(one.clone()));
            found.set(Vec::new());
        };
        view! {
            <li><Button kind=ButtonKind::Secondary small=true on_press=Callback::new(press)>{label}</Button></li>
        }
    };
    view! {
        <div class="grid gap-3">
            <p class="text-sm font-medium">{t::CUSTOMER}</p>
            {move || customer.get().map(|one| view! { <p>{format!("{} · {}", one.name, one.email)}</p> })}
            <form class="filters" role="search" on:submit=search>
                <input type="search" class="input" placeholder=t::FIND_CUSTOMER aria-label=t::FIND_CUSTOMER bind:value=words/>
                <Button kind=ButtonKind::Secondary small=true submit=true>{t::FIND}</Button>
            </form>
            <ul class="flex flex-wrap gap-2" aria-live="polite">{move || found.get().into_iter().map(choose).collect_view()}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn When(
    product: AdminProduct,
    clocks: Clocks,
    customer: RwSignal<Option<Customer>>,
    errors: FormErrors,
) -> impl IntoView {
    let (session, navigate) = (use_session(), use_navigate());
    let product = product.product;
    let (intake, pick, product_id) = (Intake::by_owner(&product), Pick::new(clocks.clone()), product.id);
    let (home, intention) = (clocks.home.clone(), Intention::new());
    let press = Callback::new(move |()| {
        let (Some(customer), Some((start, outside_hours))) = (customer.get_untracked(), untrack(|| pick.chosen()))
        else {
            return;
        };
        let new = NewAdminBooking {
            customer_id: customer.id,
            product_id,
            start,
            time_zone: customer.time_zone.unwrap_or_else(|| home.clone()),
            answers: untrack(|| intake.answers()),
            outside_hours,
        };
        let (navigate, clocks) = (navigate.clone(), clocks.clone());
        errors.submit(async move {
            let booked = session.client().create_admin_booking(&new, Some(&intention.key())).await;
            if booked.is_err() {
                pick.refresh();
            }
            intention.answered(&booked);
            let made = booked?.booking;
            toast_ok(t::BOOKED_FOR);
            navigate(&address(Span::Week, clocks.date_of(&made.start), Some(made.id)), Default::default());
            Ok(())
        });
    });
    let ready = move || customer.with(Option::is_some) && pick.chosen().is_some();
    view! {
        <PickTime source=Source::Service(product.slug) pick errors/>
        <Questions intake errors/>
        <div>
            <Button busy=errors.busy disabled=Signal::derive(move || !ready()) on_press=press>{t::BOOK}</Button>
        </div>
    }
    .into_any()
}
