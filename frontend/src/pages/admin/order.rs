//! One order: what was bought, where the money is, and sending it back.

use leptos::prelude::*;
use vitrine_types::checkout::{AdminOrder, LineKind, OrderStatus};

use super::{disputes::Disputes, refund::RefundDialog};
use crate::{
    components::{Badge, Button, ButtonKind, Load, Page, Price, When, perform, toast_ok},
    path::id_in_path,
    session::{load, use_session},
    texts::{self, admin as t, tokens},
};

/// One order.
#[component]
pub fn OrderDetail() -> impl IntoView {
    let id = id_in_path();
    let order = load(move |client| {
        let id = id.get();
        async move { client.get_admin_order(id).await }
    });
    let title = Signal::derive(move || {
        order.with(|order| match order {
            Some(Ok(order)) => t::order_title(&order.order.number),
            _ => t::ORDER.to_owned(),
        })
    });
    let again = Callback::new(move |()| order.refetch());
    view! {
        <Page title=title>
            <Load resource=order render=move |order| view! { <Detail order again/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Detail(order: AdminOrder, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let refunding = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let id = order.order.id;
    let look = move |()| {
        perform(busy, async move {
            session.client().resolve_review(id).await?;
            toast_ok(t::LOOKED_AT);
            again.run(());
            Ok(())
        });
    };
    let review = order.review_reason.clone().map(|reason| {
        view! {
            <div class="mb-8 border-s-2 border-warning bg-base-200 px-4 py-3" role="note">
                <p class="font-medium">{t::NEEDS_A_LOOK}</p>
                <p class="mb-3 text-sm">{reason}</p>
                <Button kind=ButtonKind::Secondary small=true busy=busy on_press=Callback::new(look)>{t::MARK_LOOKED_AT}</Button>
            </div>
        }
    });
    let refundable = matches!(order.order.status, OrderStatus::Paid | OrderStatus::PartiallyRefunded)
        || order.order.status == OrderStatus::NeedsReview && order.order.paid_at.is_some();
    let refundable = refundable && order.order.total.amount > 0;
    let for_dialog = order.clone();
    let customer = format!("/admin/customers/{}", order.customer.id);
    let stripe = [
        (t::STRIPE_SESSION, order.stripe_session_id.clone()),
        (t::STRIPE_PAYMENT, order.stripe_payment_intent_id.clone()),
    ];
    let stripe = stripe
        .into_iter()
        .filter_map(|(label, id)| id.map(|id| view! { <dt>{label}</dt><dd class="font-mono text-xs">{id}</dd> }));
    view! {
        {review}
        <div class="grid gap-x-16 gap-y-2 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div>
                <Lines order=order.clone()/>
                <Refunds order=order.clone()/>
                <Disputes disputes=order.disputes.clone() words=t::DISPUTE_WORDS/>
            </div>
            <div>
                <section class="sheet">
                    <dl class="facts">
                        <dt>{t::STATUS}</dt><dd><Badge of=order.order.status/></dd>
                        <dt>{t::CUSTOMER}</dt>
                        <dd><a class="underline underline-offset-4" href=customer>{order.customer.name.clone()}</a></dd>
                        <dt>{t::EMAIL}</dt><dd>{order.customer.email.clone()}</dd>
                        <dt>{t::PLACED}</dt><dd><When time=order.order.created_at/></dd>
                        {order.order.paid_at.map(|at| view! { <dt>{t::PAID}</dt><dd><When time=at/></dd> })}
                        {stripe.collect_view()}
                    </dl>
                    <Show when=move || refundable>
                        <div>
                            <Button kind=ButtonKind::Danger on_press=Callback::new(move |()| refunding.set(true))>{t::REFUND}</Button>
                        </div>
                    </Show>
                </section>
            </div>
        </div>
        <RefundDialog open=refunding order=for_dialog done=again/>
    }
    .into_any()
}

#[component]
fn Lines(order: AdminOrder) -> impl IntoView {
    let order = order.order;
    let lines = order.lines.iter().cloned().map(|line| {
        let shelf = if line.kind == LineKind::Plan { "plans" } else { "products" };
        let refunded = line.refunded.then(|| view! { <span class="ms-3 text-muted">{texts::REFUNDED}</span> });
        view! {
            <tr>
                <td data-label=t::PRODUCT>
                    <span>
                        <a href=format!("/admin/{shelf}/{}", line.product_id)>{line.name}</a> {refunded}
                        {line.tokens.map(|bought| view! { <span class="block text-sm text-muted">{tokens::bought(bought)}</span> })}
                    </span>
                </td>
                <td data-label=t::QUANTITY class="num">{line.quantity}</td>
                <td data-label=t::PRICE class="num"><Price money=line.unit_price/></td>
                <td data-label=t::TOTAL class="num"><Price money=line.total/></td>
            </tr>
        }
    });
    let discount = (order.discount.amount > 0)
        .then(|| view! { <dt>{t::DISCOUNT}</dt><dd class="text-end"><Price money=order.discount/></dd> });
    let tax =
        (order.tax.amount > 0).then(|| view! { <dt>{t::TAX}</dt><dd class="text-end"><Price money=order.tax/></dd> });
    let back = (order.refunded.amount > 0)
        .then(|| view! { <dt>{t::WENT_BACK}</dt><dd class="text-end"><Price money=order.refunded/></dd> });
    view! {
        <section class="sheet" aria-label=t::PRODUCTS>
            <table class="table-desk">
                <thead>
                    <tr>
                        <th scope="col">{t::PRODUCT}</th>
                        <th scope="col" class="num">{t::QUANTITY}</th>
                        <th scope="col" class="num">{t::PRICE}</th>
                        <th scope="col" class="num">{t::TOTAL}</th>
                    </tr>
                </thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
            <dl class="facts justify-self-end">
                {discount}
                {tax}
                <dt>{t::TOTAL}</dt><dd class="text-end font-medium"><Price money=order.total/></dd>
                {back}
            </dl>
        </section>
    }
    .into_any()
}

#[component]
fn Refunds(order: AdminOrder) -> impl IntoView {
    if order.refunds.is_empty() {
        return ().into_any();
    }
    let rows = order.refunds.into_iter().map(|refund| {
        view! {
            <tr>
                <td data-label=t::DATE><When time=refund.created_at/></td>
                <td data-label=t::STATUS><Badge of=refund.status/></td>
                <td data-label=t::REASON class="text-muted">{refund.reason}</td>
                <td data-label=t::AMOUNT class="num"><Price money=refund.amount/></td>
            </tr>
        }
    });
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::REFUNDS}</h2>
            <table class="table-desk">
                <thead>
                    <tr>
                        <th scope="col">{t::DATE}</th>
                        <th scope="col">{t::STATUS}</th>
                        <th scope="col">{t::REASON}</th>
                        <th scope="col" class="num">{t::AMOUNT}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
