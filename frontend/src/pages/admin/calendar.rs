//! The owner's week and what is booked in it.

use chrono::Days;
use leptos::prelude::*;
use vitrine_types::calendar::{
    AdminBooking, AdminBookingPatch, AdminBookingQuery, BookingStatus, Schedule, ScheduleRule, Weekday,
};

use crate::{
    components::{
        Badge, Button, ButtonKind, Empty, ErrorBanner, FormErrors, List, Load, LoadMore, Page, Select, TextField, Tone,
        perform, toast_ok,
    },
    format,
    session::{load, use_session},
    texts::{self, admin as t, booking},
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

/// The owner's week and what is booked in it.
#[component]
pub fn Calendar() -> impl IntoView {
    let schedule = load(|client| async move { client.get_schedule().await });
    view! {
        <Page title=t::CALENDAR>
            <Coming/>
            <section class="sheet mt-10">
                <h2 class="text-lg">{t::WEEKLY_HOURS}</h2>
                <p class="max-w-prose text-sm text-muted">{t::WEEKLY_HOURS_HELP}</p>
                <Load resource=schedule render=|schedule| view! { <Hours schedule/> }.into_any()/>
            </section>
        </Page>
    }
    .into_any()
}

/// What is booked from today on.
#[component]
fn Coming() -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let bookings = List::new(|client, cursor| async move {
        let from = format::today_in(&format::time_zone()) - Days::new(1);
        let query = AdminBookingQuery { from: Some(from), cursor, limit: Some(50), ..AdminBookingQuery::default() };
        client.list_admin_bookings(&query).await
    });
    let set = move |booking: &AdminBooking, status: BookingStatus| {
        let id = booking.booking.id;
        Callback::new(move |()| {
            perform(busy, async move {
                let patch = AdminBookingPatch { status: Some(status), ..AdminBookingPatch::default() };
                session.client().update_admin_booking(id, &patch).await?;
                toast_ok(t::CALENDAR_CHANGED);
                bookings.first.refetch();
                Ok(())
            });
        })
    };
    let row = move |found: AdminBooking| {
        let booking = found.booking.clone();
        let badge = match booking.status {
            BookingStatus::Accepted => (booking::BOOKED, Tone::Good),
            BookingStatus::Cancelled => (booking::CANCELLED, Tone::Plain),
            BookingStatus::Completed => (booking::COMPLETED, Tone::Plain),
            BookingStatus::NoShow => (booking::MISSED, Tone::Care),
        };
        let over = booking.start.timestamp() * 1000 < js_sys::Date::now() as i64;
        let actions = match (booking.status, over) {
            (BookingStatus::Accepted, false) => view! {
                <Button kind=ButtonKind::Quiet small=true busy=busy on_press=set(&found, BookingStatus::Cancelled)>{booking::CANCEL}</Button>
            }
            .into_any(),
            (BookingStatus::Accepted, true) => view! {
                <Button kind=ButtonKind::Quiet small=true busy=busy on_press=set(&found, BookingStatus::Completed)>{booking::COMPLETED}</Button>
                <Button kind=ButtonKind::Quiet small=true busy=busy on_press=set(&found, BookingStatus::NoShow)>{booking::MISSED}</Button>
            }
            .into_any(),
            _ => ().into_any(),
        };
        let customer = format!("/admin/customers/{}", found.customer.id);
        view! {
            <tr>
                <td data-label=t::DATE>{format::moment_in(&booking.start, &format::time_zone())}</td>
                <td data-label=t::PRODUCT>{booking.product.name}</td>
                <td data-label=t::CUSTOMER><a href=customer>{found.customer.name}</a></td>
                <td data-label=t::STATUS><Badge of=badge/></td>
                <td class="num">{actions}</td>
            </tr>
        }
    };
    view! {
        <Load
            resource=bookings.first
            render=move |page| {
                if page.data.is_empty() {
                    return view! { <Empty title=t::NOTHING_BOOKED words=t::NOTHING_BOOKED_WORDS/> }.into_any();
                }
                let first = page.data;
                view! {
                    <table class="table-desk">
                        <thead>
                            <tr>
                                <th scope="col">{t::DATE}</th>
                                <th scope="col">{t::PRODUCT}</th>
                                <th scope="col">{t::CUSTOMER}</th>
                                <th scope="col">{t::STATUS}</th>
                                <th scope="col"><span class="sr-only">{t::ACTIONS}</span></th>
                            </tr>
                        </thead>
                        <tbody>{move || first.iter().cloned().chain(bookings.more.get()).map(row).collect_view()}</tbody>
                    </table>
                }
                .into_any()
            }
        />
        <LoadMore list=bookings/>
    }
    .into_any()
}

/// The week as it is typed: `09:00–12:00, 13:00–17:00` per day; empty is closed.
#[component]
fn Hours(schedule: Schedule) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let zone = RwSignal::new(schedule.time_zone.clone());
    let travel = StoredValue::new(schedule.travel.clone());
    let days = WEEK.map(|(weekday, label)| {
        let ranges = schedule.rules.iter().filter(|rule| rule.weekday == weekday);
        let text = ranges.map(|rule| format!("{}–{}", rule.start, rule.end)).collect::<Vec<_>>().join(", ");
        (weekday, label, RwSignal::new(text))
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let mut rules = Vec::new();
        for (weekday, label, text) in days {
            match text.with_untracked(|text| read_ranges(text)) {
                Some(ranges) => {
                    rules.extend(ranges.into_iter().map(|(start, end)| ScheduleRule { weekday, start, end }))
                }
                None => errors.set(label, t::HOURS_NEEDED),
            }
        }
        if errors.any() {
            return;
        }
        let schedule = Schedule { time_zone: zone.get_untracked(), rules, travel: travel.get_value() };
        errors.submit(async move {
            session.client().set_schedule(&schedule).await?;
            toast_ok(t::HOURS_SAVED);
            Ok(())
        });
    };
    let zones = format::time_zones().into_iter().map(|name| (name.clone(), name.replace('_', " "))).collect();
    let fields = days
        .map(|(_, label, text)| view! { <TextField errors name=label label=label value=text placeholder=t::CLOSED/> });
    view! {
        <form class="grid max-w-xl gap-5" novalidate on:submit=submit>
            <ErrorBanner errors/>
            <Select errors name="time_zone" label=t::TIME_ZONE value=zone options=zones/>
            {fields.into_iter().collect_view()}
            <div><Button submit=true busy=errors.busy>{texts::SAVE}</Button></div>
        </form>
    }
    .into_any()
}

/// Reads `9:00-12:00, 13:00–17:00`; `None` when it is something else.
fn read_ranges(text: &str) -> Option<Vec<(String, String)>> {
    let time = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':').unwrap_or((text.trim(), "00"));
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 24 && minutes < 60).then(|| format!("{hours:02}:{minutes:02}"))
    };
    let range = |part: &str| {
        let (start, end) = part.split_once(['-', '–'])?;
        Some((time(start)?, time(end)?))
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(range).collect()
}
