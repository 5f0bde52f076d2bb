//! One order: where it stands, its lines and sums; on paper, its receipt.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::{
    Money,
    calendar::{OrderedTime, OrderedTimeStatus},
    checkout::{Order, OrderLine, OrderStatus},
};

use crate::{
    components::{Badge, Button, ButtonKind, ButtonLink, Dialog, Load, Page, Skeleton, When, perform, toast_ok},
    format,
    pages::bookings::span_in,
    path::id_in_path,
    session::{load, use_session},
    texts::{self, checkout, desk as t},
};

/// One order.
#[component]
pub fn OrderDetail() -> impl IntoView {
    let id = id_in_path();
    let order = load(move |client| {
        let id = id.get();
        async move { client.get_order(id).await }
    });
    let title = Signal::derive(move || {
        order.with(|order| match order {
            Some(Ok(order)) if order.paid_at.is_some() => t::receipt(&order.number),
            Some(Ok(order)) => t::order(&order.number),
            _ => t::ORDER.to_owned(),
        })
    });
    let again = Callback::new(move |()| order.refetch());
    let render = move |order| view! { <Receipt order again/> }.into_any();
    view! {
        <p class="pb-3 text-sm print:hidden"><a href="/dashboard/orders" class="link-line text-muted">{t::ORDERS}</a></p>
        <Letterhead/>
        <Page title>
            <Load resource=order skeleton=Waiting render/>
        </Page>
    }
    .into_any()
}

/// Who sold; on paper only, where no header says it.
#[component]
fn Letterhead() -> impl IntoView {
    let shop = use_session().shop;
    let name = move || shop.with(|shop| shop.as_ref().map(|shop| shop.name.clone()));
    let address = window().location().host().unwrap_or_default();
    view! {
        <div class="hidden justify-between gap-8 pb-10 print:flex">
            <span class="display text-xl">{name}</span>
            <span class="text-sm">{address}</span>
        </div>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="grid gap-4">
            <Skeleton class="h-5 w-56"/>
            <Skeleton class="h-40 w-full max-w-3xl"/>
        </div>
    }
}

#[component]
fn Receipt(order: Order, again: Callback<()>) -> impl IntoView {
    let me = use_session().me;
    let customer = move || me.with(|me| me.as_ref().map(|me| (me.name.clone(), me.email.clone())));
    let Order { id, status, lines, subtotal, discount, tax, total, refunded, created_at, paid_at, pay_url, .. } = order;
    let unpaid = (status == OrderStatus::Pending).then(|| view! { <Unpaid id pay_url again/> });
    let print = || drop(window().print());
    let opened = matches!(status, OrderStatus::Paid | OrderStatus::PartiallyRefunded);
    let date = move |label: &'static str, time| {
        view! { <div><dt class="text-sm text-muted">{label}</dt><dd><When time date_only=true/></dd></div> }
    };
    view! {
        <div class="max-w-3xl">
            <div class="-mt-3 grid gap-3 pb-8 print:hidden">
                <Badge of=status/>
                <p class="max-w-prose">{t::order_story(status)}</p>
                <div class="flex flex-wrap gap-3 pt-2">
                    {unpaid}
                    {opened.then(|| view! { <ButtonLink href="/dashboard">{texts::auth::TO_YOUR_PRODUCTS}</ButtonLink> })}
                    {paid_at.map(|_| view! { <Button kind=ButtonKind::Secondary on_press=print>{t::PRINT}</Button> })}
                </div>
            </div>
            <dl class="flex flex-wrap gap-x-12 gap-y-4 pb-8">
                {move || customer().map(|(name, email)| view! {
                    <div class="hidden print:block">
                        <dt class="text-sm text-muted">{t::CUSTOMER}</dt>
                        <dd>{name} <br/> {email}</dd>
                    </div>
                })}
                {date(t::ORDERED, created_at)}
                {paid_at.map(|paid_at| date(t::PAID, paid_at))}
                <div class="hidden print:block"><dt class="text-sm text-muted">{t::STATUS}</dt><dd>{texts::order_status(status)}</dd></div>
            </dl>
            <table class="table-plain">
                <thead>
                    <tr>
                        <th scope="col">{t::ITEM}</th>
                        <th scope="col" class="hidden text-end! sm:table-cell print:table-cell">{t::PRICE_EACH}</th>
                        <th scope="col" class="text-end!">{t::QUANTITY}</th>
                        <th scope="col" class="pe-0! text-end!">{t::TOTAL}</th>
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| view! { <Line line/> }).collect_view()}</tbody>
            </table>
            <dl class="sums">
                <Sum label=t::SUBTOTAL money=subtotal/>
                <Sum label=t::DISCOUNT money=negative(discount) optional=true/>
                <Sum label=t::TAX money=tax optional=true/>
                <Sum label=t::TOTAL money=total strong=true/>
                <Sum label=t::REFUNDED money=negative(refunded) optional=true/>
            </dl>
            {paid_at.is_none().then(|| view! { <p class="hidden pt-8 text-sm print:block">{t::UNPAID_NOTE}</p> })}
        </div>
    }
    .into_any()
}

/// What can be done with an order that waits for money: paying, or giving it up.
#[component]
fn Unpaid(id: Uuid, pay_url: Option<String>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let cancel = Callback::new(move |()| {
        perform(busy, async move {
            session.client().cancel_order(id).await?;
            toast_ok(checkout::ORDER_CANCELLED);
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    view! {
        {pay_url.map(|url| view! { <ButtonLink href=url>{checkout::GO_ON_PAYING}</ButtonLink> })}
        <Button kind=ButtonKind::Quiet on_press=move || open.set(true)>{checkout::CANCEL_ORDER}</Button>
        <Dialog open title=checkout::CANCEL_ORDER_TITLE>
            <div class="grid gap-5">
                <p>{checkout::CANCEL_ORDER_WORDS}</p>
                <div class="flex flex-wrap justify-end gap-3">
                    <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{checkout::KEEP_ORDER}</Button>
                    <Button kind=ButtonKind::Danger busy=busy on_press=cancel>{checkout::CANCEL_ORDER}</Button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}

/// The time that was chosen with a line, and the way to its appointment.
fn time(time: OrderedTime) -> AnyView {
    let booked = (time.status == OrderedTimeStatus::Booked).then(|| {
        let href = format!("/dashboard/bookings/{}", time.id);
        view! { <a class="link-line block w-fit print:hidden" href=href>{checkout::SEE_APPOINTMENT}</a> }
    });
    let when = span_in(time.start, time.end, &time.time_zone);
    view! { <span class="block text-muted">{when}{booked}</span> }.into_any()
}

#[component]
fn Line(line: OrderLine) -> impl IntoView {
    let OrderLine { name, kind, quantity, unit_price, total, refunded, tokens, booking, .. } = line;
    let tokens = tokens.map(|bought| {
        let href = format!("/account/plan/{}/tokens", bought.subscription_id);
        view! {
            <span class="block text-muted">
                {texts::tokens::bought(bought)} " "
                <a class="link-line print:hidden" href=href>{texts::tokens::SEE_TOKENS}</a>
            </span>
        }
    });
    view! {
        <tr>
            <td>
                <span class="block text-base">{name}</span>
                <span class="text-muted">{texts::line_kind(kind)} {refunded.then(|| format!(" · {}", t::REFUNDED))}</span>
                {booking.map(time)}
                {tokens}
            </td>
            <td class="hidden text-end sm:table-cell print:table-cell">{format::money(&unit_price)}</td>
            <td class="text-end">{format::number(quantity.into())}</td>
            <td class="pe-0! text-end">{format::money(&total)}</td>
        </tr>
    }
}

/// A line of the sums; with `optional` left out when it is nothing.
#[component]
fn Sum(
    label: &'static str,
    money: Money,
    #[prop(optional)] optional: bool,
    #[prop(optional)] strong: bool,
) -> impl IntoView {
    (!optional || money.amount != 0).then(|| {
        view! {
            <div class=if strong { "font-semibold" } else { "" }>
                <dt>{label}</dt>
                <dd class="figures">{format::money(&money)}</dd>
            </div>
        }
    })
}

fn negative(money: Money) -> Money {
    Money { amount: -money.amount, ..money }
}
