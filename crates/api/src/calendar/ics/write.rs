//! Invites, and the owner's feed.
//!
//! Times are written in UTC, which every calendar shows right in whatever zone its owner looks at it; so no description
//! of zones has to come along and grow old.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Parameter, Property};
use uuid::Uuid;

/// An appointment, as calendars elsewhere are told of it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Of the booking: with the host it is the entry's name for good.
    pub id: Uuid,
    /// How often it was changed: a calendar takes the highest.
    pub sequence: i64,
    /// When this was written.
    pub stamp: DateTime<Utc>,
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
    /// What it is called.
    pub title: &'a str,
    /// Where it takes place; may be empty.
    pub location: &'a str,
    /// What else there is to know; may be empty.
    pub description: &'a str,
    /// Whether it will not take place.
    pub is_cancelled: bool,
}

/// Somebody with an address.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    /// Display name.
    pub name: &'a str,
    /// E-mail address.
    pub email: &'a str,
}

/// An invite (`METHOD:REQUEST`), or its end (`METHOD:CANCEL`), from the shop to a customer.
pub fn invite(host: &str, entry: &Entry, organizer: &Person, attendee: &Person) -> String {
    let mut event = event(host, entry);
    event.append_property(person("ORGANIZER", organizer));
    let mut attendee = person("ATTENDEE", attendee);
    for (key, value) in [("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")] {
        attendee.append_parameter(Parameter::new(key, value));
    }
    event.append_multi_property(attendee);
    let mut calendar = calendar(method(entry));
    calendar.push(event.done());
    calendar.to_string()
}

/// What an invite asks a calendar to do.
pub fn method(entry: &Entry) -> &'static str {
    if entry.is_cancelled { "CANCEL" } else { "REQUEST" }
}

/// A calendar to subscribe to.
pub fn feed<'a>(host: &str, name: &str, entries: impl Iterator<Item = Entry<'a>>) -> String {
    let mut calendar = calendar("PUBLISH");
    calendar.append_property(Property::new("X-WR-CALNAME", plain(name)));
    calendar.append_property(Property::new("X-PUBLISHED-TTL", "PT15M"));
    for entry in entries {
        calendar.push(event(host, &entry).done());
    }
    calendar.to_string()
}

fn calendar(method: &str) -> Calendar {
    let mut calendar = Calendar::empty();
    for (key, value) in
        [("VERSION", "2.0"), ("PRODID", "-//Vitrine//Calendar//EN"), ("CALSCALE", "GREGORIAN"), ("METHOD", method)]
    {
        calendar.append_property(Property::new(key, value));
    }
    calendar
}

fn event(host: &str, entry: &Entry) -> Event {
    let mut event = Event::with_uid(&format!("{}@{host}", entry.id));
    event
        .timestamp(entry.stamp)
        .starts(entry.start)
        .ends(entry.end)
        .summary(&plain(entry.title))
        .sequence(u32::try_from(entry.sequence).unwrap_or(u32::MAX))
        .status(if entry.is_cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
    for (key, text) in [("LOCATION", entry.location), ("DESCRIPTION", entry.description)] {
        if !text.is_empty() {
            event.add_property(key, plain(text));
        }
    }
    event
}

/// Text without what would end a line or is no character to be seen; line breaks stay, for they are escaped.
fn plain(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn person(key: &str, person: &Person) -> Property {
    let address: String = person.email.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let name: String = person.name.chars().filter(|c| !c.is_control() && *c != '"').collect();
    let mut property = Property::new(key, format!("mailto:{address}"));
    if !name.trim().is_empty() {
        property.append_parameter(Parameter::new("CN", name.trim()));
    }
    property.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{hours::Hours, ics::busy};

    fn entry() -> Entry<'static> {
        let at = |text: &str| text.parse().unwrap();
        Entry {
            id: Uuid::from_u128(7),
            sequence: 3,
            stamp: at("2026-03-01T00:00:00Z"),
            start: at("2026-03-10T09:00:00Z"),
            end: at("2026-03-10T10:00:00Z"),
            title: "Consultation, long; \"quoted\"\r\nDTSTART:19700101T000000Z",
            location: "https://video.example/room?a=1;b=2",
            description: "Line one\nLine two",
            is_cancelled: false,
        }
    }

    const SHOP: Person = Person { name: "Ink & Paper", email: "shop@example.com" };

    #[test]
    fn an_invite_says_what_calendars_need_and_nothing_smuggled_in() {
        let eve = Person { name: "Eve \"x\";\r\nSTATUS:CANCELLED", email: "eve@example.com\r\nX:1" };
        let text = invite("shop.example", &entry(), &SHOP, &eve);
        let unfolded = text.replace("\r\n ", "");
        let lines: Vec<&str> = unfolded.split("\r\n").collect();
        for line in [
            "BEGIN:VCALENDAR",
            "METHOD:REQUEST",
            "UID:00000000-0000-0000-0000-000000000007@shop.example",
            "SEQUENCE:3",
            "DTSTAMP:20260301T000000Z",
            "DTSTART:20260310T090000Z",
            "DTEND:20260310T100000Z",
            "STATUS:CONFIRMED",
            "DESCRIPTION:Line one\\nLine two",
            "ORGANIZER;CN=Ink & Paper:mailto:shop@example.com",
        ] {
            assert!(lines.contains(&line), "{line} in\n{text}");
        }
        assert!(lines.iter().any(|line| line.starts_with("SUMMARY:Consultation\\, long\\; ")), "{text}");
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("DTSTART") || line.starts_with("STATUS")).count(),
            2,
            "{text}"
        );
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        // What we write we can read.
        let read = busy::read(&text, &Hours::none(chrono_tz::Tz::UTC), entry().stamp).unwrap();
        assert_eq!((read.spans, read.problem), (vec![(entry().start, entry().end)], None));
    }

    #[test]
    fn its_end_has_the_same_name_and_a_higher_number() {
        let end = Entry { is_cancelled: true, sequence: 4, ..entry() };
        let text = invite("shop.example", &end, &SHOP, &SHOP);
        for line in
            ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:4", "UID:00000000-0000-0000-0000-000000000007@shop.example"]
        {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }
}
