//! The time zones of other calendars.
//!
//! Most name an IANA zone. Some name one of their own and describe it in a `VTIMEZONE`: then that is followed.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::{
    lines::{Block, Line, find},
    repeat::{self, Window},
};
use crate::calendar::hours::Hours;

/// How a wall clock of elsewhere is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Zone {
    /// By name.
    Iana(Tz),
    /// None in particular: the owner's wall, wherever that is on the day.
    Owners(Arc<Hours>),
    /// By description: from when on which offset (seconds since 1970, seconds east of UTC), sorted; never empty.
    Described(Vec<(i64, i64)>),
}

impl Zone {
    /// The zone that is followed all through something that starts on `date`.
    pub fn on(&self, date: NaiveDate) -> Cow<'_, Self> {
        match self {
            Self::Owners(hours) => Cow::Owned(Self::Iana(hours.zone_on(date))),
            zone => Cow::Borrowed(zone),
        }
    }

    fn offset_at(&self, instant: i64) -> i64 {
        match self {
            Self::Owners(hours) => {
                let utc = DateTime::from_timestamp(instant, 0).unwrap_or_default();
                Self::Iana(hours.zone_on(hours.date_of(utc))).offset_at(instant)
            }
            Self::Iana(zone) => {
                let utc = DateTime::from_timestamp(instant, 0).unwrap_or_default().naive_utc();
                zone.offset_from_utc_datetime(&utc).fix().local_minus_utc().into()
            }
            Self::Described(offsets) => {
                let next = offsets.partition_point(|(from, _)| *from <= instant);
                offsets.get(next.max(1) - 1).map_or(0, |(_, offset)| *offset)
            }
        }
    }

    /// The instant at which the wall shows `local`: the first of two, and for a skipped time as if the clock had not
    /// been changed yet (RFC 5545, 3.3.5).
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        const DAY: i64 = 86_400;
        if let Self::Owners(_) = self {
            return self.on(local.date()).instant(local);
        }
        let wall = local.and_utc().timestamp();
        let (before, after) = (self.offset_at(wall - DAY), self.offset_at(wall + DAY));
        let shows = |offset: i64| self.offset_at(wall - offset) == offset;
        let offset = if !shows(before) && shows(after) { after } else { before };
        DateTime::from_timestamp(wall - offset, 0).unwrap_or_default()
    }

    /// The instant at which days end, by the clock of the last one: at midnight that is the one before.
    pub fn end_of_days(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let last = (local - TimeDelta::seconds(1)).date();
        self.on(last).instant(local)
    }

    /// What the wall shows at an instant.
    pub fn local(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        (instant + TimeDelta::seconds(self.offset_at(instant.timestamp()))).naive_utc()
    }
}

/// Zones by what a calendar calls them.
pub struct Zones {
    /// For times without a zone.
    owners: Zone,
    /// For unknown zones: wherever they are, they do not travel.
    home: Zone,
    described: HashMap<String, Zone>,
    /// Names that nothing explains.
    pub unknown: Vec<String>,
}

impl Zones {
    /// Those that `blocks` describe, and those of the owner's `hours`.
    pub fn of(blocks: &[Block], hours: &Hours, window: &Window) -> Self {
        let described = blocks.iter().filter_map(|block| {
            let name = block.value("TZID")?;
            let known = iana(name).or_else(|| block.value("X-LIC-LOCATION").and_then(iana));
            Some((name.to_owned(), known.map(Zone::Iana).or_else(|| describe(block, window))?))
        });
        Self {
            owners: Zone::Owners(Arc::new(hours.clone())),
            home: Zone::Iana(hours.zone),
            described: described.collect(),
            unknown: Vec::new(),
        }
    }

    /// The zone that a property names; the owner's when it names none, that of home for an unknown one (which is noted).
    pub fn find(&mut self, line: &Line) -> Zone {
        let Some(name) = &line.zone else { return self.owners.clone() };
        if let Some(zone) = self.described.get(name).cloned().or_else(|| iana(name).map(Zone::Iana)) {
            return zone;
        }
        if !self.unknown.contains(name) {
            self.unknown.push(name.clone());
        }
        self.home.clone()
    }
}

/// `Europe/Berlin`, also at the end of a longer name such as `/mozilla.org/20070129_1/Europe/Berlin`.
fn iana(name: &str) -> Option<Tz> {
    let parts: Vec<&str> = name.trim_matches('/').split('/').collect();
    let endings = (0..parts.len().min(8)).map(|skip| parts[skip..].join("/"));
    endings.into_iter().find_map(|name| name.parse().ok())
}

fn describe(block: &Block, window: &Window) -> Option<Zone> {
    // When, from which offset, to which.
    let mut changes: Vec<(i64, i64, i64)> = Vec::new();
    for part in &block.parts {
        let from = offset(&find(part, "TZOFFSETFROM")?.value)?;
        let to = offset(&find(part, "TZOFFSETTO")?.value)?;
        let start = repeat::local(&find(part, "DTSTART")?.value)?;
        let mut onsets = vec![start];
        if let Some(rule) = find(part, "RRULE") {
            // `UNTIL` is in UTC; by the wall it is some hours off, and no change of clocks is that near.
            onsets.extend(repeat::starts(start, &rule.value, |until| until.naive_utc(), window).ok()?.starts);
        }
        for line in part.iter().filter(|line| line.name == "RDATE") {
            onsets.extend(line.value.split(',').filter_map(repeat::local));
        }
        changes.extend(onsets.into_iter().map(|onset| (onset.and_utc().timestamp() - from, from, to)));
    }
    changes.sort_unstable();
    let before = changes.first().map(|(_, from, _)| (i64::MIN, *from))?;
    Some(Zone::Described(std::iter::once(before).chain(changes.into_iter().map(|(at, _, to)| (at, to))).collect()))
}

/// `+0130` or `-073000`, in seconds.
fn offset(text: &str) -> Option<i64> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text.get(1..)?;
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i64>().ok();
    let (hours, minutes, seconds) = (number(0..2)?, number(2..4)?, number(4..6).unwrap_or(0));
    (hours < 24 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}
