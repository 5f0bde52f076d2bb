//! What differs from the weekly hours: days with hours of their own, time off, blocked periods.

use chrono::NaiveDate;
use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::Result;
use vitrine_types::calendar::{BlockedPeriod, NewBlockedPeriod, NewOverride, Override};

use super::{
    clocks::Clocks,
    pick::read_wall,
    ranges::{RangeFields, Ranges},
    week::Exceptions,
};
use crate::{
    components::{Button, ButtonKind, Checkbox, ErrorBanner, FormErrors, TextField, perform, toast_ok},
    format,
    session::use_session,
    texts::hours as t,
};

/// The exceptions there are, and forms for more. `again` is called when they have changed.
#[component]
pub fn ExceptionLists(exceptions: Exceptions, clocks: Signal<Clocks>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let day = |date: NaiveDate| format::day(date, &[("dateStyle", "full".into())]);
    let row = move |words: String, remove: Callback<()>| {
        view! {
            <li class="flex items-center justify-between gap-4 border-t border-line py-2 text-sm">
                <span>{words}</span>
                <Button kind=ButtonKind::Quiet small=true busy=busy on_press=remove>{t::REMOVE}</Button>
            </li>
        }
    };
    let forget = move |id: Uuid, is_day: bool| {
        Callback::new(move |()| {
            perform(busy, async move {
                let client = session.client();
                if is_day {
                    client.delete_override(id).await?
                } else {
                    client.delete_blocked_period(id).await?
                }
                again.run(());
                Ok(())
            });
        })
    };
    let yesterday = clocks.get_untracked().today().pred_opt().unwrap_or_default();
    let days =
        exceptions.overrides.into_iter().filter(|one| one.date > yesterday).map(|Override { id, date, ranges }| {
            let hours = ranges.iter().map(|one| format!("{}–{}", one.start, one.end)).collect::<Vec<_>>().join(", ");
            let hours = if hours.is_empty() { t::CLOSED.to_owned() } else { hours };
            row(format!("{}: {hours}", day(date)), forget(id, true))
        });
    let periods = exceptions.blocked.into_iter().map(|BlockedPeriod { id, start, end, reason }| {
        let clocks = clocks.get_untracked();
        let moment = |time| format::moment_in(&time, clocks.zone_at(&time));
        let reason = reason.map(|reason| format!(" · {reason}")).unwrap_or_default();
        row(format!("{} – {}{reason}", moment(start), moment(end)), forget(id, false))
    });
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::OTHER_HOURS}</h2>
            <p class="max-w-prose text-sm text-muted">{t::OTHER_HOURS_HELP}</p>
            <ul>{days.collect_view()}</ul>
            <NewDay again/>
        </section>
        <section class="sheet">
            <h2 class="text-lg">{t::TIME_OFF}</h2>
            <p class="max-w-prose text-sm text-muted">{t::TIME_OFF_HELP}</p>
            <ul>{periods.collect_view()}</ul>
            <NewPeriod clocks again/>
        </section>
    }
    .into_any()
}

/// Sends a form that adds an exception.
fn add(errors: FormErrors, again: Callback<()>, sent: impl Future<Output = Result<()>> + 'static) {
    errors.submit(async move {
        sent.await?;
        toast_ok(t::HOURS_SAVED);
        again.run(());
        Ok(())
    });
}

#[component]
fn NewDay(again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let (date, ranges) = (RwSignal::new(String::new()), Ranges::of([]));
    let submit =
        move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            errors.clear();
            let Ok(date) = date.get_untracked().parse() else { return errors.refuse("date", t::DAY_NEEDED) };
            let Some(ranges) = untrack(|| ranges.read()) else { return };
            add(errors, again, async move {
                session.client().create_override(&NewOverride { date, ranges }).await.map(drop)
            });
        };
    view! {
        <form class="grid gap-4" novalidate aria-label=t::OTHER_HOURS on:submit=submit>
            <ErrorBanner errors/>
            <div class="grid items-start gap-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
                <TextField errors name="date" label=t::DAY value=date kind="date"/>
                <div class="grid gap-1.5">
                    <span class="text-sm font-medium" aria-hidden="true">{t::HOURS}</span>
                    <RangeFields ranges day=t::OTHER_HOURS/>
                </div>
            </div>
            <div><Button kind=ButtonKind::Secondary small=true submit=true busy=errors.busy>{t::SET_DAY}</Button></div>
        </form>
    }
    .into_any()
}

#[component]
fn NewPeriod(clocks: Signal<Clocks>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let whole = RwSignal::new(true);
    let text = || RwSignal::new(String::new());
    let (first, last, from, until, reason) = (text(), text(), text(), text(), text());
    let read = move || {
        let clocks = clocks.get();
        if whole.get() {
            let day = |text: RwSignal<String>| text.get().parse::<NaiveDate>().ok();
            return Some((clocks.midnight(day(first)?), clocks.end_of(day(last)?)?));
        }
        let moment = |text: RwSignal<String>| {
            let wall = read_wall(&text.get())?;
            Some(format::at_wall(wall, clocks.zone_on(wall.date())))
        };
        Some((moment(from)?, moment(until)?))
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let Some((start, end)) = untrack(read) else { return errors.refuse("start", t::PERIOD_NEEDED) };
        let new = NewBlockedPeriod { start, end, reason: Some(reason.get_untracked()) };
        add(errors, again, async move { session.client().create_blocked_period(&new).await.map(drop) });
    };
    view! {
        <form class="grid gap-4" novalidate aria-label=t::TIME_OFF on:submit=submit>
            <ErrorBanner errors/>
            <Checkbox errors name="whole" label=t::WHOLE_DAYS value=whole/>
            <div class="grid gap-4 sm:grid-cols-2">
                <Show
                    when=move || whole.get()
                    fallback=move || view! {
                        <TextField errors name="start" label=t::FROM value=from kind="datetime-local"/>
                        <TextField errors name="end" label=t::UNTIL value=until kind="datetime-local"/>
                    }
                >
                    <TextField errors name="start" label=t::FIRST_DAY value=first kind="date"/>
                    <TextField errors name="end" label=t::LAST_DAY value=last kind="date"/>
                </Show>
            </div>
            <TextField errors name="reason" label=t::REASON value=reason help=t::REASON_HELP/>
            <div><Button kind=ButtonKind::Secondary small=true submit=true busy=errors.busy>{t::BLOCK}</Button></div>
        </form>
    }
    .into_any()
}
