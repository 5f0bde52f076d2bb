//! A week and a month of bookings.

use chrono::{Datelike, Days, NaiveDate};
use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::calendar::{AdminBooking, BookingStatus};

use super::{
    agenda::{Span, address},
    clocks::Clocks,
};
use crate::{components::Empty, format, texts::hours as t};

/// More than these of a day are only counted in a month.
const IN_A_CELL: usize = 3;

/// Seven days, each with its bookings; on phones below each other.
#[component]
pub fn Week(
    first: NaiveDate,
    bookings: Vec<AdminBooking>,
    clocks: Clocks,
    chosen: Signal<Option<Uuid>>,
) -> impl IntoView {
    let today = clocks.today();
    let empty = bookings.is_empty().then(|| view! { <Empty title=t::NOTHING_BOOKED words=t::NOTHING_BOOKED_WORDS/> });
    let days = (0..7).map(|at| {
        let date = first + Days::new(at);
        let of_day: Vec<_> =
            bookings.iter().filter(|one| clocks.date_of(&one.booking.start) == date).cloned().collect();
        let free = of_day.is_empty();
        let entry = |found| view! { <li>{entry(found, Span::Week, date, &clocks, chosen)}</li> };
        let entries = of_day.into_iter().map(entry).collect_view();
        let zone = clocks.zone_on(date);
        let away =
            (zone != clocks.home).then(|| view! { <p class="text-xs text-muted">{super::clocks::zone_name(zone)}</p> });
        view! {
            <section class="day-column" data-free=free.then_some("true")>
                <h3 class="day-name" aria-current=(date == today).then_some("date")>
                    <span>{format::day(date, &[("weekday", "short".into())])}</span>
                    " "
                    <span class="figures">{date.day()}</span>
                </h3>
                {away}
                <ol class="grid grid-cols-1 gap-2">{entries}</ol>
            </section>
        }
    });
    view! {
        <div>
            <div class="week-grid">{days.collect_view()}</div>
            {empty}
        </div>
    }
    .into_any()
}

/// The weeks of a month. Each day leads to its week.
#[component]
pub fn Month(
    on: NaiveDate,
    days: (NaiveDate, NaiveDate),
    bookings: Vec<AdminBooking>,
    clocks: Clocks,
    chosen: Signal<Option<Uuid>>,
) -> impl IntoView {
    let (first, last) = days;
    let today = clocks.today();
    let names = (0..7).map(|at| {
        view! { <span class="pb-1 text-xs text-muted">{format::day(first + Days::new(at), &[("weekday", "short".into())])}</span> }
    });
    let cells = first.iter_days().take_while(|date| *date <= last).map(|date| {
        let of_day: Vec<_> = bookings.iter().filter(|one| clocks.date_of(&one.booking.start) == date).cloned().collect();
        let count = of_day.len();
        let label = t::bookings_on(&format::day(date, &[("dateStyle", "full".into())]), count);
        let entries = of_day.into_iter().take(IN_A_CELL).map(|found| entry(found, Span::Month, on, &clocks, chosen));
        let more = count.checked_sub(IN_A_CELL).filter(|more| *more > 0).map(|more| {
            view! { <p class="text-xs text-muted max-sm:hidden">{t::more(more)}</p> }
        });
        let dot = (count > 0).then(|| view! { <span class="figures text-xs text-primary sm:hidden" aria-hidden="true">{count}</span> });
        view! {
            <div class="month-cell" data-other=(date.month() != on.month()).then_some("true")>
                <a class="day-name" href=address(Span::Week, date, None) aria-label=label aria-current=(date == today).then_some("date")>
                    <span class="figures">{date.day()}</span>
                </a>
                {dot}
                <div class="grid grid-cols-1 gap-1 max-sm:hidden">{entries.collect_view()}</div>
                {more}
            </div>
        }
    });
    view! {
        <div class="month-grid">
            {names.collect_view()}
            {cells.collect_view()}
        </div>
    }
    .into_any()
}

/// One booking: its time and who comes, a link to its details.
fn entry(found: AdminBooking, span: Span, on: NaiveDate, clocks: &Clocks, chosen: Signal<Option<Uuid>>) -> AnyView {
    let booking = found.booking;
    let id = booking.id;
    let time = format::time_in(&booking.start, clocks.zone_at(&booking.start));
    let state = match booking.status {
        BookingStatus::Accepted => "accepted",
        BookingStatus::Cancelled => "cancelled",
        BookingStatus::Completed => "completed",
        BookingStatus::NoShow => "no_show",
    };
    let said = (booking.status != BookingStatus::Accepted)
        .then(|| view! { <span class="sr-only">{format!("({})", t::status(booking.status))}</span> });
    let what = (span == Span::Week).then(|| view! { <span class="truncate text-muted">{booking.product.name}</span> });
    view! {
        <a class="entry" data-state=state aria-current=move || (chosen.get() == Some(id)).then_some("true") href=address(span, on, Some(id))>
            <span class="figures font-medium">{time}</span>
            " "
            <span class="truncate">{found.customer.name}</span>
            {said}
            {what}
        </a>
    }
    .into_any()
}
