//! What an order brought, each thing with its button.

use leptos::prelude::*;
use vitrine_types::{
    PageQuery,
    calendar::{OrderedTime, OrderedTimeStatus},
    catalog::ProductKind,
    checkout::{LineKind, Order, OrderLine},
    entitlements::{Entitlement, SourceKind},
};

use crate::{
    components::{Button, ButtonKind, ButtonLink, Load, Picture, Price, Skeleton, perform},
    pages::bookings::Appointment,
    session::{load, use_session},
    texts::{booking, checkout as t, tokens},
};

/// The lines of a paid order. `off` becomes true when an appointment among them does not take place.
#[component]
pub fn Bought(order: Order, off: RwSignal<bool>) -> impl IntoView {
    let owned = load(|client| async move {
        let query = PageQuery { limit: Some(100), cursor: None };
        client.list_entitlements(&query).await.map(|page| page.data)
    });
    let id = order.id;
    let total = order.total;
    let kept = order.lines.clone();
    let next = match kept.iter().all(|line| booked(line).is_some()) {
        true => ("/dashboard/bookings", booking::ALL_APPOINTMENTS),
        false => ("/dashboard", t::SEE_PRODUCTS),
    };
    let rows = move |owned: Vec<Entitlement>| {
        let rows = kept.iter().map(|line| {
            let of_line = |one: &&Entitlement| one.product.id == line.product_id;
            let of_order = |one: &&Entitlement| one.source.kind == SourceKind::Order && one.source.id == id;
            let here = owned.iter().filter(of_line);
            let found = here.clone().find(of_order).or_else(|| here.clone().next()).cloned();
            let quantity = (line.quantity > 1).then(|| format!(" × {}", line.quantity));
            let booked = booked(line).map(|time| time.id);
            let picture = found.as_ref().map(|found| view! { <Picture product=found.product.clone() sizes="5rem"/> });
            // What is to be read needs the width of a phone more than its picture.
            let (columns, frame) = match booked {
                Some(_) => ("sm:grid-cols-[5rem_minmax(0,1fr)]", "max-sm:hidden"),
                None => ("grid-cols-[5rem_minmax(0,1fr)] items-center", ""),
            };
            view! {
                <li class=format!("rule grid gap-5 py-5 {columns}")>
                    <div class=frame>{picture}</div>
                    <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
                        {match booked {
                            // Says what it is and has buttons of its own.
                            Some(id) => view! { <Appointment id off/> }.into_any(),
                            None => view! {
                                <h2 class="text-[1.375rem] leading-tight">{line.name.clone()} {quantity}</h2>
                                {found.filter(|_| line.kind != LineKind::Tokens).map(|found| view! { <Use owned=found/> })}
                            }
                            .into_any(),
                        }}
                        {line.tokens.map(|bought| {
                            let href = format!("/account/plan/{}/tokens", bought.subscription_id);
                            view! {
                                <p class="flex w-full flex-wrap items-center justify-between gap-x-6 gap-y-3">
                                    {tokens::bought(bought)}
                                    <ButtonLink href kind=ButtonKind::Secondary>{tokens::SEE_TOKENS}</ButtonLink>
                                </p>
                            }
                        })}
                    </div>
                </li>
            }
        });
        rows.collect_view().into_any()
    };
    view! {
        <ul>
            <Load resource=owned skeleton=|| view! { <Skeleton class="h-24 w-full"/> } render=rows/>
        </ul>
        <p class="rule flex items-baseline justify-between gap-6 py-5 text-sm text-muted">
            <a class="link-line" href=format!("/dashboard/orders/{id}")>{t::order(&order.number)}</a>
            <Price money=total or_free=true/>
        </p>
        <ButtonLink href=next.0 kind=ButtonKind::Secondary class="mt-4">{next.1}</ButtonLink>
    }
    .into_any()
}

/// The time of a line, once it is booked.
pub fn booked(line: &OrderLine) -> Option<&OrderedTime> {
    line.booking.as_ref().filter(|time| time.status == OrderedTimeStatus::Booked)
}

/// The button that something owned is for: one file is there at once, all else has a page.
#[component]
fn Use(owned: Entitlement) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let (id, kind) = (owned.id, owned.product.kind);
    match (kind, owned.files.as_slice()) {
        (ProductKind::Download, [file]) => {
            let file = file.id;
            let download = move || {
                perform(busy, async move {
                    let link = session.client().create_download(id, file).await?;
                    let _ = window().location().set_href(&link.url);
                    Ok(())
                });
            };
            view! { <Button busy on_press=download>{t::use_it(kind)}</Button> }.into_any()
        }
        (ProductKind::Service, _) if owned.bookings_remaining == Some(0) => {
            view! { <ButtonLink href="/dashboard/bookings">{t::SEE_APPOINTMENTS}</ButtonLink> }.into_any()
        }
        _ => view! { <ButtonLink href=format!("/dashboard/products/{id}")>{t::use_it(kind)}</ButtonLink> }.into_any(),
    }
}
