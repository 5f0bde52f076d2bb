//! Giving a customer tokens, or taking some, with a reason that they read.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::{Code, tokens::TokenAdjustment};

use crate::{
    components::{Button, ButtonKind, Dialog, ErrorBanner, FormErrors, Radio, TextField, toast_ok},
    intention::Intention,
    session::use_session,
    texts::{self, admin, subscriptions as t},
};

/// Asks how many and why. `done` is called when it has happened.
#[component]
pub fn TokenDialog(open: RwSignal<bool>, subscription: Uuid, done: Callback<()>) -> impl IntoView {
    view! { <Dialog open title=t::ADJUST><Form open subscription done/></Dialog> }.into_any()
}

#[component]
fn Form(open: RwSignal<bool>, subscription: Uuid, done: Callback<()>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new().at(Code::TokensInsufficient, "amount");
    let (taking, number, reason) = (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(String::new()));
    // One key per opened dialog: pressing twice gives once.
    let intention = Intention::new();
    let amount = move || {
        let number = number.with(|number| number.trim().parse::<u32>().ok()).filter(|number| *number > 0)?;
        Some(if taking.get() { -i64::from(number) } else { i64::from(number) })
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let (amount, reason) = (untrack(amount), reason.get_untracked());
        if reason.trim().is_empty() {
            errors.refuse("reason", t::REASON_NEEDED);
        }
        let Some(amount) = amount else { return errors.refuse("amount", t::WHOLE_NUMBER) };
        if reason.trim().is_empty() {
            return;
        }
        errors.submit(async move {
            let adjustment = TokenAdjustment { amount, reason };
            session.client().adjust_tokens(subscription, &adjustment, Some(&intention.key())).await?;
            toast_ok(t::adjusted(amount));
            open.set(false);
            done.run(());
            Ok(())
        });
    };
    let way = move |takes: bool, label: &'static str| {
        let chosen = Signal::derive(move || taking.get() == takes);
        view! { <Radio name="way" label chosen choose=move || taking.set(takes)/> }
    };
    let verb = move || amount().map_or_else(|| t::ADJUST.to_owned(), t::adjust);
    view! {
        <form class="grid gap-5" novalidate on:submit=send>
            <ErrorBanner errors/>
            <fieldset class="flex flex-wrap gap-x-8 gap-y-3">
                <legend class="sr-only">{t::ADJUST}</legend>
                {way(false, t::GIVE)}
                {way(true, t::TAKE)}
            </fieldset>
            <TextField errors name="amount" label=t::HOW_MANY value=number input_mode="numeric" help=t::HOW_MANY_HELP required=true/>
            <TextField errors name="reason" label=admin::REASON value=reason help=t::REASON_HELP required=true/>
            <div class="flex flex-wrap justify-end gap-3">
                <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{texts::CANCEL}</Button>
                <Button submit=true busy=errors.busy>{verb}</Button>
            </div>
        </form>
    }
    .into_any()
}
