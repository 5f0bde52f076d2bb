//! Ending a plan, with a word about what that means.

use leptos::prelude::*;
use vitrine_types::subscriptions::{Cancellation, Subscription};

use super::{is_paid, when::EndWhen};
use crate::{
    components::{Button, ButtonKind, Dialog, ErrorBanner, FormErrors, TextArea, toast_ok},
    format,
    session::use_session,
    texts::plans as t,
};

/// The button, and the dialog that asks once.
#[component]
pub fn Cancel(mine: Subscription, changed: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <section>
            <Button kind=ButtonKind::Danger on_press=move || open.set(true)>{t::CANCEL}</Button>
            <Dialog open title=t::CANCEL_TITLE>
                <Ask open mine=mine.clone() changed/>
            </Dialog>
        </section>
    }
    .into_any()
}

#[component]
fn Ask(open: RwSignal<bool>, mine: Subscription, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let (id, paid) = (mine.id, is_paid(mine.status));
    let reason = RwSignal::new(String::new());
    // Who owes for a plan has nothing to use up.
    let now = RwSignal::new(!paid);
    let cancel = move || {
        let now = now.get_untracked();
        let reason = Some(reason.get_untracked()).filter(|reason| !reason.trim().is_empty());
        errors.submit(async move {
            session.client().cancel_subscription(id, &Cancellation { at_period_end: !now, reason }).await?;
            open.set(false);
            toast_ok(if now { t::ENDED_NOW } else { t::CANCELLED });
            changed.run(());
            Ok(())
        });
    };
    let end = format::date(&mine.current_period_end);
    let at_end = if paid { t::cancel_words(&end) } else { t::cancel_unpaid_words(&end) };
    view! {
        <div class="grid gap-5">
            <ErrorBanner errors/>
            <EndWhen now at_end at_once=t::CANCEL_NOW_WORDS/>
            <TextArea errors name="reason" label=t::CANCEL_REASON value=reason rows=3/>
            <div class="flex flex-wrap gap-3">
                <Button kind=ButtonKind::Danger busy=errors.busy on_press=cancel>{t::CANCEL}</Button>
                <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{t::KEEP}</Button>
            </div>
        </div>
    }
    .into_any()
}
