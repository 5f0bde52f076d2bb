//! Sending money back: all, chosen lines or an amount; says what it means for access before it is done.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::{
    Code, Money,
    checkout::{AdminOrder, LineKind, NewRefund, RefundStatus},
    subscriptions::{Cancellation, Subscription, SubscriptionQuery},
};

use super::amount;
use crate::{
    components::{Button, ButtonKind, Checkbox, Dialog, ErrorBanner, FormErrors, Radio, TextField, toast_ok},
    format,
    intention::Intention,
    session::{Loading, load, use_session},
    texts::{self, admin as t},
};

/// Asks once, then sends money back.
#[component]
pub fn RefundDialog(open: RwSignal<bool>, order: AdminOrder, done: Callback<()>) -> impl IntoView {
    view! {
        <Dialog open=open title=t::REFUND>
            <RefundForm open order=order.clone() done/>
        </Dialog>
    }
    .into_any()
}

/// The subscription that an order has begun: a refund alone does not end it.
#[derive(Clone, Copy)]
struct OfPlan {
    /// Until it is over.
    subscription: Loading<Option<Subscription>>,
    /// Whether it ends with the refund.
    ends: RwSignal<bool>,
}

impl OfPlan {
    fn new(order: &AdminOrder) -> Self {
        let (customer, paid) = (order.customer.id, order.order.paid_at.unwrap_or(order.order.created_at));
        let subscription = load(move |client| async move {
            let query =
                SubscriptionQuery { customer_id: Some(customer), limit: Some(100), ..SubscriptionQuery::default() };
            let all = client.list_admin_subscriptions(&query).await?.data.into_iter().map(|one| one.subscription);
            // It began when it was paid; its plan may be another by now.
            let begun = all.min_by_key(|one| (one.created_at - paid).abs());
            Ok(begun.filter(|one| !one.status.is_over()))
        });
        Self { subscription, ends: RwSignal::new(false) }
    }

    /// The one that goes on, once it is known. Reactive.
    fn going_on(self) -> Option<Subscription> {
        self.subscription.with(|found| found.as_ref()?.as_ref().ok().cloned()?)
    }

    /// Ends it, when that is asked for.
    async fn end(self, client: &Client) -> Result<()> {
        let Some(one) = untrack(|| self.going_on()).filter(|_| self.ends.get_untracked()) else { return Ok(()) };
        match client.cancel_admin_subscription(one.id, &Cancellation { at_period_end: false, reason: None }).await {
            // It has ended meanwhile.
            Err(error) if error.code() == Some(Code::SubscriptionOver) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// What the refund means for it. Reactive.
    fn consequence(self) -> &'static str {
        match self.subscription.with(|found| matches!(found, Some(Ok(None)))) {
            true => t::PLAN_OVER,
            false if self.ends.get() => t::PLAN_ENDS,
            false => t::PLAN_GOES_ON,
        }
    }
}

/// Offers to end the subscription together with the refund.
#[component]
fn EndPlan(plan: OfPlan, errors: FormErrors) -> impl IntoView {
    move || {
        plan.going_on().map(|one| {
            let help = t::end_plan(&one.plan.name, &format::date(&one.created_at));
            view! { <Checkbox errors name="end_plan" label=t::END_PLAN value=plan.ends help/> }
        })
    }
}

#[component]
fn RefundForm(open: RwSignal<bool>, order: AdminOrder, done: Callback<()>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let how = RwSignal::new("all".to_owned());
    let chosen = RwSignal::new(Vec::<Uuid>::new());
    let (text, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // One key per opened dialog: pressing twice sends back once.
    let intention = Intention::new();
    let currency = order.order.total.currency;
    let left = Money::new(order.order.total.amount - order.order.refunded.amount, currency);
    let id = order.order.id;
    let plan = order.order.lines.iter().any(|line| line.kind == LineKind::Plan).then(|| OfPlan::new(&order));
    let lines: Vec<_> = order.order.lines.iter().filter(|line| !line.refunded).cloned().collect();
    let sums = lines.clone();
    let to_send = Signal::derive(move || match how.get().as_str() {
        "lines" => {
            let of_lines: i64 = chosen.with(|chosen| {
                sums.iter().filter(|line| chosen.contains(&line.id)).map(|line| line.total.amount).sum()
            });
            Some(Money::new(of_lines.min(left.amount), currency))
        }
        "amount" => amount::parse(&text.get(), currency).map(|amount| Money::new(amount, currency)),
        _ => Some(left),
    });
    let press = move |()| {
        errors.clear();
        let Some(money) = to_send.get_untracked().filter(|money| money.amount > 0) else {
            errors.set("amount.amount", t::AMOUNT_NEEDED);
            return;
        };
        let mut new = NewRefund {
            reason: Some(reason.get_untracked()).filter(|text| !text.trim().is_empty()),
            ..NewRefund::default()
        };
        match how.get_untracked().as_str() {
            "lines" => new.lines = Some(chosen.get_untracked()),
            "amount" => new.amount = Some(money),
            _ => {}
        }
        errors.submit(async move {
            let refund = session.client().create_refund(id, &new, Some(&intention.key())).await?;
            toast_ok(match refund.status {
                RefundStatus::Succeeded => t::refund_sent(&format::money(&refund.amount)),
                _ => t::refund_under_way(&format::money(&refund.amount)),
            });
            if let Some(plan) = plan {
                plan.end(&session.client()).await?;
            }
            open.set(false);
            done.run(());
            Ok(())
        });
    };
    let choice = move |value: &'static str, label: String| {
        let chosen = Signal::derive(move || how.with(|how| how == value));
        view! { <Radio name="how" label chosen choose=move || how.set(value.into())/> }
    };
    let boxes = lines.into_iter().map(move |line| {
        let id = line.id;
        let toggle = move |_| {
            chosen.update(|chosen| match chosen.iter().position(|other| *other == id) {
                Some(at) => drop(chosen.remove(at)),
                None => chosen.push(id),
            });
        };
        view! {
            <label class="flex items-center gap-3 text-sm">
                <input type="checkbox" class="checkbox checkbox-sm" prop:checked=move || chosen.with(|chosen| chosen.contains(&id)) on:change=toggle/>
                <span class="grow">{line.name}</span>
                {format::money(&line.total)}
            </label>
        }
    });
    let boxes = StoredValue::new_local(Some(boxes.collect_view().into_any()));
    let consequence = move || match (plan, how.get().as_str()) {
        (Some(plan), _) => plan.consequence(),
        (_, "amount") => t::ACCESS_STAYS,
        (_, "lines") => t::ACCESS_OF_LINES_ENDS,
        _ => t::ACCESS_ENDS,
    };
    let ends = move || plan.is_some_and(|plan| plan.going_on().is_some() && plan.ends.get());
    let label = move || match to_send.get().filter(|money| money.amount > 0) {
        Some(money) if ends() => t::refund_and_end(&format::money(&money)),
        Some(money) => t::refund_button(&format::money(&money)),
        None => t::REFUND.to_owned(),
    };
    view! {
        <div class="grid gap-5">
            <ErrorBanner errors/>
            <fieldset class="grid gap-3">
                <legend class="sr-only">{t::HOW_MUCH}</legend>
                {choice("all", t::all_that_is_left(&format::money(&left)))}
                {plan.is_none().then(|| choice("lines", t::CHOSEN_PRODUCTS.to_owned()))}
                <div class="grid gap-2 ps-8" hidden=move || how.with(|how| how != "lines")>
                    {boxes.try_update_value(Option::take).flatten()}
                </div>
                {choice("amount", t::AN_AMOUNT.to_owned())}
                <div class="ps-8" hidden=move || how.with(|how| how != "amount")>
                    <TextField errors name="amount.amount" label=t::AMOUNT value=text input_mode="decimal" placeholder=amount::plain(left.amount, currency)/>
                </div>
            </fieldset>
            <TextField errors name="reason" label=t::REASON value=reason help=t::REASON_HELP/>
            {plan.map(|plan| view! { <EndPlan plan errors/> })}
            <p class="text-sm text-muted" aria-live="polite">{consequence}</p>
            <div class="flex flex-wrap-reverse justify-end gap-3">
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| open.set(false))>{texts::CANCEL}</Button>
                <Button kind=ButtonKind::Danger busy=errors.busy on_press=Callback::new(press)>{label}</Button>
            </div>
        </div>
    }
    .into_any()
}
