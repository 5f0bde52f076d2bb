//! What is booked, a week or a month at a time; one booking's details beside it.

use chrono::{Datelike, Days, Months, NaiveDate};
use leptos::prelude::*;
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::calendar::{AdminBooking, AdminBookingQuery, Schedule};

use super::{
    super::filters::{query, query_as},
    CalendarTabs,
    clocks::{Clocks, monday_of, zone_name},
    detail::Detail,
    grid::{Month, Week},
};
use crate::{
    components::{ButtonKind, ButtonLink, Load, Page},
    format,
    session::load,
    texts::hours as t,
};

/// How much of the calendar is shown.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// From Monday to Sunday.
    Week,
    /// With the days of other months that fill its weeks.
    Month,
}

impl Span {
    /// The first and last day around `on`.
    fn days(self, on: NaiveDate) -> (NaiveDate, NaiveDate) {
        match self {
            Self::Week => (monday_of(on), monday_of(on) + Days::new(6)),
            Self::Month => {
                let first = on.with_day(1).unwrap_or(on);
                let last = first + Months::new(1) - Days::new(1);
                (monday_of(first), monday_of(last) + Days::new(6))
            }
        }
    }

    /// The same day one span earlier or later.
    fn step(self, on: NaiveDate, forth: bool) -> NaiveDate {
        match (self, forth) {
            (Self::Week, true) => on + Days::new(7),
            (Self::Week, false) => on - Days::new(7),
            (Self::Month, true) => on + Months::new(1),
            (Self::Month, false) => on - Months::new(1),
        }
    }

    fn title(self, on: NaiveDate) -> String {
        let month = &[("month", "long".into()), ("year", "numeric".into())];
        match self {
            Self::Week => t::week_of(&format::day(monday_of(on), &[("dateStyle", "long".into())])),
            Self::Month => format::day(on, month),
        }
    }
}

/// An address of this page.
pub fn address(span: Span, on: NaiveDate, booking: Option<Uuid>) -> String {
    let view = if span == Span::Week { "week" } else { "month" };
    let booking = booking.map(|id| format!("&booking={id}")).unwrap_or_default();
    format!("/admin/calendar?view={view}&on={on}{booking}")
}

/// What is booked.
#[component]
pub fn Calendar() -> impl IntoView {
    let schedule = load(|client| async move { client.get_schedule().await });
    let actions =
        || view! { <ButtonLink href="/admin/calendar/new" kind=ButtonKind::Secondary>{t::BOOK_FOR}</ButtonLink> };
    view! {
        <Page title=t::CALENDAR actions>
            <CalendarTabs/>
            <Load resource=schedule render=|schedule| view! { <Agenda schedule/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Agenda(schedule: Schedule) -> impl IntoView {
    let clocks = StoredValue::new(Clocks::of(&schedule));
    let (span, on, chosen) = (query_as::<Span>("view"), query_as::<NaiveDate>("on"), query_as::<Uuid>("booking"));
    let today = clocks.with_value(Clocks::today);
    let shown = Memo::new(move |_| (span.get().unwrap_or(Span::Week), on.get().unwrap_or(today)));
    let bookings = load(move |client| {
        let (span, on) = shown.get();
        // With what it is about: two empty weeks are not the same.
        async move { Ok((span, on, list_all(&client, span.days(on)).await?)) }
    });
    let found = Memo::new(move |_| {
        let id = chosen.get()?;
        let found = |bookings: &[AdminBooking]| bookings.iter().find(|found| found.booking.id == id).cloned();
        bookings.with(|bookings| found(&bookings.as_ref()?.as_ref().ok()?.2))
    });
    // The list comes anew after each change; what is being typed beside it stays.
    let beside = Memo::new(move |_| found.with(|found| found.as_ref().map(|found| found.booking.id)));
    let words = query("booking");
    let again = Callback::new(move |()| bookings.refetch());
    let link = move |label: &'static str, to: (Span, NaiveDate), text: &'static str| {
        view! {
            <a class="btn btn-line btn-sm" href=address(to.0, to.1, None) aria-label=label>{text}</a>
        }
    };
    let toolbar = move || {
        let (span, on) = shown.get();
        let views = [(Span::Week, t::WEEK), (Span::Month, t::MONTH)].map(|(other, label)| {
            let now = (other == span).then_some("true");
            view! { <a class="nav-item aria-[current]:border-current aria-[current]:text-base-content" aria-current=now href=address(other, on, None)>{label}</a> }
        });
        view! {
            <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 pb-4">
                <h2 class="text-lg" aria-live="polite">{span.title(on)}</h2>
                <div class="flex flex-wrap items-center gap-x-6 gap-y-2">
                    <div class="flex gap-4 text-sm">{views.into_iter().collect_view()}</div>
                    <div class="flex gap-2">
                        {link(t::BEFORE, (span, span.step(on, false)), "←")}
                        {link(t::TODAY, (span, today), t::TODAY)}
                        {link(t::AFTER, (span, span.step(on, true)), "→")}
                    </div>
                </div>
            </div>
        }
    };
    let zone = zone_name(clocks.with_value(|clocks| clocks.zone_on(today).to_owned()).as_str());
    view! {
        {toolbar}
        <div class="grid items-start gap-8 data-[beside]:xl:grid-cols-[minmax(0,1fr)_22rem]" data-beside=move || words.with(|words| (!words.is_empty()).then_some("true"))>
            <Load
                resource=bookings
                render=move |(span, on, bookings)| {
                    let clocks = clocks.get_value();
                    match span {
                        Span::Week => view! { <Week first=monday_of(on) bookings clocks chosen/> }.into_any(),
                        Span::Month => view! { <Month on days=span.days(on) bookings clocks chosen/> }.into_any(),
                    }
                }
            />
            {move || {
                let close = Signal::derive(move || { let (span, on) = shown.get(); address(span, on, None) });
                beside.get().map(|id| view! { <Detail id found clocks=clocks.get_value() close again/> })
            }}
        </div>
        <p class="pt-4 text-sm text-muted">{t::times_in(&zone)}</p>
    }
    .into_any()
}

/// All bookings of these days, the cancelled ones too.
async fn list_all(client: &Client, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<AdminBooking>> {
    let mut query =
        AdminBookingQuery { from: Some(from), to: Some(to), limit: Some(100), ..AdminBookingQuery::default() };
    let mut all = Vec::new();
    loop {
        let page = client.list_admin_bookings(&query).await?;
        all.extend(page.data);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(all);
        }
    }
}
