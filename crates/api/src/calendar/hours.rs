//! The owner's hours: local wall time, made into instants.
//!
//! A rule says "Mondays from nine to five" and means the clock on the wall where the owner is that day. A wall time that
//! the clock skips (spring) is no instant at all; one that it shows twice (autumn) is two.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// Part of a local day in minutes since its midnight: `start < end`, and `end` at most 1440 (24:00).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The first minute inside.
    pub start: u16,
    /// The first minute after it.
    pub end: u16,
}

/// Days that the owner spends in another zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The first day, on the wall there.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The zone of those days.
    pub zone: Tz,
}

/// When the owner works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Where the owner is at home.
    pub zone: Tz,
    /// Planned journeys; they do not overlap.
    pub stays: Vec<Stay>,
    /// The hours of each weekday, Monday first.
    pub week: [Vec<Range>; 7],
    /// Days with hours of their own, which replace the weekday's; none means closed.
    pub overrides: BTreeMap<NaiveDate, Vec<Range>>,
}

/// A stretch of working time in seconds since 1970. It ends where the next may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub from: i64,
    pub until: i64,
    /// Where the range's wall time starts by this stretch's clock: offered starts count from here.
    pub anchor: i64,
}

impl Hours {
    /// Those of somebody who stays in `zone` and never works.
    pub fn none(zone: Tz) -> Self {
        Self { zone, stays: Vec::new(), week: Default::default(), overrides: BTreeMap::new() }
    }

    /// The local date of an instant, where the owner is then.
    pub fn date_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        let abroad = self.stays.iter().find_map(|stay| {
            let date = instant.with_timezone(&stay.zone).date_naive();
            (stay.from..=stay.to).contains(&date).then_some(date)
        });
        abroad.unwrap_or_else(|| instant.with_timezone(&self.zone).date_naive())
    }

    /// The zone of a local day.
    pub fn zone_on(&self, date: NaiveDate) -> Tz {
        let stay = self.stays.iter().find(|stay| (stay.from..=stay.to).contains(&date));
        stay.map_or(self.zone, |stay| stay.zone)
    }

    fn ranges_on(&self, date: NaiveDate) -> &[Range] {
        let weekday = date.weekday().num_days_from_monday() as usize;
        self.overrides.get(&date).unwrap_or(&self.week[weekday])
    }

    /// The working time of every day that may touch `from..until` (seconds since 1970), by its beginning.
    pub(super) fn windows(&self, from: i64, until: i64) -> Vec<Window> {
        // No zone is a whole day away from UTC.
        let (Some(mut date), Some(last)) = (utc_date(from, -1), utc_date(until, 1)) else { return Vec::new() };
        let mut windows = Vec::new();
        while date <= last {
            let ranges = self.ranges_on(date);
            if !ranges.is_empty() {
                let midnight = wall_seconds(date);
                for clock in clocks(self.zone_on(date), midnight) {
                    windows.extend(ranges.iter().filter_map(|range| clock.window(midnight, *range)));
                }
            }
            let Some(next) = date.succ_opt() else { break };
            date = next;
        }
        windows.sort_unstable();
        windows
    }
}

/// The instants of a local date, from its first to the first of the next.
pub fn bounds(zone: Tz, date: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let midnight = wall_seconds(date);
    let day =
        clocks(zone, midnight).into_iter().filter_map(|clock| clock.window(midnight, Range { start: 0, end: 1440 }));
    // A date that the zone skipped altogether (Apia, 30 December 2011) has no instants.
    let day = day.map(|window| (window.from, window.until)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (from, until) = day.unwrap_or((midnight, midnight));
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    (at(from), at(until))
}

/// A stretch of time during which a zone's clocks do not change.
#[derive(Debug)]
struct Clock {
    from: i64,
    until: i64,
    /// Wall time minus UTC, in seconds.
    offset: i64,
}

impl Clock {
    /// The instants at which this clock shows a time of `range`.
    fn window(&self, midnight: i64, range: Range) -> Option<Window> {
        let anchor = midnight + i64::from(range.start) * 60 - self.offset;
        let (from, until) =
            (anchor.max(self.from), (midnight + i64::from(range.end) * 60 - self.offset).min(self.until));
        (from < until).then_some(Window { from, until, anchor })
    }
}

/// The clocks that may show the local day after `midnight`: one, or two when they change.
fn clocks(zone: Tz, midnight: i64) -> Vec<Clock> {
    const HOUR: i64 = 3600;
    // Zones lie between UTC-12 and UTC+14.
    let (from, until) = (midnight - 14 * HOUR, midnight + 36 * HOUR);
    let mut clocks = vec![Clock { from, until, offset: offset_at(zone, from) }];
    for probe in (from..until).step_by(5 * HOUR as usize).map(|at| (at + 5 * HOUR).min(until)) {
        let offset = offset_at(zone, probe);
        if let Some(last) = clocks.last_mut().filter(|last| last.offset != offset) {
            let change = first_with_other_offset(zone, last.offset, probe - 5 * HOUR, probe);
            last.until = change;
            clocks.push(Clock { from: change, until, offset });
        }
    }
    clocks
}

/// The second at which `zone` leaves `offset`, after `before` and not after `after`.
fn first_with_other_offset(zone: Tz, offset: i64, mut before: i64, mut after: i64) -> i64 {
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if offset_at(zone, middle) == offset { before = middle } else { after = middle }
    }
    after
}

fn offset_at(zone: Tz, instant: i64) -> i64 {
    let utc = DateTime::from_timestamp(instant, 0).unwrap_or_default().naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc().into()
}

/// A date's midnight as if the wall showed UTC.
fn wall_seconds(date: NaiveDate) -> i64 {
    date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp()
}

fn utc_date(instant: i64, days: i64) -> Option<NaiveDate> {
    let date = DateTime::from_timestamp(instant, 0)?.date_naive();
    if days < 0 {
        date.checked_sub_days(Days::new(days.unsigned_abs()))
    } else {
        date.checked_add_days(Days::new(days.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_the_hours_its_zone_gives_it() {
        let hours = |zone: Tz, date: &str| {
            let (from, until) = bounds(zone, date.parse().unwrap());
            (from.to_rfc3339(), (until - from).num_minutes())
        };
        assert_eq!(hours(Tz::Asia__Kathmandu, "2026-06-01"), ("2026-05-31T18:15:00+00:00".into(), 1440));
        assert_eq!(hours(Tz::Europe__Berlin, "2026-03-29"), ("2026-03-28T23:00:00+00:00".into(), 23 * 60));
        assert_eq!(hours(Tz::Europe__Berlin, "2026-10-25"), ("2026-10-24T22:00:00+00:00".into(), 25 * 60));
        assert_eq!(hours(Tz::Australia__Lord_Howe, "2026-04-05"), ("2026-04-04T13:00:00+00:00".into(), 24 * 60 + 30));
        // Midnight does not exist: the day begins at one.
        assert_eq!(hours(Tz::America__Havana, "2026-03-08"), ("2026-03-08T05:00:00+00:00".into(), 23 * 60));
        assert_eq!(hours(Tz::Pacific__Apia, "2011-12-30").1, 0);
    }

    #[test]
    fn a_journey_moves_its_days_to_the_clock_there() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let hours = Hours {
            zone: Tz::Europe__Berlin,
            stays: vec![Stay { from: day("2026-05-05"), to: day("2026-05-06"), zone: Tz::Asia__Tokyo }],
            week: std::array::from_fn(|_| vec![Range { start: 540, end: 600 }]),
            overrides: BTreeMap::from([(day("2026-05-06"), vec![])]),
        };
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let windows = hours.windows(at("2026-05-04T00:00:00Z").timestamp(), at("2026-05-07T12:00:00Z").timestamp());
        let starts: Vec<_> = windows.iter().filter_map(|w| DateTime::from_timestamp(w.from, 0)).collect();
        let wanted = ["2026-05-04T07:00:00Z", "2026-05-05T00:00:00Z", "2026-05-07T07:00:00Z"].map(at);
        assert!(wanted.iter().all(|start| starts.contains(start)), "{starts:?}");
        assert!(!starts.contains(&at("2026-05-06T00:00:00Z")) && !starts.contains(&at("2026-05-06T07:00:00Z")));
        assert_eq!(hours.date_of(at("2026-05-04T20:00:00Z")), day("2026-05-05"), "already there");
        assert_eq!(hours.date_of(at("2026-05-04T10:00:00Z")), day("2026-05-04"));
    }
}
