//! Which times are offered: a pure function of the owner's hours, what is taken, the service and the time.
//!
//! [`slots`] lists and [`check`] tests; both ask the same [`Rules`], so that what is listed can be booked and nothing
//! else. A slot is offered when
//! - it starts on the service's step, counted from where one of the day's ranges starts on the wall clock;
//! - it lies within working time from its first to its last minute (ranges that touch count as one, also at midnight);
//! - it and its buffers touch no other appointment with its buffers, no blocked period, no busy time outside;
//! - or, for a service with several seats: others booked this very slot and a seat is left;
//! - notice, horizon and the limits allow it.
//!
//! Durations, buffers, notice and horizon are elapsed time; only the hours are wall time.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::hours::Hours;

/// What a service asks of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The service.
    pub product_id: Uuid,
    /// Length of one appointment.
    pub duration: TimeDelta,
    /// Distance between offered starts.
    pub interval: TimeDelta,
    /// Kept free before.
    pub before_buffer: TimeDelta,
    /// Kept free after.
    pub after_buffer: TimeDelta,
    /// How long before the start it must be booked.
    pub minimum_notice: TimeDelta,
    /// How far ahead it can be booked.
    pub horizon: TimeDelta,
    /// How many may book the same slot.
    pub seats: i64,
    /// At most so many different slots of this service on a day of the owner's.
    pub limit_per_day: Option<i64>,
    /// The same for a week from Monday.
    pub limit_per_week: Option<i64>,
    /// At most so many coming appointments of this service for one customer.
    pub limit_per_customer: Option<i64>,
}

/// An appointment's time, and what it takes of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// Where the buffer before it begins.
    pub busy_from: DateTime<Utc>,
    /// Where the buffer after it ends.
    pub busy_until: DateTime<Utc>,
}

/// A slot that somebody booked or holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Of which service.
    pub product_id: Uuid,
    /// Its time, with the buffers it was booked with.
    pub slot: Slot,
    /// How many seats of it are taken.
    pub seats: i64,
}

/// Time in which nothing can be booked: a blocked period, or busy elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
}

/// All that the offer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Agenda<'a> {
    /// When the owner works.
    pub hours: &'a Hours,
    /// What is closed.
    pub closed: &'a [Closed],
    /// What is booked or held, of all services; each slot once.
    pub taken: &'a [Taken],
    /// What is to be booked.
    pub terms: &'a Terms,
    /// How many coming appointments of this service the customer has.
    pub customer_has: i64,
    /// The present.
    pub now: DateTime<Utc>,
}

/// Why a time is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Not within working time, or between two steps.
    NotOffered,
    /// It has begun already.
    Past,
    /// Too soon.
    Notice,
    /// Too far ahead.
    Horizon,
    /// Blocked, or busy elsewhere.
    Closed,
    /// Another appointment is there, or this one is full.
    Taken,
    /// The service's limit for that day is reached.
    DayFull,
    /// The service's limit for that week is reached.
    WeekFull,
    /// The customer has as many appointments as allowed.
    CustomerFull,
}

/// The offered slots that start in `from..until`, by start.
pub fn slots(agenda: &Agenda, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Slot> {
    let rules = Rules::of(agenda);
    let starts = starts(agenda, from.timestamp(), until.timestamp());
    starts.into_iter().filter_map(|start| rules.judge(start).ok()).map(Slot::from).collect()
}

/// The slot that starts at `start`, when it is offered.
///
/// # Errors
/// Why it is not.
pub fn check(agenda: &Agenda, start: DateTime<Utc>) -> Result<Slot, Why> {
    let second = start.timestamp();
    let whole = start.timestamp_subsec_nanos() == 0;
    let offered = whole && starts(agenda, second, second + 1).first() == Some(&second);
    let judged = Rules::of(agenda).judge(second).map(Slot::from);
    // "In the past" or "taken" tells more than "not offered", which is true of those as well.
    if offered { judged } else { Err(judged.err().unwrap_or(Why::NotOffered)) }
}

/// Seconds since 1970 of each start in `from..until` that hours, duration and step allow.
fn starts(agenda: &Agenda, from: i64, until: i64) -> Vec<i64> {
    let duration = agenda.terms.duration.num_seconds();
    let interval = agenda.terms.interval.num_seconds().max(60);
    let windows = agenda.hours.windows(from, until + duration);
    let mut starts = Vec::new();
    let mut open_until = i64::MIN;
    for (index, window) in windows.iter().enumerate() {
        if window.until > open_until {
            // How far working time goes on from here without a break.
            open_until = window.until;
            for next in windows[index + 1..].iter() {
                if next.from > open_until {
                    break;
                }
                open_until = open_until.max(next.until);
            }
        }
        let first = window.from.max(from);
        let first = window.anchor + (first - window.anchor + interval - 1).div_euclid(interval) * interval;
        let last = window.until.min(until).min(open_until - duration + 1);
        starts.extend((first..last).step_by(interval as usize));
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// A slot in seconds since 1970.
#[derive(Clone, Copy)]
struct Seconds {
    start: i64,
    end: i64,
    busy_from: i64,
    busy_until: i64,
}

impl From<Seconds> for Slot {
    fn from(slot: Seconds) -> Self {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        Slot {
            start: at(slot.start),
            end: at(slot.end),
            busy_from: at(slot.busy_from),
            busy_until: at(slot.busy_until),
        }
    }
}

/// The agenda, prepared for many questions.
struct Rules<'a> {
    agenda: &'a Agenda<'a>,
    closed: Spans,
    taken: Spans,
    /// Slots of this service that others may join, by start.
    own: HashMap<i64, &'a Taken>,
    per_day: HashMap<NaiveDate, i64>,
    per_week: HashMap<NaiveDate, i64>,
}

impl<'a> Rules<'a> {
    fn of(agenda: &'a Agenda<'a>) -> Self {
        let own = agenda.taken.iter().filter(|taken| taken.product_id == agenda.terms.product_id);
        let (mut per_day, mut per_week) = (HashMap::new(), HashMap::new());
        if agenda.terms.limit_per_day.or(agenda.terms.limit_per_week).is_some() {
            for taken in own.clone() {
                let date = agenda.hours.date_of(taken.slot.start);
                *per_day.entry(date).or_default() += 1;
                *per_week.entry(monday(date)).or_default() += 1;
            }
        }
        Self {
            closed: Spans::of(agenda.closed.iter().map(|closed| (closed.from, closed.until))),
            taken: Spans::of(agenda.taken.iter().map(|taken| (taken.slot.busy_from, taken.slot.busy_until))),
            own: own.map(|taken| (taken.slot.start.timestamp(), taken)).collect(),
            per_day,
            per_week,
            agenda,
        }
    }

    /// All rules but those of the hours.
    fn judge(&self, start: i64) -> Result<Seconds, Why> {
        let Agenda { terms, now, hours, .. } = self.agenda;
        let end = start + terms.duration.num_seconds();
        let mut slot = Seconds {
            start,
            end,
            busy_from: start - terms.before_buffer.num_seconds(),
            busy_until: end + terms.after_buffer.num_seconds(),
        };
        // `now` has fractions of a second, the rest has not.
        let begun = now.timestamp();
        let begins = begun + i64::from(now.timestamp_subsec_nanos() > 0);
        if start < begins {
            return Err(Why::Past);
        }
        if start < begins + terms.minimum_notice.num_seconds() {
            return Err(Why::Notice);
        }
        if start > begun + terms.horizon.num_seconds() {
            return Err(Why::Horizon);
        }
        let joined = self.own.get(&start);
        match joined {
            // Its buffers are those it was booked with.
            Some(taken) if taken.slot.end.timestamp() == end && taken.seats < terms.seats => {
                (slot.busy_from, slot.busy_until) =
                    (taken.slot.busy_from.timestamp(), taken.slot.busy_until.timestamp());
            }
            Some(_) => return Err(Why::Taken),
            None if self.taken.touch(slot.busy_from, slot.busy_until) => return Err(Why::Taken),
            None => {}
        }
        if self.closed.touch(slot.busy_from, slot.busy_until) {
            return Err(Why::Closed);
        }
        if terms.limit_per_customer.is_some_and(|limit| self.agenda.customer_has >= limit) {
            return Err(Why::CustomerFull);
        }
        if joined.is_none() && (terms.limit_per_day.is_some() || terms.limit_per_week.is_some()) {
            let date = hours.date_of(Slot::from(slot).start);
            let reached = |counts: &HashMap<NaiveDate, i64>, key, limit: Option<i64>| {
                limit.is_some_and(|limit| counts.get(&key).copied().unwrap_or(0) >= limit)
            };
            if reached(&self.per_day, date, terms.limit_per_day) {
                return Err(Why::DayFull);
            }
            if reached(&self.per_week, monday(date), terms.limit_per_week) {
                return Err(Why::WeekFull);
            }
        }
        Ok(slot)
    }
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - TimeDelta::days(date.weekday().num_days_from_monday().into())
}

/// Stretches of time that do not touch one another, by their beginning.
struct Spans(Vec<(i64, i64)>);

impl Spans {
    fn of(spans: impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)>) -> Self {
        let seconds = spans.map(|(from, until)| {
            // Outwards to whole seconds.
            (from.timestamp(), until.timestamp() + i64::from(until.timestamp_subsec_nanos() > 0))
        });
        let mut sorted: Vec<(i64, i64)> = seconds.filter(|(from, until)| from < until).collect();
        sorted.sort_unstable();
        sorted.dedup_by(|next, merged| {
            let joins = next.0 <= merged.1;
            if joins {
                merged.1 = merged.1.max(next.1);
            }
            joins
        });
        Self(sorted)
    }

    /// Whether any of `from..until` lies in one.
    fn touch(&self, from: i64, until: i64) -> bool {
        let next = self.0.partition_point(|span| span.1 <= from);
        self.0.get(next).is_some_and(|span| span.0 < until)
    }
}

#[cfg(test)]
mod tests;
