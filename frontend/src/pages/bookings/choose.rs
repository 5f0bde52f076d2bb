//! A month with its free days, and the times of the chosen day.

use chrono::{Datelike, Days, Months, NaiveDate};
use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::calendar::{Slot, SlotQuery, Slots};

use crate::{
    components::{Button, ButtonKind, Load},
    format,
    session::{load, use_session},
    texts::booking as t,
};

/// Whose times are shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Those of the service at this address, for a new appointment.
    Service(String),
    /// Those to which a booking can be moved: it is not in its own way.
    Booking {
        /// The address of its service.
        slug: String,
        /// Of the caller, or for the owner of anybody.
        id: Uuid,
    },
    /// The same, by the token of a mailed link.
    Link(String),
}

impl Source {
    /// The times of these days.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn list(&self, client: &Client, query: SlotQuery) -> Result<Slots> {
        match self {
            Self::Service(slug) => client.list_slots(slug, &query).await,
            Self::Booking { slug, id } => client.list_slots(slug, &SlotQuery { booking_id: Some(*id), ..query }).await,
            Self::Link(token) => client.list_linked_slots(token, &query).await,
        }
    }
}

/// What is being chosen. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Choice {
    /// In whose clocks the times are shown.
    pub zone: RwSignal<String>,
    /// The chosen time.
    pub slot: RwSignal<Option<Slot>>,
    month: RwSignal<NaiveDate>,
    day: RwSignal<Option<NaiveDate>>,
    round: RwSignal<u32>,
}

impl Choice {
    /// Nothing is chosen; the zone is the customer's own, or the browser's.
    pub fn new() -> Self {
        let own = use_session().me.with_untracked(|me| me.as_ref().and_then(|me| me.time_zone.clone()));
        let zone = own.unwrap_or_else(format::time_zone);
        let today = format::today_in(&zone);
        Self {
            zone: RwSignal::new(zone),
            slot: RwSignal::new(None),
            month: RwSignal::new(today.with_day(1).unwrap_or(today)),
            day: RwSignal::new(None),
            round: RwSignal::new(0),
        }
    }

    /// As [`Choice::new`], with a time chosen already. Whether it is still free, the server will say.
    pub fn of(slot: Slot) -> Self {
        let choice = Self::new();
        let day = format::wall_in(&slot.start, &choice.zone.get_untracked()).date();
        choice.month.set(day.with_day(1).unwrap_or(day));
        choice.day.set(Some(day));
        choice.slot.set(Some(slot));
        choice
    }

    /// Asks for the free times again: somebody else was faster.
    pub fn refresh(&self) {
        self.slot.set(None);
        self.round.update(|round| *round += 1);
    }
}

/// The month and the day's times.
#[component]
pub fn Choose(source: Source, choice: Choice) -> impl IntoView {
    let Choice { zone, slot, month, day, round } = choice;
    let slots = load(move |client| {
        round.track();
        let (zone, first, source) = (zone.get(), month.get(), source.clone());
        let today = format::today_in(&zone);
        let last = (first + Months::new(1)).pred_opt().unwrap_or(first);
        let query = SlotQuery { from: first.max(today), to: last.max(today), time_zone: Some(zone), booking_id: None };
        async move { source.list(&client, query).await }
    });
    let turn = move |months: i32| {
        day.set(None);
        slot.set(None);
        let step = Months::new(months.unsigned_abs());
        month.update(|month| *month = if months < 0 { *month - step } else { *month + step });
    };
    let is_first = move || month.get() <= format::today_in(&zone.get());
    let title = move || format::day(month.get(), &[("month", "long".into()), ("year", "numeric".into())]);
    let zones = format::time_zones(&zone.get_untracked()).into_iter().map(|name| {
        let is_now = {
            let name = name.clone();
            move || zone.with(|zone| *zone == name)
        };
        let words = name.replace('_', " ");
        view! { <option value=name selected=is_now>{words}</option> }
    });
    view! {
        <div class="@container grid gap-6">
            <label class="grid gap-1.5 text-sm font-medium">
                {t::TIMES_IN}
                <select class="select max-w-sm" on:change=move |event| { slot.set(None); zone.set(event_target_value(&event)) }>
                    {zones.collect_view()}
                </select>
            </label>
            // By the room there is: it stands in a page, or in a dialog.
            <div class="grid gap-8 @2xl:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
                <div class="max-w-[22rem]">
                    <div class="flex items-center justify-between gap-4 pb-3">
                        <h2 class="text-lg" aria-live="polite">{title}</h2>
                        <div class="flex gap-1">
                            <Button kind=ButtonKind::Quiet small=true disabled=Signal::derive(is_first) on_press=Callback::new(move |()| turn(-1)) label=Signal::stored(t::EARLIER.to_owned())>"←"</Button>
                            <Button kind=ButtonKind::Quiet small=true on_press=Callback::new(move |()| turn(1)) label=Signal::stored(t::LATER.to_owned())>"→"</Button>
                        </div>
                    </div>
                    <Load
                        resource=slots
                        render=move |slots| view! { <Month slots=slots.clone() first=month.get_untracked() choice/> }.into_any()
                    />
                </div>
                <div class="@container" aria-live="polite">
                    {move || slots.with(|slots| match (slots, day.get()) {
                        // Not one of a month that is no longer shown.
                        (Some(Ok(slots)), Some(day)) if slots.days.iter().any(|of| of.date == day) => view! { <Times slots=slots.clone() day choice/> }.into_any(),
                        (Some(Ok(slots)), _) if slots.days.iter().all(|day| day.slots.is_empty()) => {
                            view! { <p class="text-muted">{t::NOTHING_FREE}</p> }.into_any()
                        }
                        (Some(Ok(_)), _) => view! { <p class="text-muted">{t::CHOOSE_A_DAY}</p> }.into_any(),
                        _ => ().into_any(),
                    })}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// A month, Monday first; days with free times are buttons.
#[component]
fn Month(slots: Slots, first: NaiveDate, choice: Choice) -> impl IntoView {
    let Choice { day: chosen, slot, .. } = choice;
    let before = first.weekday().num_days_from_monday();
    let days = (first + Months::new(1)).signed_duration_since(first).num_days() as u64;
    let monday = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
    let names = (0..7).map(|at| view! { <span class="text-xs text-muted">{format::day(monday + Days::new(at), &[("weekday", "short".into())])}</span> });
    let blanks = (0..before).map(|_| view! { <span></span> });
    let cells = (0..days).map(|at| {
        let date = first + Days::new(at);
        let free = slots.days.iter().find(|day| day.date == date).map_or(0, |day| day.slots.len());
        let number = date.day().to_string();
        if free == 0 {
            return view! { <span class="grid size-10 place-content-center text-sm text-muted">{number}</span> }.into_any();
        }
        let label = t::free_day(&format::day(date, &[("dateStyle", "full".into())]), free);
        view! {
            <button
                type="button"
                class="figures grid size-10 cursor-pointer place-content-center rounded-full border border-line text-sm font-medium hover:border-current aria-pressed:bg-primary aria-pressed:text-primary-content"
                aria-label=label
                aria-pressed=move || if chosen.get() == Some(date) { "true" } else { "false" }
                on:click=move |_| { slot.set(None); chosen.set(Some(date)) }
            >
                {number}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="grid grid-cols-7 justify-items-center gap-y-1">
            {names.collect_view()}
            {blanks.collect_view()}
            {cells.collect_view()}
        </div>
    }
    .into_any()
}

/// The times of a day.
#[component]
fn Times(slots: Slots, day: NaiveDate, choice: Choice) -> impl IntoView {
    let Choice { slot: chosen, .. } = choice;
    let zone = slots.time_zone.clone();
    let owners = slots.owner_time_zone.clone();
    let times = slots.days.into_iter().filter(|of| of.date == day).flat_map(|of| of.slots).collect::<Vec<_>>();
    let shown: Vec<String> = times.iter().map(|slot| format::time_in(&slot.start, &zone)).collect();
    let buttons = times.iter().enumerate().map(|(at, slot)| {
        let (slot, text) = (*slot, shown[at].clone());
        // When the clocks go back an hour comes twice: then UTC tells which is meant.
        let twice = shown.iter().filter(|other| **other == text).count() > 1;
        let text =
            if twice { format!("{text} ({})", t::in_zone(&format::time_in(&slot.start, "UTC"), "UTC")) } else { text };
        view! {
            <button
                type="button"
                class="btn btn-line aria-pressed:bg-primary aria-pressed:text-primary-content"
                aria-pressed=move || if chosen.get() == Some(slot) { "true" } else { "false" }
                on:click=move |_| chosen.set(Some(slot))
            >
                {text}
            </button>
        }
    });
    let other =
        (owners != zone).then(|| view! { <p class="pt-3 text-sm text-muted">{t::two_zones(&zone, &owners)}</p> });
    view! {
        <h2 class="pb-3 text-lg">{format::day(day, &[("weekday", "long".into()), ("month", "long".into()), ("day", "numeric".into())])}</h2>
        <div class="grid grid-cols-2 gap-2 @sm:grid-cols-3">{buttons.collect_view()}</div>
        {other}
    }
    .into_any()
}
