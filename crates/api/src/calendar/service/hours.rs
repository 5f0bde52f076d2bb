//! The owner's hours and days off: checked when they are set.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{NewBlockedPeriod, NewOverride, Schedule, ScheduleRule, Stay, TimeRange, Weekday},
};

use crate::{
    calendar::{
        hours::{self, Hours, Range},
        store::{self, BlockedPeriodRecord, CalendarRecord, OverrideRecord},
    },
    db::{Cx, Tx},
    error::{Error, Fields, Result},
};

/// The zone of that IANA name.
///
/// # Errors
/// `request.invalid` about `field` when there is none.
pub fn zone(name: &str, field: &str) -> Result<Tz> {
    name.parse().map_err(|_| Error::field(field, "unknown_time_zone", "An IANA name such as Europe/Berlin"))
}

/// Minutes since midnight of `HH:MM`; `24:00` is the end of the day.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u16>().ok())?
    };
    let minute = number(hours)? * 60 + number(minutes).filter(|minutes| *minutes < 60)?;
    (minute <= 1440).then_some(minute)
}

fn range(start: &str, end: &str) -> Option<Range> {
    let range = Range { start: minute(start)?, end: minute(end)? };
    (range.start < range.end).then_some(range)
}

/// Notes what is wrong with a range, or with its being beside `earlier` ones.
fn check_range(fields: &mut Fields, path: &str, start: &str, end: &str, earlier: &mut Vec<Range>) {
    fields.check(minute(start).is_some_and(|start| start < 1440), &format!("{path}.start"), "invalid", "HH:MM");
    fields.check(minute(end).is_some(), &format!("{path}.end"), "invalid", "HH:MM, at most 24:00");
    let (Some(from), Some(until)) = (minute(start), minute(end)) else { return };
    let over = "After the start. What goes on past midnight ends at 24:00, and goes on from 00:00 the next day";
    fields.check(from < until, &format!("{path}.end"), "not_after_start", over);
    let overlaps = earlier.iter().any(|other| from < other.end && other.start < until);
    fields.check(!overlaps, path, "overlaps", "Overlaps another range of the same day");
    earlier.push(Range { start: from, end: until });
}

/// Sets the weekly hours.
///
/// # Errors
/// `request.invalid` with everything that is wrong.
pub async fn set_schedule(tx: &mut Tx, schedule: &Schedule) -> Result<()> {
    check_schedule(schedule)?;
    Ok(store::update_schedule(tx, &schedule.time_zone, &schedule.rules, &schedule.travel).await?)
}

fn check_schedule(schedule: &Schedule) -> Result<()> {
    const UNKNOWN: &str = "An IANA name such as Europe/Berlin";
    let mut fields = Fields::default();
    fields.check(schedule.time_zone.parse::<Tz>().is_ok(), "time_zone", "unknown_time_zone", UNKNOWN);
    fields.check(schedule.rules.len() <= 100, "rules", "too_many", "At most 100 rules");
    fields.check(schedule.travel.len() <= 50, "travel", "too_many", "At most 50 journeys");
    let mut days: [Vec<Range>; 7] = Default::default();
    for (index, rule) in schedule.rules.iter().enumerate().take(100) {
        check_range(&mut fields, &format!("rules[{index}]"), &rule.start, &rule.end, &mut days[rule.weekday as usize]);
    }
    for (index, stay) in schedule.travel.iter().enumerate().take(50) {
        let path = format!("travel[{index}]");
        fields.check(stay.time_zone.parse::<Tz>().is_ok(), &format!("{path}.time_zone"), "unknown_time_zone", UNKNOWN);
        let lasts = (stay.to - stay.from).num_days();
        fields.check(
            (0..=366).contains(&lasts),
            &format!("{path}.to"),
            "invalid",
            "From the first day on, at most a year",
        );
        let overlaps = schedule.travel[..index].iter().any(|other| stay.from <= other.to && other.from <= stay.to);
        fields.check(!overlaps, &path, "overlaps", "Overlaps another journey");
    }
    fields.done()
}

/// Gives one day hours of its own.
///
/// # Errors
/// `request.invalid` with everything that is wrong.
pub async fn set_override(tx: &mut Tx, new: &NewOverride) -> Result<OverrideRecord> {
    let mut fields = Fields::default();
    fields.check(new.ranges.len() <= 24, "ranges", "too_many", "At most 24 ranges");
    let mut day = Vec::new();
    for (index, range) in new.ranges.iter().enumerate().take(24) {
        check_range(&mut fields, &format!("ranges[{index}]"), &range.start, &range.end, &mut day);
    }
    fields.done()?;
    Ok(store::upsert_override(tx, new.date, &new.ranges).await?)
}

/// Gives a day its weekly hours again.
///
/// # Errors
/// `request.not_found`.
pub async fn delete_override(tx: &mut Tx, id: Uuid) -> Result<()> {
    if store::delete_override(tx, id).await? == 1 { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// Blocks a period. What is booked in it stays booked.
///
/// # Errors
/// `request.invalid`.
pub async fn block_period(tx: &mut Tx, new: &NewBlockedPeriod) -> Result<BlockedPeriodRecord> {
    let mut fields = Fields::default();
    fields.check(new.start < new.end, "end", "not_after_start", "After the start");
    fields.check(new.end - new.start <= TimeDelta::days(3660), "end", "out_of_range", "At most ten years");
    fields.text(new.reason.as_deref().unwrap_or_default(), "reason", 0, 200);
    fields.done()?;
    let reason = new.reason.clone().filter(|reason| !reason.trim().is_empty());
    let period = BlockedPeriodRecord { id: Uuid::now_v7(), starts_at: new.start, ends_at: new.end, reason };
    store::insert_blocked_period(tx, &period).await?;
    Ok(period)
}

/// Opens a period again.
///
/// # Errors
/// `request.not_found`.
pub async fn unblock_period(tx: &mut Tx, id: Uuid) -> Result<()> {
    if store::delete_blocked_period(tx, id).await? == 1 { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// What the records say; `overrides` are the days with hours of their own. They were checked when they were written.
pub(super) fn hours<'r>(
    calendar: &CalendarRecord,
    overrides: impl Iterator<Item = (NaiveDate, &'r [TimeRange])>,
) -> Hours {
    let zone = |name: &str| name.parse().unwrap_or(Tz::UTC);
    let mut week: [Vec<Range>; 7] = Default::default();
    for ScheduleRule { weekday, start, end } in calendar.rules.iter() {
        week[*weekday as usize].extend(range(start, end));
    }
    let stay = |stay: &Stay| hours::Stay { from: stay.from, to: stay.to, zone: zone(&stay.time_zone) };
    let ranges = |ranges: &[TimeRange]| ranges.iter().filter_map(|one| range(&one.start, &one.end)).collect();
    Hours {
        zone: zone(&calendar.time_zone),
        stays: calendar.travel.iter().map(stay).collect(),
        week,
        overrides: overrides.map(|(date, day)| (date, ranges(day))).collect(),
    }
}

/// The owner's hours of every week, and where the owner is when.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn owners_hours(cx: impl Into<Cx<'_>>) -> Result<Hours> {
    Ok(hours(&store::find_calendar(cx).await?, std::iter::empty()))
}

/// The instants of some of the owner's days, both inclusive.
pub fn owners_days(
    calendar: &CalendarRecord,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let hours = hours(calendar, std::iter::empty());
    let bounds = |date: NaiveDate| hours::bounds(hours.zone_on(date), date);
    (from.map(|date| bounds(date).0), to.map(|date| bounds(date).1))
}

const _: () = assert!(Weekday::Mon as usize == 0 && Weekday::Sun as usize == 6);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(schedule: serde_json::Value) -> Vec<String> {
        let schedule: Schedule = serde_json::from_value(schedule).unwrap();
        let problem = check_schedule(&schedule).err().map(|error| error.problem());
        let told = |error: vitrine_types::FieldError| format!("{} {}", error.field, error.code);
        problem.map(|problem| problem.errors.into_iter().map(told).collect()).unwrap_or_default()
    }

    #[test]
    fn everything_wrong_with_a_schedule_is_told_at_once() {
        let rule = |weekday: &str, start: &str, end: &str| json!({"weekday": weekday, "start": start, "end": end});
        let rules = [
            rule("mon", "09:00", "12:00"),
            rule("mon", "12:00", "24:00"),
            rule("mon", "11:59", "12:01"),
            rule("tue", "9:00", "25:00"),
            rule("wed", "22:00", "02:00"),
            rule("thu", "24:00", "24:00"),
        ];
        let travel = json!([
            {"from": "2026-05-01", "to": "2026-05-10", "time_zone": "Asia/Tokyo"},
            {"from": "2026-06-10", "to": "2026-06-09", "time_zone": "Mars/Base"},
        ]);
        let found = wrong(json!({"time_zone": "Europe/Atlantis", "rules": rules, "travel": travel}));
        let wanted = [
            "time_zone unknown_time_zone",
            "rules[2] overlaps",
            "rules[3].start invalid",
            "rules[3].end invalid",
            "rules[4].end not_after_start",
            "rules[5].start invalid",
            "rules[5].end not_after_start",
            "travel[1].time_zone unknown_time_zone",
            "travel[1].to invalid",
        ];
        assert_eq!(found, wanted);
        assert!(wrong(json!({"time_zone": "Pacific/Kiritimati", "rules": rules[..2]})).is_empty());
    }

    #[test]
    fn times_are_read_strictly() {
        let read = [
            "00:00",
            "09:05",
            "23:59",
            "24:00",
            "24:01",
            "23:60",
            "9:00",
            "09:0",
            "+9:00",
            "0900",
            "",
            "ab:cd",
            "１２:００",
        ];
        let minutes = read.map(minute);
        assert_eq!(minutes[..4], [Some(0), Some(545), Some(1439), Some(1440)]);
        assert!(minutes[4..].iter().all(Option::is_none), "{minutes:?}");
    }
}
