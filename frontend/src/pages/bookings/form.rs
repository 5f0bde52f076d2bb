//! The one form of booking: what the owner asks, the month, the day's times, the button.

use chrono::TimeDelta;
use leptos::prelude::*;
use vitrine_client::Result;
use vitrine_types::{Code, calendar::BookingChoice, catalog::Product};

use super::{
    choose::{Choice, Choose},
    intake::{Intake, Questions},
};
use crate::{
    components::{Button, ErrorBanner, FormErrors},
    format,
    texts::booking as t,
};

/// Asks for answers and a time, and hands them to `send`. When somebody else was faster, the free times are shown anew and
/// the answers stay.
#[component]
pub fn BookingForm<F, S>(
    product: Product,
    choice: Choice,
    /// What the button does, when the time is this.
    verb: fn(&str) -> String,
    send: F,
) -> impl IntoView
where
    F: Fn(BookingChoice) -> S + Send + Sync + 'static,
    S: Future<Output = Result<()>> + 'static,
{
    let (intake, errors) = (Intake::of(&product), FormErrors::new());
    let press = Callback::new(move |()| {
        let Some(slot) = choice.slot.get_untracked() else { return };
        let answers = untrack(|| intake.answers());
        let sent = send(BookingChoice { start: slot.start, time_zone: choice.zone.get_untracked(), answers });
        errors.submit(async move {
            let sent = sent.await;
            if let Err(error) = &sent
                && matches!(error.code(), Some(Code::SlotTaken | Code::SlotUnavailable))
            {
                choice.refresh();
            }
            sent
        });
    });
    let policy = product.service.as_ref().map(|service| {
        let before = TimeDelta::minutes(service.cancel_until_minutes.into());
        move || choice.words(|slot| slot.start - before).map(|until| t::free_to_cancel(&until))
    });
    let label = move || choice.words(|slot| slot.start).map_or_else(|| t::CHOOSE_A_TIME.to_owned(), |when| verb(&when));
    let facts = product.service.as_ref().map(|service| t::about(service.duration_minutes, &service.location));
    view! {
        <p class="-mt-4 pb-8 text-muted">{facts}</p>
        <div class="grid gap-10">
            <ErrorBanner errors/>
            <Questions intake errors/>
            <Choose slug=product.slug choice/>
            <div class="sticky bottom-0 grid gap-2 border-t border-line bg-base-100 py-4">
                <p class="text-sm text-muted" aria-live="polite">{policy.map(|policy| view! { {policy} })}</p>
                <div>
                    <Button busy=errors.busy disabled=Signal::derive(move || choice.slot.with(Option::is_none)) on_press=press>{label}</Button>
                </div>
            </div>
        </div>
    }
    .into_any()
}

impl Choice {
    /// A moment of the chosen time, in words. Reactive.
    fn words(&self, moment: impl Fn(vitrine_types::calendar::Slot) -> chrono::DateTime<chrono::Utc>) -> Option<String> {
        self.slot.get().map(|slot| format::moment_in(&moment(slot), &self.zone.get()))
    }
}
