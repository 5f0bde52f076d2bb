//! The offer against a slow oracle that looks at every minute by itself, over generated calendars.

use chrono::{NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::calendar::hours::{Range, Stay};

const ZONES: &[Tz] = &[
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::America__St_Johns,
    Tz::America__Havana,
    Tz::America__Santiago,
    Tz::America__Nuuk,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
    Tz::Asia__Tokyo,
    Tz::Asia__Beirut,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Pacific__Apia,
    Tz::Pacific__Kiritimati,
    Tz::Pacific__Chatham,
];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

/// The instants in `year` at which the zone's clocks change.
fn changes(zone: Tz, year: i32) -> Vec<DateTime<Utc>> {
    let offset = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local() - at.naive_utc();
    let start = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap();
    (0..366 * 48).map(|half| start + minutes(half * 30)).filter(|at| offset(*at) != offset(*at - minutes(30))).collect()
}

#[derive(Clone, Debug)]
struct Case {
    hours: Hours,
    closed: Vec<Closed>,
    terms: Terms,
    other: Terms,
    customer_has: i64,
    now: DateTime<Utc>,
    /// Which of the offered slots are booked before, and for which service.
    bookings: Vec<(prop::sample::Index, bool)>,
}

impl Case {
    fn agenda<'a>(&'a self, terms: &'a Terms, taken: &'a [Taken]) -> Agenda<'a> {
        let Case { hours, closed, customer_has, now, .. } = self;
        Agenda { hours, closed, taken, terms, customer_has: *customer_has, now: *now }
    }

    fn range(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.now - minutes(120), self.now + TimeDelta::days(4))
    }

    /// What is taken after the customers before us have booked.
    fn taken(&self) -> Vec<Taken> {
        let (from, until) = self.range();
        let mut taken = Vec::new();
        for (which, first) in &self.bookings {
            let terms = if *first { &self.terms } else { &self.other };
            let offered = slots(&self.agenda(terms, &taken), from, until);
            if !offered.is_empty() {
                book(&mut taken, terms, *which.get(&offered));
            }
        }
        taken
    }
}

fn book(taken: &mut Vec<Taken>, terms: &Terms, slot: Slot) {
    let same = |taken: &&mut Taken| taken.product_id == terms.product_id && taken.slot == slot;
    match taken.iter_mut().find(same) {
        Some(taken) => taken.seats += 1,
        None => taken.push(Taken { product_id: terms.product_id, slot, seats: 1 }),
    }
}

prop_compose! {
    fn day()(mut edges in vec(prop_oneof![Just(0_u16), Just(1440), Just(120), (0_u16..=288).prop_map(|m| m * 5)], 0..=6)) -> Vec<Range> {
        edges.sort_unstable();
        edges.chunks_exact(2).map(|edge| Range { start: edge[0], end: edge[1] }).filter(|range| range.start < range.end).collect()
    }
}

prop_compose! {
    fn terms(id: u128)(
        duration in select(&[5_i64, 20, 30, 45, 60, 90, 240, 1440]), interval in select(&[5_i64, 15, 20, 30, 60, 90]),
        before in select(&[0_i64, 0, 5, 30]), after in select(&[0_i64, 0, 10, 60]), notice in select(&[0_i64, 0, 1, 60, 1440]),
        horizon in select(&[1_i64, 2, 60]), seats in select(&[1_i64, 1, 2, 5]),
        limits in select(&[(None, None), (Some(1), None), (None, Some(2)), (Some(2), Some(3))]), customer in select(&[None, Some(1)]),
    ) -> Terms {
        Terms {
            product_id: Uuid::from_u128(id), duration: minutes(duration), interval: minutes(interval), before_buffer: minutes(before),
            after_buffer: minutes(after), minimum_notice: minutes(notice), horizon: TimeDelta::days(horizon), seats,
            limit_per_day: limits.0, limit_per_week: limits.1, limit_per_customer: customer,
        }
    }
}

prop_compose! {
    fn case()(
        zone in select(ZONES), abroad in select(ZONES), year in 2026..=2030, near in any::<prop::sample::Index>(),
        day in 0_i64..365, at_change in any::<bool>(), minute in 0_i64..2880, fraction in select(&[0_i64, 500]),
    )(
        week in prop::array::uniform7(self::day()), override_days in vec((-2_i64..5, self::day()), 0..3),
        stay in proptest::option::of((-2_i64..4, 0_i64..3)), closed in vec((-600_i64..6000, 1_i64..600), 0..4),
        terms in terms(1), other in terms(2), customer_has in select(&[0_i64, 0, 0, 1]),
        bookings in vec((any::<prop::sample::Index>(), any::<bool>()), 0..5),
        zone in Just(zone), abroad in Just(abroad), fraction in Just(fraction),
        now in Just({
            let changes = changes(zone, year);
            let any = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap() + TimeDelta::days(day);
            let near = if at_change && !changes.is_empty() { *near.get(&changes) } else { any };
            near - minutes(minute)
        }),
    ) -> Case {
        let today = now.with_timezone(&zone).date_naive();
        let on = |days| today + TimeDelta::days(days);
        let closed = closed.into_iter().map(|(from, length)| (now + minutes(from), length));
        Case {
            closed: closed.map(|(from, length)| Closed { from, until: from + minutes(length) }).collect(),
            hours: Hours {
                zone, week,
                stays: stay.into_iter().map(|(from, length)| Stay { from: on(from), to: on(from + length), zone: abroad }).collect(),
                overrides: override_days.into_iter().map(|(days, ranges)| (on(days), ranges)).collect(),
            },
            terms, other, customer_has, bookings,
            now: now + TimeDelta::milliseconds(fraction),
        }
    }
}

/// Says of every minute what the wall shows there, and from that alone what is offered.
struct Oracle<'a> {
    agenda: Agenda<'a>,
}

impl Oracle<'_> {
    /// The ranges that show `at` on the wall, with the minute of the day.
    fn wall(&self, at: DateTime<Utc>) -> Vec<(Range, u16)> {
        let mut found = Vec::new();
        for days in -1..=1 {
            let date = at.date_naive() + TimeDelta::days(days);
            let wall = at.with_timezone(&self.agenda.hours.zone_on(date)).naive_local();
            let weekday = date.weekday().num_days_from_monday() as usize;
            let ranges = self.agenda.hours.overrides.get(&date).unwrap_or(&self.agenda.hours.week[weekday]);
            let minute = (wall.time().num_seconds_from_midnight() / 60) as u16;
            let shown = ranges.iter().filter(|range| wall.date() == date && (range.start..range.end).contains(&minute));
            found.extend(shown.map(|range| (*range, minute)));
        }
        found
    }

    fn offers(&self, start: DateTime<Utc>) -> bool {
        let Agenda { terms, now, taken, closed, hours, customer_has, .. } = self.agenda;
        let end = start + terms.duration;
        let step = |(range, minute): (Range, u16)| i64::from(minute - range.start) % terms.interval.num_minutes() == 0;
        let starts = self.wall(start).into_iter().any(step);
        let open = || (0..terms.duration.num_minutes()).all(|minute| !self.wall(start + minutes(minute)).is_empty());
        let in_time = start >= now + terms.minimum_notice && start >= now && start <= now + terms.horizon;
        let joined = taken.iter().find(|taken| taken.product_id == terms.product_id && taken.slot.start == start);
        let busy = joined.map_or((start - terms.before_buffer, end + terms.after_buffer), |taken| {
            (taken.slot.busy_from, taken.slot.busy_until)
        });
        let free = match joined {
            Some(taken) => taken.slot.end == end && taken.seats < terms.seats,
            None => !taken.iter().any(|taken| taken.slot.busy_from < busy.1 && busy.0 < taken.slot.busy_until),
        };
        let closed = closed.iter().any(|closed| closed.from < busy.1 && busy.0 < closed.until);
        let date = |at| hours.date_of(at);
        let own =
            || taken.iter().filter(|taken| taken.product_id == terms.product_id).map(|taken| date(taken.slot.start));
        let today = own().filter(|day| *day == date(start)).count() as i64;
        let week = own().filter(|day| day.iso_week() == date(start).iso_week()).count() as i64;
        let below = |count, limit: Option<i64>| limit.is_none_or(|limit| count < limit);
        let limits = joined.is_some() || below(today, terms.limit_per_day) && below(week, terms.limit_per_week);
        in_time && starts && free && !closed && limits && below(customer_has, terms.limit_per_customer) && open()
    }
}

proptest! {
    /// Minute by minute, the list is what the oracle says.
    #[test]
    fn offers_what_the_oracle_offers(case in case()) {
        let taken = case.taken();
        let agenda = case.agenda(&case.terms, &taken);
        let (from, until) = case.range();
        let oracle = Oracle { agenda };
        let whole = from.with_nanosecond(0).unwrap();
        let expected = (0..(until - whole).num_minutes()).map(|minute| whole + minutes(minute)).filter(|at| *at >= from && oracle.offers(*at));
        let listed: Vec<_> = slots(&agenda, from, until).into_iter().map(|slot| slot.start).collect();
        prop_assert_eq!(listed, expected.collect::<Vec<_>>());
    }

    /// Every listed slot can be booked, its neighbours cannot unless they are listed too.
    #[test]
    fn what_is_listed_can_be_booked_and_nothing_else(case in case(), picks in vec(any::<prop::sample::Index>(), 8), by in -300_i64..300) {
        let taken = case.taken();
        let agenda = case.agenda(&case.terms, &taken);
        let (from, until) = case.range();
        let listed = slots(&agenda, from, until);
        if listed.is_empty() {
            return Ok(());
        }
        let around = slots(&agenda, from - TimeDelta::days(1), until + TimeDelta::days(1));
        for slot in picks.iter().map(|pick| *pick.get(&listed)) {
            prop_assert_eq!(check(&agenda, slot.start), Ok(slot));
            for near in [minutes(1), minutes(-1), minutes(by), TimeDelta::seconds(1), TimeDelta::milliseconds(-1), case.terms.after_buffer] {
                let start = slot.start + near;
                prop_assert_eq!(check(&agenda, start).is_ok(), around.iter().any(|slot| slot.start == start), "{}", start);
            }
        }
        // A list of a part is that part of the list.
        let middle = picks[0].get(&listed).start;
        let parts = [slots(&agenda, from, middle), slots(&agenda, middle, until)].concat();
        prop_assert_eq!(parts, listed);
    }

    /// Right after a booking its slot is gone (or has one seat less), and so is all that it overlaps, for every service.
    #[test]
    fn a_booking_takes_its_time(case in case(), pick in any::<prop::sample::Index>()) {
        let mut taken = case.taken();
        let (from, until) = case.range();
        let listed = slots(&case.agenda(&case.terms, &taken), from, until);
        if listed.is_empty() {
            return Ok(());
        }
        let booked = *pick.get(&listed);
        book(&mut taken, &case.terms, booked);
        let overlaps = |slot: &Slot| slot.busy_from < booked.busy_until && booked.busy_from < slot.busy_until;
        let others = slots(&case.agenda(&case.other, &taken), from, until);
        prop_assert!(!others.iter().any(overlaps));
        let seats = taken.iter().find(|taken| taken.slot == booked).unwrap().seats;
        let same = slots(&case.agenda(&case.terms, &taken), from, until);
        prop_assert!(same.iter().filter(|slot| overlaps(slot)).all(|slot| *slot == booked));
        prop_assert_eq!(same.contains(&booked), seats < case.terms.seats);
        if seats >= case.terms.seats {
            prop_assert_eq!(check(&case.agenda(&case.terms, &taken), booked.start), Err(Why::Taken));
        }
    }
}

fn hours(zone: Tz, start: &str, end: &str) -> Hours {
    let minute = |text: &str| match text {
        "24:00" => 1440,
        text => (NaiveTime::parse_from_str(text, "%H:%M").unwrap().num_seconds_from_midnight() / 60) as u16,
    };
    let range = Range { start: minute(start), end: minute(end) };
    Hours { zone, stays: vec![], week: std::array::from_fn(|_| vec![range]), overrides: Default::default() }
}

fn hourly(duration: i64) -> Terms {
    Terms {
        product_id: Uuid::from_u128(1),
        duration: minutes(duration),
        interval: minutes(duration),
        before_buffer: minutes(0),
        after_buffer: minutes(0),
        minimum_notice: minutes(0),
        horizon: TimeDelta::days(60),
        seats: 1,
        limit_per_day: None,
        limit_per_week: None,
        limit_per_customer: None,
    }
}

fn offered(hours: &Hours, terms: &Terms, now: &str, from: &str, until: &str) -> Vec<String> {
    let agenda = Agenda { hours, closed: &[], taken: &[], terms, customer_has: 0, now: at(now) };
    slots(&agenda, at(from), at(until)).iter().map(|slot| slot.start.format("%dT%H:%MZ").to_string()).collect()
}

#[test]
fn spring_skips_and_autumn_repeats() {
    let new_york = hours(Tz::America__New_York, "01:00", "04:00");
    // 8 March 2026: 02:00 does not exist; 1 November: 01:00 comes twice.
    let of = |day: &str| {
        offered(
            &new_york,
            &hourly(60),
            "2026-02-20T00:00:00Z",
            &format!("{day}T00:00:00Z"),
            &format!("{day}T23:00:00Z"),
        )
    };
    assert_eq!(of("2026-03-07"), ["07T06:00Z", "07T07:00Z", "07T08:00Z"]);
    assert_eq!(of("2026-03-08"), ["08T06:00Z", "08T07:00Z"]);
    let terms = Terms { horizon: TimeDelta::days(400), ..hourly(60) };
    let autumn = offered(&new_york, &terms, "2026-02-20T00:00:00Z", "2026-11-01T00:00:00Z", "2026-11-01T23:00:00Z");
    assert_eq!(autumn, ["01T05:00Z", "01T06:00Z", "01T07:00Z", "01T08:00Z"]);
    // Lord Howe, 5 April 2026: half an hour, 01:30 comes twice.
    let lord_howe = hours(Tz::Australia__Lord_Howe, "01:30", "02:30");
    let half = offered(&lord_howe, &hourly(30), "2026-03-20T00:00:00Z", "2026-04-04T12:00:00Z", "2026-04-04T20:00:00Z");
    assert_eq!(half, ["04T14:30Z", "04T15:00Z", "04T15:30Z"]);
}

#[test]
fn a_slot_may_run_over_midnight_when_both_days_are_open() {
    let night = Hours {
        week: std::array::from_fn(|_| vec![Range { start: 0, end: 60 }, Range { start: 1380, end: 1440 }]),
        ..hours(Tz::UTC, "00:00", "24:00")
    };
    let starts = offered(
        &night,
        &Terms { interval: minutes(30), ..hourly(60) },
        "2026-05-01T00:00:00Z",
        "2026-05-02T12:00:00Z",
        "2026-05-03T12:00:00Z",
    );
    assert_eq!(starts, ["02T23:00Z", "02T23:30Z", "03T00:00Z"]);
}

#[test]
fn a_month_with_a_thousand_bookings_is_quick() {
    let hours = hours(Tz::Europe__Berlin, "00:00", "24:00");
    let terms = Terms { interval: minutes(15), limit_per_day: Some(100), ..hourly(30) };
    let mut taken = Vec::new();
    let start = at("2026-03-10T00:00:00Z");
    for n in 0..1000 {
        let start = start + minutes(n * 40);
        let end = start + minutes(30);
        taken.push(Taken {
            product_id: Uuid::from_u128((n % 3) as u128),
            slot: Slot { start, end, busy_from: start, busy_until: end },
            seats: 1,
        });
    }
    let agenda = Agenda { hours: &hours, closed: &[], taken: &taken, terms: &terms, customer_has: 0, now: start };
    let mut times: Vec<_> = (0..50)
        .map(|_| {
            let began = std::time::Instant::now();
            assert!(slots(&agenda, start, start + TimeDelta::days(31)).len() > 300);
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    // Half a millisecond is promised of an optimised build; a debug build may take its time.
    let most = if cfg!(debug_assertions) { 50_000 } else { 500 };
    assert!(times[25].as_micros() < most, "{:?}", times[25]);
}
