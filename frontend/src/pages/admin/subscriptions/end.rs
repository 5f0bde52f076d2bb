//! Ending somebody's subscription.

use leptos::prelude::*;
use vitrine_types::subscriptions::{Cancellation, Subscription};

use crate::{
    components::{Button, ButtonKind, Dialog, ErrorBanner, FormErrors, TextField, toast_ok},
    format,
    pages::account::{EndWhen, is_paid},
    session::use_session,
    texts::{self, admin, subscriptions as t},
};

/// The button, and the dialog that asks once. `done` is called when it has happened.
#[component]
pub fn EndSubscription(of: Subscription, done: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <div>
            <Button kind=ButtonKind::Danger on_press=move || open.set(true)>{t::END_SUBSCRIPTION}</Button>
        </div>
        <Dialog open title=t::END_TITLE>
            <Ask open of=of.clone() done/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Ask(open: RwSignal<bool>, of: Subscription, done: Callback<()>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let id = of.id;
    // Of what is unpaid, or ends with its period anyway, nothing but its end is left to ask for.
    let now = RwSignal::new(!is_paid(of.status) || of.cancel_at.is_some());
    let reason = RwSignal::new(String::new());
    let end = StoredValue::new(format::date(&of.current_period_end));
    let press = move || {
        let now = now.get_untracked();
        let reason = Some(reason.get_untracked()).filter(|reason| !reason.trim().is_empty());
        errors.submit(async move {
            session.client().cancel_admin_subscription(id, &Cancellation { at_period_end: !now, reason }).await?;
            toast_ok(if now { t::ENDED_NOW.to_owned() } else { t::ends_on(&end.get_value()) });
            open.set(false);
            done.run(());
            Ok(())
        });
    };
    view! {
        <div class="grid gap-5">
            <ErrorBanner errors/>
            <EndWhen now at_end=t::end_words(&end.get_value()) at_once=t::END_NOW_WORDS/>
            <TextField errors name="reason" label=admin::REASON value=reason help=t::END_REASON_HELP/>
            <div class="flex flex-wrap justify-end gap-3">
                <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{texts::CANCEL}</Button>
                <Button kind=ButtonKind::Danger busy=errors.busy on_press=press>{t::END_IT}</Button>
            </div>
        </div>
    }
    .into_any()
}
