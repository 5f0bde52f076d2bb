//! Journeys as they are being edited: days in another zone, on which the weekly hours are read by the clocks there.

use leptos::prelude::*;
use vitrine_types::calendar::Stay;

use crate::{
    components::{Button, ButtonKind, FormErrors, Select, TextField},
    format,
    texts::hours as t,
};

use super::clocks::zone_options;

#[derive(Clone, Copy)]
struct Journey {
    key: u32,
    from: RwSignal<String>,
    to: RwSignal<String>,
    zone: RwSignal<String>,
}

/// The planned journeys. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Journeys {
    rows: RwSignal<Vec<Journey>>,
}

impl Journeys {
    /// Those that are planned.
    pub fn of(stays: &[Stay]) -> Self {
        let row = |(key, stay): (usize, &Stay)| Journey {
            key: key as u32,
            from: RwSignal::new(stay.from.to_string()),
            to: RwSignal::new(stay.to.to_string()),
            zone: RwSignal::new(stay.time_zone.clone()),
        };
        Self { rows: RwSignal::new(stays.iter().enumerate().map(row).collect()) }
    }

    /// Those that are typed in full. Reactive.
    pub fn read(&self) -> Vec<Stay> {
        let stay = |row: &Journey| {
            let (from, to) = (row.from.get().parse().ok(), row.to.get().parse().ok());
            Some(Stay { from: from?, to: to?, time_zone: row.zone.get() })
        };
        self.rows.with(|rows| rows.iter().filter_map(stay).collect())
    }

    /// Whether each has both its days. Reactive.
    pub fn are_whole(&self) -> bool {
        self.read().len() == self.rows.with(Vec::len)
    }

    fn add(&self) {
        self.rows.update(|rows| {
            let key = rows.iter().map(|row| row.key + 1).max().unwrap_or(0);
            let empty = || RwSignal::new(String::new());
            rows.push(Journey { key, from: empty(), to: empty(), zone: RwSignal::new(format::time_zone()) });
        });
    }
}

/// The journeys and a button for another.
#[component]
pub fn JourneyFields(journeys: Journeys, errors: FormErrors) -> impl IntoView {
    let rows = journeys.rows;
    let numbered = move || rows.get().into_iter().enumerate().collect::<Vec<_>>();
    let remove = move |key: u32| rows.update(|rows| rows.retain(|row| row.key != key));
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::JOURNEYS}</h2>
            <p class="max-w-prose text-sm text-muted">{t::JOURNEYS_HELP}</p>
            <For each=numbered key=|(at, row)| (*at, row.key) let((at, row))>
                <fieldset class="grid items-end gap-4 sm:grid-cols-2">
                    <legend class="sr-only">{t::JOURNEY}</legend>
                    <TextField errors name=format!("travel[{at}].from") label=t::FIRST_DAY value=row.from kind="date"/>
                    <TextField errors name=format!("travel[{at}].to") label=t::LAST_DAY value=row.to kind="date"/>
                    <Select errors name=format!("travel[{at}].time_zone") label=t::ZONE_THERE value=row.zone options=zone_options(&row.zone.get_untracked())/>
                    <Button kind=ButtonKind::Quiet class="justify-self-start" on_press=Callback::new(move |()| remove(row.key))>{t::REMOVE}</Button>
                </fieldset>
            </For>
            <div><Button kind=ButtonKind::Secondary small=true on_press=Callback::new(move |()| journeys.add())>{t::ADD_JOURNEY}</Button></div>
        </section>
    }
    .into_any()
}
