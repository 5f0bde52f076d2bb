//! When the owner can be booked: the week, journeys, exceptions, and the week that comes of them.

use leptos::prelude::*;
use vitrine_types::calendar::{Schedule, ScheduleRule, Weekday};

use super::{
    CalendarTabs,
    clocks::{Clocks, zone_options},
    exceptions::ExceptionLists,
    journeys::{JourneyFields, Journeys},
    ranges::{RangeFields, Ranges},
    week::{Exceptions, ResultingWeek},
};
use crate::{
    components::{Button, ButtonKind, ErrorBanner, FormErrors, Load, Page, Select, toast_ok},
    session::{load, use_session},
    texts::{self, hours as t},
};

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Mon, t::MONDAY),
    (Weekday::Tue, t::TUESDAY),
    (Weekday::Wed, t::WEDNESDAY),
    (Weekday::Thu, t::THURSDAY),
    (Weekday::Fri, t::FRIDAY),
    (Weekday::Sat, t::SATURDAY),
    (Weekday::Sun, t::SUNDAY),
];

/// When the owner can be booked.
#[component]
pub fn OpenHours() -> impl IntoView {
    let schedule = load(|client| async move { client.get_schedule().await });
    view! {
        <Page title=t::HOURS_TITLE>
            <CalendarTabs/>
            <Load resource=schedule render=|schedule| view! { <Editor schedule/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Editor(schedule: Schedule) -> impl IntoView {
    let zone = RwSignal::new(schedule.time_zone.clone());
    let journeys = Journeys::of(&schedule.travel);
    let days = WEEK.map(|(weekday, label)| {
        let rules = schedule.rules.iter().filter(|rule| rule.weekday == weekday);
        (weekday, label, Ranges::of(rules.map(|rule| (rule.start.as_str(), rule.end.as_str()))))
    });
    let loaded = load(|client| async move {
        let (overrides, blocked) = futures_util::try_join!(client.list_overrides(), client.list_blocked_periods())?;
        Ok(Exceptions { overrides: overrides.data, blocked: blocked.data })
    });
    let exceptions = Signal::derive(move || {
        loaded.with(|loaded| loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).cloned().unwrap_or_default())
    });
    let clocks = Signal::derive(move || Clocks { home: zone.get(), travel: journeys.read() });
    let weekly = Signal::derive(move || days.iter().map(|(_, _, ranges)| ranges.minutes()).collect::<Vec<_>>());
    let again = Callback::new(move |()| loaded.refetch());
    view! {
        <div class="grid items-start gap-x-14 gap-y-10 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div class="grid min-w-0 gap-6">
                <Weekly zone journeys days/>
                <Load resource=loaded render=move |exceptions| view! { <ExceptionLists exceptions clocks again/> }.into_any()/>
            </div>
            <ResultingWeek weekly clocks exceptions/>
        </div>
    }
    .into_any()
}

/// The weekly hours and the journeys, saved together.
#[component]
fn Weekly(zone: RwSignal<String>, journeys: Journeys, days: [(Weekday, &'static str, Ranges); 7]) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let zones = zone_options(&zone.get_untracked());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut rules = Vec::new();
        for (weekday, _, ranges) in days {
            // Said beside the day already.
            let Some(ranges) = untrack(|| ranges.read()) else { return };
            rules.extend(ranges.into_iter().map(|one| ScheduleRule { weekday, start: one.start, end: one.end }));
        }
        let (travel, whole) = untrack(|| (journeys.read(), journeys.are_whole()));
        if !whole {
            return errors.refuse("travel", t::JOURNEY_NEEDS_DAYS);
        }
        let schedule = Schedule { time_zone: zone.get_untracked(), rules, travel };
        errors.submit(async move {
            session.client().set_schedule(&schedule).await?;
            toast_ok(t::HOURS_SAVED);
            Ok(())
        });
    };
    let first = days[0].2;
    let copy = Callback::new(move |()| days[1..5].iter().for_each(|(_, _, ranges)| ranges.copy_from(first)));
    let rows = days.map(|(_, label, ranges)| {
        view! {
            <div class="grid gap-x-6 gap-y-1 border-t border-line py-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
                <h2 class="py-2 font-sans text-sm font-medium tracking-normal">{label}</h2>
                <RangeFields ranges day=label/>
            </div>
        }
    });
    view! {
        <form class="grid gap-5" novalidate on:submit=submit>
            <ErrorBanner errors/>
            <Select errors name="time_zone" label=t::TIME_ZONE value=zone options=zones help=t::TIME_ZONE_HELP/>
            <div>{rows.into_iter().collect_view()}</div>
            <div><Button kind=ButtonKind::Quiet small=true on_press=copy>{t::COPY_MONDAY}</Button></div>
            <JourneyFields journeys errors/>
            <p class="text-sm text-error">{move || errors.of("travel")}</p>
            <div><Button submit=true busy=errors.busy>{texts::SAVE}</Button></div>
        </form>
    }
    .into_any()
}
