//! The week that comes of hours, exceptions and journeys, drawn while they are edited.

use chrono::{Datelike, Days, NaiveDate, Timelike};
use leptos::prelude::*;
use vitrine_types::calendar::{BlockedPeriod, Override, TimeRange};

use super::{
    clocks::{Clocks, monday_of, zone_name},
    ranges::{DAY, clock, minute},
};
use crate::{
    components::{Button, ButtonKind},
    format,
    texts::hours as t,
};

/// Open minutes of a day, by start.
pub type Open = Vec<(u16, u16)>;

/// What there is beside the weekly hours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exceptions {
    /// Days with hours of their own.
    pub overrides: Vec<Override>,
    /// Time in which nothing can be booked.
    pub blocked: Vec<BlockedPeriod>,
}

impl Exceptions {
    /// What remains of a day's weekly hours.
    fn apply(&self, clocks: &Clocks, date: NaiveDate, weekly: &Open) -> Open {
        let own = self.overrides.iter().find(|one| one.date == date);
        let mut open = match own {
            None => weekly.clone(),
            Some(own) => {
                let range = |range: &TimeRange| Some((minute(&range.start)?, minute(&range.end)?));
                own.ranges.iter().filter_map(range).collect()
            }
        };
        open.sort_unstable();
        let zone = clocks.zone_on(date);
        for period in &self.blocked {
            let of_day = |time| {
                let wall = format::wall_in(time, zone);
                let minute = (wall.num_seconds_from_midnight() / 60) as u16;
                if wall.date() < date {
                    0
                } else if wall.date() > date {
                    DAY
                } else {
                    minute
                }
            };
            open = without(open, (of_day(&period.start), of_day(&period.end)));
        }
        open
    }
}

/// `open` less a stretch of the day.
fn without(open: Open, (from, until): (u16, u16)) -> Open {
    if from >= until {
        return open;
    }
    let parts = open.into_iter().flat_map(|(start, end)| [(start, end.min(from)), (start.max(until), end)]);
    parts.filter(|(start, end)| start < end).collect()
}

/// Seven days of the calendar as they will be.
#[component]
pub fn ResultingWeek(
    /// The hours of each weekday, Monday first; `None` while they make no sense.
    #[prop(into)]
    weekly: Signal<Vec<Option<Open>>>,
    #[prop(into)] clocks: Signal<Clocks>,
    #[prop(into)] exceptions: Signal<Exceptions>,
) -> impl IntoView {
    let today = clocks.get_untracked().today();
    let first = RwSignal::new(monday_of(today));
    let turn = move |forth: bool| {
        first.update(|first| *first = if forth { *first + Days::new(7) } else { *first - Days::new(7) })
    };
    let title = move || t::week_of(&format::day(first.get(), &[("dateStyle", "long".into())]));
    let days = move || {
        let (clocks, exceptions, weekly) = (clocks.get(), exceptions.get(), weekly.get());
        let days = (0..7).map(|at| first.get() + Days::new(at));
        let row = |date: NaiveDate| {
            let weekly = weekly[date.weekday().num_days_from_monday() as usize].as_ref();
            let open = weekly.map(|weekly| exceptions.apply(&clocks, date, weekly));
            let zone = clocks.zone_on(date);
            view! { <Day date open away=(zone != clocks.home).then(|| zone_name(zone)) today=date == today/> }
        };
        days.map(row).collect_view()
    };
    view! {
        <section class="grid gap-3 lg:sticky lg:top-8" aria-label=t::RESULT>
            <div class="flex items-center justify-between gap-4">
                <h2 class="text-lg" aria-live="polite">{title}</h2>
                <div class="flex gap-1">
                    <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| turn(false)) label=Signal::stored(t::BEFORE.to_owned())>"←"</Button>
                    <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| turn(true)) label=Signal::stored(t::AFTER.to_owned())>"→"</Button>
                </div>
            </div>
            <p class="text-sm text-muted">{t::RESULT_HELP}</p>
            <ol class="grid gap-2">{days}</ol>
        </section>
    }
    .into_any()
}

#[component]
fn Day(date: NaiveDate, open: Option<Open>, away: Option<String>, today: bool) -> impl IntoView {
    let words = match &open {
        None => t::HOURS_WRONG.to_owned(),
        Some(open) if open.is_empty() => t::CLOSED.to_owned(),
        Some(open) => {
            open.iter().map(|(start, end)| format!("{}–{}", clock(*start), clock(*end))).collect::<Vec<_>>().join(", ")
        }
    };
    let percent = |minute: u16| format!("{:.3}%", f64::from(minute) * 100.0 / f64::from(DAY));
    let bars = open.unwrap_or_default().into_iter().map(|(start, end)| {
        view! { <span class="open-bar" style:left=percent(start) style:width=percent(end - start)></span> }
    });
    let name = format::day(date, &[("weekday", "short".into()), ("month", "short".into()), ("day", "numeric".into())]);
    view! {
        <li class="grid gap-1">
            <span class="flex flex-wrap justify-between gap-x-4 text-sm">
                <span class=if today { "font-semibold" } else { "" }>
                    {name} {away.map(|zone| view! { <span class="text-muted">{format!(" · {zone}")}</span> })}
                </span>
                <span class="figures text-muted">{words}</span>
            </span>
            <span class="open-track" aria-hidden="true">{bars.collect_view()}</span>
        </li>
    }
    .into_any()
}
