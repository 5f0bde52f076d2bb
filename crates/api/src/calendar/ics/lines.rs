//! From the text of a calendar to the few properties that say when somebody is busy.
//!
//! The text comes from elsewhere. It is cut into small blocks first, an event or a zone each, with only the lines that
//! matter; the parser sees nothing else. So no depth of nesting and no length of a description can hurt it, and an event
//! that cannot be read costs that event alone.

use icalendar::parser::{Component, Property, read_components, unfold};

/// More events than a person has in a lifetime.
const MAX_BLOCKS: usize = 50_000;
/// Longer lines are not about time.
const MAX_LINE: usize = 64 * 1024;

const OF_EVENTS: [&str; 11] = [
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
];
const OF_ZONES: [&str; 7] = ["TZID", "X-LIC-LOCATION", "TZOFFSETFROM", "TZOFFSETTO", "DTSTART", "RRULE", "RDATE"];

/// A property as we use it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name in capitals.
    pub name: String,
    /// The zone it names.
    pub zone: Option<String>,
    /// Whether its value is a date without a time.
    pub is_date: bool,
    /// What it says.
    pub value: String,
}

/// An event or a zone.
#[derive(Debug, Default)]
pub struct Block {
    /// Its own properties.
    pub lines: Vec<Line>,
    /// Those of the parts of a zone.
    pub parts: Vec<Vec<Line>>,
}

impl Block {
    /// The first property of that name.
    pub fn get(&self, name: &str) -> Option<&Line> {
        find(&self.lines, name)
    }

    /// What it says.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|line| line.value.as_str())
    }
}

/// The first property of that name.
pub fn find<'a>(lines: &'a [Line], name: &str) -> Option<&'a Line> {
    lines.iter().find(|line| line.name == name)
}

/// A calendar, taken apart.
#[derive(Debug, Default)]
pub struct Calendar {
    /// `VEVENT`s.
    pub events: Vec<Block>,
    /// `VTIMEZONE`s.
    pub zones: Vec<Block>,
    /// How many of either could not be read.
    pub unreadable: usize,
    /// Whether there are more events than are read.
    pub cut_off: bool,
}

/// Takes a calendar apart; `None` when the text is none.
pub fn read(text: &str) -> Option<Calendar> {
    let text = unfold(text.trim_start_matches('\u{feff}'));
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    if !lines.next()?.eq_ignore_ascii_case("BEGIN:VCALENDAR") {
        return None;
    }
    let mut calendar = Calendar::default();
    // The block being collected, and what is open inside of it.
    let mut block: Option<(bool, String)> = None;
    let mut inside: Vec<String> = Vec::new();
    for line in lines {
        let upper = line.get(..line.len().min(40)).unwrap_or_default().to_ascii_uppercase();
        let (begins, ends) = (upper.strip_prefix("BEGIN:"), upper.strip_prefix("END:"));
        match (&mut block, begins, ends) {
            (None, Some(name @ ("VEVENT" | "VTIMEZONE")), _) => {
                if calendar.events.len() + calendar.zones.len() >= MAX_BLOCKS {
                    calendar.cut_off = true;
                    break;
                }
                block = Some((name == "VEVENT", format!("{line}\n")));
            }
            (None, _, _) => {}
            (Some((is_event, text)), None, Some("VEVENT" | "VTIMEZONE")) if inside.is_empty() => {
                text.push_str(line);
                text.push('\n');
                match (parse(text), *is_event) {
                    (Some(event), true) => calendar.events.push(event),
                    (Some(zone), false) => calendar.zones.push(zone),
                    (None, _) => calendar.unreadable += 1,
                }
                block = None;
            }
            (Some((is_event, text)), begins, ends) => {
                if let Some(name) = begins {
                    if inside.len() > 8 {
                        return None;
                    }
                    inside.push(name.to_owned());
                }
                let is_part = !*is_event && inside.len() == 1 && matches!(inside[0].as_str(), "STANDARD" | "DAYLIGHT");
                let wanted = if *is_event { &OF_EVENTS[..] } else { &OF_ZONES[..] };
                let name = upper.split([':', ';']).next().unwrap_or_default();
                let frames = is_part && (begins.is_some() || ends.is_some());
                if frames || (inside.is_empty() || is_part) && wanted.contains(&name) && line.len() <= MAX_LINE {
                    text.push_str(line);
                    text.push('\n');
                }
                if ends.is_some() {
                    inside.pop();
                }
            }
        }
    }
    Some(calendar)
}

fn parse(text: &str) -> Option<Block> {
    let component = read_components(text).ok()?.pop()?;
    let lines = |component: &Component| component.properties.iter().map(line).collect();
    Some(Block { lines: lines(&component), parts: component.components.iter().map(lines).collect() })
}

fn line(property: &Property) -> Line {
    let param = |key: &str| {
        let found = property.params.iter().find(|param| param.key.as_str().eq_ignore_ascii_case(key));
        found.and_then(|param| param.val.as_ref()).map(|value| value.as_str().trim_matches('"').to_owned())
    };
    Line {
        name: property.name.as_str().to_ascii_uppercase(),
        zone: param("TZID"),
        is_date: param("VALUE").is_some_and(|value| value.eq_ignore_ascii_case("DATE")),
        value: property.val.as_str().trim().to_owned(),
    }
}
