//! A time for a booking that the owner makes or moves: one of the free ones, or any other.

use chrono::{DateTime, NaiveDateTime, Utc};
use leptos::prelude::*;

use super::clocks::{Clocks, zone_name};
use crate::{
    components::{FormErrors, Radio, TextField},
    format,
    pages::bookings::{Choice, Choose, Source},
    texts::hours as t,
};

/// What is being chosen. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Pick {
    choice: Choice,
    /// Whether it need not be one of the free times.
    any: RwSignal<bool>,
    typed: RwSignal<String>,
    clocks: StoredValue<Clocks>,
}

impl Pick {
    /// Nothing is chosen.
    pub fn new(clocks: Clocks) -> Self {
        let choice = Choice::new();
        choice.zone.set(clocks.zone_on(clocks.today()).to_owned());
        Self { choice, any: RwSignal::new(false), typed: RwSignal::default(), clocks: StoredValue::new(clocks) }
    }

    /// The time, and whether hours, notice and limits are to be passed over. Reactive.
    pub fn chosen(&self) -> Option<(DateTime<Utc>, bool)> {
        if !self.any.get() {
            return self.choice.slot.get().map(|slot| (slot.start, false));
        }
        let wall = read_wall(&self.typed.get())?;
        let zone = self.clocks.with_value(|clocks| clocks.zone_on(wall.date()).to_owned());
        Some((format::at_wall(wall, &zone), true))
    }

    /// Asks for the free times again.
    pub fn refresh(&self) {
        self.choice.refresh();
    }
}

/// What `<input type="datetime-local">` gives.
pub fn read_wall(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()
}

/// Choosing it; the free times are those of `source`.
#[component]
pub fn PickTime(source: Source, pick: Pick, errors: FormErrors) -> impl IntoView {
    let zone = zone_name(&pick.clocks.with_value(|clocks| clocks.zone_on(clocks.today()).to_owned()));
    let radio = move |any: bool, label: &'static str| {
        let chosen = Signal::derive(move || pick.any.get() == any);
        view! { <Radio name="which-times" label class="text-sm" chosen choose=move || pick.any.set(any)/> }
    };
    view! {
        <div class="grid gap-5">
            <fieldset class="flex flex-wrap gap-6">
                <legend class="sr-only">{t::WHICH_TIMES}</legend>
                {radio(false, t::A_FREE_TIME)}
                {radio(true, t::ANY_TIME)}
            </fieldset>
            <Show
                when=move || pick.any.get()
                fallback=move || view! { <Choose source=source.clone() choice=pick.choice/> }
            >
                <TextField errors name="start" label=t::any_time_in(&zone) value=pick.typed kind="datetime-local" help=t::ANY_TIME_HELP/>
            </Show>
        </div>
    }
    .into_any()
}
