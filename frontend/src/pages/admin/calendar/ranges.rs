//! Hours of a day as they are being edited.

use leptos::prelude::*;
use vitrine_types::calendar::TimeRange;

use crate::{
    components::{Button, ButtonKind},
    texts::hours as t,
};

/// The end of a day, in minutes.
pub const DAY: u16 = 1440;

/// One range as it is being edited, in the words of `<input type="time">`. An end of `00:00` is the end of the day.
#[derive(Clone, Copy)]
struct Row {
    key: u32,
    start: RwSignal<String>,
    end: RwSignal<String>,
}

/// The hours of a day. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Ranges {
    rows: RwSignal<Vec<Row>>,
}

impl Ranges {
    /// Hours to begin with: pairs of start and end.
    pub fn of<'a>(ranges: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let this = Self { rows: RwSignal::default() };
        this.set(ranges);
        this
    }

    fn set<'a>(&self, ranges: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let row = |(key, (start, end)): (usize, (&str, &str))| Row {
            key: key as u32,
            start: RwSignal::new(start.to_owned()),
            end: RwSignal::new(if end == "24:00" { "00:00" } else { end }.to_owned()),
        };
        self.rows.set(ranges.into_iter().enumerate().map(row).collect());
    }

    /// What is typed, in minutes of the day, by start; `None` when something is no time, ends before it starts or
    /// overlaps. Reactive.
    pub fn minutes(&self) -> Option<Vec<(u16, u16)>> {
        let rows = self.rows.get();
        let read = rows.iter().map(|row| {
            let (start, end) = (minute(&row.start.get())?, minute(&row.end.get())?);
            let end = if end == 0 { DAY } else { end };
            (start < end).then_some((start, end))
        });
        let mut ranges = read.collect::<Option<Vec<_>>>()?;
        ranges.sort_unstable();
        ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0).then_some(ranges)
    }

    /// As the API takes them. Reactive.
    pub fn read(&self) -> Option<Vec<TimeRange>> {
        let range = |(start, end)| TimeRange { start: clock(start), end: clock(end) };
        Some(self.minutes()?.into_iter().map(range).collect())
    }

    /// Takes over the hours of another day.
    pub fn copy_from(&self, other: Ranges) {
        let ranges: Vec<_> =
            other.rows.get_untracked().iter().map(|row| (row.start.get_untracked(), row.end.get_untracked())).collect();
        self.set(ranges.iter().map(|(start, end)| (start.as_str(), end.as_str())));
    }

    /// Adds the working hours that people mean most often, or an hour after the last.
    fn add(&self) {
        let last = self.rows.with_untracked(|rows| rows.last().and_then(|row| minute(&row.end.get_untracked())));
        let (start, end) = match last {
            None => (540, 1020),
            Some(last) => (last.min(DAY - 120) + 60, last.min(DAY - 120) + 120),
        };
        self.rows.update(|rows| {
            let key = rows.iter().map(|row| row.key + 1).max().unwrap_or(0);
            let time = |minute: u16| RwSignal::new(if minute >= DAY { clock(0) } else { clock(minute) });
            rows.push(Row { key, start: time(start), end: time(end) });
        });
    }

    fn remove(&self, key: u32) {
        self.rows.update(|rows| rows.retain(|row| row.key != key));
    }
}

/// Minutes since midnight of `HH:MM`.
pub fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.parse::<u16>().ok()? * 60 + minutes.get(..2)?.parse::<u16>().ok()?)
}

/// `HH:MM` of minutes since midnight.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The ranges of a day called `day`, each with its times; none is closed.
#[component]
pub fn RangeFields(ranges: Ranges, #[prop(into)] day: String) -> impl IntoView {
    let day = StoredValue::new(day);
    let named = move |what: &str| format!("{}: {what}", day.get_value());
    let wrong = Memo::new(move |_| ranges.minutes().is_none());
    view! {
        <div class="grid gap-2">
            <Show when=move || ranges.rows.with(Vec::is_empty)>
                <p class="py-2 text-sm text-muted">{t::CLOSED}</p>
            </Show>
            <For each=move || ranges.rows.get() key=|row| row.key let:row>
                <div class="flex flex-wrap items-center gap-2">
                    <input type="time" class="input input-time" aria-label=named(t::OPENS) aria-invalid=move || wrong.get().then_some("true") bind:value=row.start/>
                    <span aria-hidden="true">"–"</span>
                    <input type="time" class="input input-time" aria-label=named(t::CLOSES) aria-invalid=move || wrong.get().then_some("true") bind:value=row.end/>
                    <Button kind=ButtonKind::Quiet small=true label=Signal::stored(named(t::REMOVE_HOURS)) on_press=Callback::new(move |()| ranges.remove(row.key))>"×"</Button>
                </div>
            </For>
            <Show when=move || wrong.get()>
                <p class="text-sm text-error">{t::HOURS_WRONG}</p>
            </Show>
            <div>
                <Button kind=ButtonKind::Quiet small=true label=Signal::stored(named(t::ADD_HOURS)) on_press=Callback::new(move |()| ranges.add())>{t::ADD_HOURS}</Button>
            </div>
        </div>
    }
    .into_any()
}
