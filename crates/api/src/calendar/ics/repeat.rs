//! Recurrence rules, worked out within bounds.
//!
//! A rule repeats what the wall shows, so it is worked out on wall times; their zone comes afterwards.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rrule::{Frequency, ParseError, RRule, RRuleSet, Tz, Unvalidated};

/// More repetitions of one event than this are not worked out.
const MAX_REPETITIONS: usize = 20_000;

/// The stretch that matters, and how long finding out may take.
pub struct Window {
    /// What ended before is of no interest.
    pub from: DateTime<Utc>,
    /// What starts later neither.
    pub until: DateTime<Utc>,
    begun: Instant,
}

impl Window {
    /// All the time that one calendar may take.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// A window whose work begins now.
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        Self { from, until, begun: Instant::now() }
    }

    /// The same from earlier on.
    pub fn reaching_back(&self, by: TimeDelta) -> Self {
        Self { from: self.from - by, until: self.until, begun: self.begun }
    }

    /// Whether the time for it is used up.
    pub fn is_over(&self) -> bool {
        self.begun.elapsed() > Self::PATIENCE
    }
}

/// The wall times at which something starts.
pub struct Starts {
    /// In order.
    pub starts: Vec<NaiveDateTime>,
    /// Whether there are more than are worked out.
    pub cut_off: bool,
}

/// Works out a rule from `first` on, as far as the window (and a day on either side) goes. `until` turns the rule's
/// `UNTIL`, which is in UTC, into wall time.
///
/// # Errors
/// When the rule cannot be read.
pub fn starts(
    first: NaiveDateTime,
    rule: &str,
    until: impl Fn(DateTime<Utc>) -> NaiveDateTime,
    window: &Window,
) -> Result<Starts, rrule::RRuleError> {
    // The parser takes each letter for one byte; it cuts a longer one in two, and panics.
    if !rule.is_ascii() {
        return Err(ParseError::InvalidParameterFormat(rule.into()).into());
    }
    let (rule, end) = split_until(rule);
    let rule: RRule<Unvalidated> = rule.parse()?;
    let end = end.map(|end| match end {
        Until::Instant(instant) => until(instant),
        Until::Wall(wall) => wall,
    });
    let last = window.until.naive_utc() + TimeDelta::days(1);
    let last = end.map_or(last, |end| end.min(last));
    let from = skipped_to(first, &rule, window.from.naive_utc() - TimeDelta::days(2));
    let start = from.and_utc().with_timezone(&Tz::UTC);
    let set = RRuleSet::new(start).rrule(rule.validate(start)?).limit();
    let mut found = Starts { starts: Vec::new(), cut_off: false };
    for (count, at) in set.into_iter().enumerate() {
        let at = at.naive_utc();
        if at > last {
            break;
        }
        if count >= MAX_REPETITIONS || count % 100 == 0 && window.is_over() {
            found.cut_off = true;
            break;
        }
        found.starts.push(at);
    }
    Ok(found)
}

/// A later start with the same repetitions from `wanted` on, for the rules where that is plain: most start long ago.
fn skipped_to(first: NaiveDateTime, rule: &RRule<Unvalidated>, wanted: NaiveDateTime) -> NaiveDateTime {
    let days = match rule.get_freq() {
        Frequency::Daily => 1,
        Frequency::Weekly => 7,
        _ => return first,
    };
    let period = TimeDelta::days(days * i64::from(rule.get_interval().max(1)));
    let periods = (wanted - first).num_days() / period.num_days() - 1;
    if rule.get_count().is_some() || periods <= 0 {
        first
    } else {
        first + TimeDelta::days(periods * period.num_days())
    }
}

enum Until {
    Instant(DateTime<Utc>),
    Wall(NaiveDateTime),
}

/// The rule without its `UNTIL`, and that.
fn split_until(rule: &str) -> (String, Option<Until>) {
    let is_until = |part: &&str| part.get(..6).is_some_and(|name| name.eq_ignore_ascii_case("UNTIL="));
    let until = rule.split(';').find(is_until).and_then(|part| {
        let value = &part[6..];
        match (value.strip_suffix(['Z', 'z']), date(value)) {
            (Some(utc), _) => local(utc).map(|utc| Until::Instant(utc.and_utc())),
            // A day counts to its end.
            (None, Some(date)) => {
                Some(Until::Wall(date.and_time(NaiveTime::MIN) + TimeDelta::days(1) - TimeDelta::seconds(1)))
            }
            (None, None) => local(value).map(Until::Wall),
        }
    });
    (rule.split(';').filter(|part| !is_until(part)).collect::<Vec<_>>().join(";"), until)
}

/// `20260329T013000`, also as a mere date.
pub fn local(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let time = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok();
    // chrono and rrule would reach years that nobody plans for, slowly.
    time.or_else(|| Some(date(text)?.and_time(NaiveTime::MIN))).filter(|time| is_planned_for(time.date()))
}

/// `20260329`.
pub fn date(text: &str) -> Option<NaiveDate> {
    let eight = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    eight.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
}

fn is_planned_for(date: NaiveDate) -> bool {
    use chrono::Datelike;
    (1500..=2500).contains(&date.year())
}
