//! When an outside calendar calls its owner busy: a pure function of its text.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{
    lines::{self, Block, Line},
    repeat::{self, Window},
    zones::{Zone, Zones},
};
use crate::calendar::hours::Hours;

/// How far ahead times are worked out: as far as any service can be booked.
const HORIZON: TimeDelta = TimeDelta::days(732);
/// More busy times than this are not kept.
const MAX_SPANS: usize = 20_000;

/// What a calendar says.
#[derive(Debug, PartialEq)]
pub struct Busy {
    /// Busy from, until; in order, without overlaps.
    pub spans: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// What could not be understood, in words for the owner.
    pub problem: Option<String>,
}

/// An event, read.
struct Event<'a> {
    uid: &'a str,
    zone: Zone,
    start: NaiveDateTime,
    length: Length,
    /// Which repetition of another event it replaces.
    replaces: Option<DateTime<Utc>>,
    is_busy: bool,
    block: &'a Block,
}

#[derive(Clone, Copy)]
enum Length {
    Time(TimeDelta),
    /// Days on the wall, whatever the clocks do.
    Days(TimeDelta),
}

/// Reads a calendar: busy times from `now` on. Times that have no zone, and whole days, are read by the wall clock of
/// where the owner of `hours` is that day.
///
/// `None` when the text is no calendar.
pub fn read(text: &str, hours: &Hours, now: DateTime<Utc>) -> Option<Busy> {
    let calendar = lines::read(text)?;
    let window = Window::new(now, now + HORIZON);
    let mut zones = Zones::of(&calendar.zones, hours, &window);
    let mut unreadable = calendar.unreadable;
    let mut cut_off = calendar.cut_off;

    let mut events = Vec::new();
    for block in &calendar.events {
        match event(block, &mut zones) {
            Some(event) => events.push(event),
            None => unreadable += 1,
        }
    }
    let mut replaced: HashMap<&str, HashSet<DateTime<Utc>>> = HashMap::new();
    for event in &events {
        if let Some(instant) = event.replaces {
            replaced.entry(event.uid).or_default().insert(instant);
        }
    }

    let mut spans = Vec::new();
    for event in events.iter().filter(|event| event.is_busy) {
        if window.is_over() || spans.len() > MAX_SPANS {
            cut_off = true;
            break;
        }
        let mut starts = vec![event.start];
        if event.replaces.is_none() {
            match repetitions(event, &mut zones, &window) {
                Ok((more, cut)) => {
                    starts.extend(more);
                    cut_off |= cut;
                }
                Err(_) => unreadable += 1,
            }
        }
        let gone = left_out(event, &mut zones, replaced.get(event.uid));
        for start in starts {
            let from = event.zone.instant(start);
            let until = match event.length {
                Length::Time(length) => from + length,
                Length::Days(days) => event.zone.end_of_days(start + days),
            };
            if from < until && until > now && from < window.until && !gone.contains(&from) {
                spans.push((from, until));
            }
        }
    }
    let problem = problem(unreadable, cut_off, &zones.unknown);
    Some(Busy { spans: merged(spans), problem })
}

fn problem(unreadable: usize, cut_off: bool, unknown: &[String]) -> Option<String> {
    let mut words = Vec::new();
    if unreadable > 0 {
        words.push(format!("{unreadable} entries could not be read"));
    }
    if cut_off {
        words.push("there is more in it than can be worked out, so some times are missing".into());
    }
    if let Some(name) = unknown.first() {
        let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        words.push(format!("its time zone “{name}” is not known and was read as yours"));
    }
    (!words.is_empty()).then(|| words.join("; "))
}

fn merged(mut spans: Vec<(DateTime<Utc>, DateTime<Utc>)>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let joins = next.0 <= last.1;
        if joins {
            last.1 = last.1.max(next.1);
        }
        joins
    });
    spans.truncate(MAX_SPANS);
    spans
}

fn event<'a>(block: &'a Block, zones: &mut Zones) -> Option<Event<'a>> {
    let line = block.get("DTSTART")?;
    let (start, zone) = moment(line, &line.value, zones)?;
    let whole_days = line.is_date || repeat::date(&line.value).is_some();
    let length = match (block.get("DTEND"), block.value("DURATION")) {
        (Some(end), _) => {
            let (end, end_zone) = moment(end, &end.value, zones)?;
            if whole_days {
                Length::Days(end - start)
            } else {
                // Without a zone both are read by one clock, also when the owner leaves in between.
                let end_zone = if end_zone == zone { zone.on(start.date()) } else { Cow::Owned(end_zone) };
                Length::Time(end_zone.instant(end) - zone.instant(start))
            }
        }
        (None, Some(text)) if whole_days => Length::Days(duration(text)?),
        (None, Some(text)) => Length::Time(duration(text)?),
        (None, None) if whole_days => Length::Days(TimeDelta::days(1)),
        (None, None) => Length::Time(TimeDelta::zero()),
    };
    let replaces = match block.get("RECURRENCE-ID") {
        Some(line) => Some(moment(line, &line.value, zones).map(|(local, zone)| zone.instant(local))?),
        None => None,
    };
    let says = |name: &str, word: &str| block.value(name).is_some_and(|value| value.eq_ignore_ascii_case(word));
    let is_free = says("TRANSP", "TRANSPARENT") || says("X-MICROSOFT-CDO-BUSYSTATUS", "FREE");
    Some(Event {
        uid: block.value("UID").unwrap_or_default(),
        is_busy: !is_free && !says("STATUS", "CANCELLED"),
        zone,
        start,
        length,
        replaces,
        block,
    })
}

/// The further starts of an event that repeats, and whether there are more than are worked out.
fn repetitions(
    event: &Event,
    zones: &mut Zones,
    window: &Window,
) -> Result<(Vec<NaiveDateTime>, bool), rrule::RRuleError> {
    let mut starts = Vec::new();
    for line in event.block.lines.iter().filter(|line| line.name == "RDATE") {
        // A period's own length is ignored: it starts, that is what can be relied on.
        let values = line.value.split(',').filter_map(|value| moment(line, value.split('/').next()?, zones));
        starts.extend(values.map(|(local, zone)| event.zone.local(zone.instant(local))));
    }
    let mut cut_off = false;
    for line in event.block.lines.iter().filter(|line| line.name == "RRULE").take(4) {
        let length = match event.length {
            Length::Time(length) | Length::Days(length) => length,
        };
        // What began before the window may reach into it.
        let longest = length.clamp(TimeDelta::zero(), TimeDelta::days(366));
        let window = window.reaching_back(longest);
        let found = repeat::starts(event.start, &line.value, |until| event.zone.local(until), &window)?;
        starts.extend(found.starts);
        cut_off |= found.cut_off;
    }
    Ok((starts, cut_off))
}

/// The starts that do not take place, or elsewhere.
fn left_out(event: &Event, zones: &mut Zones, replaced: Option<&HashSet<DateTime<Utc>>>) -> HashSet<DateTime<Utc>> {
    if event.replaces.is_some() {
        return HashSet::new();
    }
    let mut gone = replaced.cloned().unwrap_or_default();
    for line in event.block.lines.iter().filter(|line| line.name == "EXDATE") {
        for value in line.value.split(',') {
            let Some((local, zone)) = moment(line, value, zones) else { continue };
            // A mere date takes out what starts on that day.
            let local = if line.is_date { local.date().and_time(event.start.time()) } else { local };
            gone.insert(if line.is_date { event.zone.instant(local) } else { zone.instant(local) });
        }
    }
    gone
}

/// A wall time and the zone it is in.
fn moment(line: &Line, value: &str, zones: &mut Zones) -> Option<(NaiveDateTime, Zone)> {
    let value = value.trim();
    match value.strip_suffix(['Z', 'z']) {
        Some(utc) => Some((repeat::local(utc)?, Zone::Iana(Tz::UTC))),
        None => Some((repeat::local(value)?, zones.find(line))),
    }
}

/// `P1DT2H30M`; negative ones are none.
fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim().trim_start_matches('+').strip_prefix('P')?;
    let (mut seconds, mut number, mut in_time) = (0_i64, None::<i64>, false);
    for character in text.chars() {
        let unit = match (character, in_time) {
            ('0'..='9', _) => {
                let digit = i64::from(character.to_digit(10)?);
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            ('T', false) => {
                in_time = true;
                continue;
            }
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    TimeDelta::try_seconds(seconds).filter(|length| *length <= TimeDelta::days(3660))
}

#[cfg(test)]
mod tests;
