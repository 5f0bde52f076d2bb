//! The owner's calendar: what is booked, when it can be booked, and the calendars elsewhere.

mod actions;
mod agenda;
mod book_for;
mod clocks;
mod detail;
mod exceptions;
mod grid;
mod hours;
mod journeys;
mod outside;
mod pick;
mod ranges;
mod week;

pub use agenda::Calendar;
pub use book_for::BookFor;
pub use hours::OpenHours;
pub use outside::OutsideCalendars;

use leptos::prelude::*;

use crate::{components::Tabs, texts::hours as t};

/// The ways between the calendar's pages.
#[component]
fn CalendarTabs() -> impl IntoView {
    let tabs = [
        ("/admin/calendar", t::BOOKINGS),
        ("/admin/calendar/hours", t::HOURS),
        ("/admin/calendar/outside", t::OUTSIDE),
    ];
    let tabs = tabs.map(|(href, label)| (href.to_owned(), label.to_owned())).to_vec();
    view! { <Tabs label=t::CALENDAR tabs/> }.into_any()
}
