//! Calendars as they are found, and as somebody hostile would write them.

use super::*;
use crate::calendar::hours::Stay;

/// Events within a calendar, read in Berlin on 1 March 2026.
fn spans(events: &str) -> Vec<String> {
    let busy = busy(events);
    assert_eq!(busy.problem, None);
    shown(&busy)
}

fn shown(busy: &Busy) -> Vec<String> {
    let short = |at: DateTime<Utc>| at.format("%m-%dT%H:%M").to_string();
    busy.spans.iter().map(|(from, until)| format!("{}/{}", short(*from), short(*until))).collect()
}

fn busy(events: &str) -> Busy {
    busy_for(&Hours::none(Tz::Europe__Berlin), events)
}

fn busy_for(hours: &Hours, events: &str) -> Busy {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}\nEND:VCALENDAR\n").replace('\n', "\r\n");
    read(&text, hours, now()).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\n")
}

#[test]
fn times_are_read_in_their_zone() {
    assert_eq!(spans(&event("DTSTART:20260310T090000Z\nDTEND:20260310T100000Z")), ["03-10T09:00/03-10T10:00"]);
    let tokyo = "DTSTART;TZID=Asia/Tokyo:20260310T090000\nDURATION:PT1H30M";
    assert_eq!(spans(&event(tokyo)), ["03-10T00:00/03-10T01:30"]);
    assert_eq!(spans(&event("DTSTART:20260310T090000\nDTEND:20260310T100000")), ["03-10T08:00/03-10T09:00"], "at home");
    let long = "DTSTART;TZID=/mozilla.org/20070129_1/Asia/Tokyo:20260310T090000\nDURATION:PT1H";
    assert_eq!(spans(&event(long)), ["03-10T00:00/03-10T01:00"]);
    let over = "DTSTART;TZID=Asia/Tokyo:20260310T090000\nDTEND;TZID=Asia/Kolkata:20260310T090000";
    assert_eq!(spans(&event(over)), ["03-10T00:00/03-10T03:30"], "a flight");
    assert_eq!(spans(&event("DTSTART:20260329T023000\nDURATION:PT30M")), ["03-29T01:30/03-29T02:00"], "skipped");
}

#[test]
fn whole_days_last_from_midnight_to_midnight_at_home() {
    assert_eq!(spans(&event("DTSTART;VALUE=DATE:20260310")), ["03-09T23:00/03-10T23:00"]);
    let change = "DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260331";
    assert_eq!(spans(&event(change)), ["03-27T23:00/03-30T22:00"], "three days, one of 23 hours");
}

#[test]
fn what_has_no_zone_goes_along_on_journeys() {
    let day = |date: &str| date.parse().unwrap();
    let tokyo = Stay { from: day("2026-03-10"), to: day("2026-03-11"), zone: Tz::Asia__Tokyo };
    let hours = Hours { stays: vec![tokyo], ..Hours::none(Tz::Europe__Berlin) };
    let spans = |lines: &str| shown(&busy_for(&hours, &event(lines)));
    assert_eq!(spans("DTSTART;VALUE=DATE:20260310"), ["03-09T15:00/03-10T15:00"]);
    assert_eq!(spans("DTSTART:20260311T090000\nDTEND:20260311T100000"), ["03-11T00:00/03-11T01:00"]);
    let berlin = "DTSTART;TZID=Europe/Berlin:20260311T090000\nDTEND;TZID=Europe/Berlin:20260311T100000";
    assert_eq!(spans(berlin), ["03-11T08:00/03-11T09:00"], "it names its zone");
    let daily = "DTSTART:20260309T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260311T120000";
    assert_eq!(spans(daily), ["03-09T11:00/03-09T12:00", "03-10T03:00/03-10T04:00", "03-12T11:00/03-12T12:00"]);
    // Each day is the owner's whole day, whatever the next one is elsewhere.
    assert_eq!(spans("DTSTART;VALUE=DATE:20260309"), ["03-08T23:00/03-09T23:00"], "the day before leaving");
    assert_eq!(spans("DTSTART;VALUE=DATE:20260311\nDTEND;VALUE=DATE:20260313"), ["03-10T15:00/03-12T23:00"]);
    let night = "DTSTART:20260309T220000\nDTEND:20260310T010000";
    assert_eq!(spans(night), ["03-09T21:00/03-10T00:00"], "three hours, not an end before the start");
}

#[test]
fn free_and_cancelled_is_not_busy() {
    let time = "DTSTART:20260310T090000Z\nDTEND:20260310T100000Z\n";
    for free in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"] {
        assert!(spans(&event(&format!("{time}{free}"))).is_empty(), "{free}");
    }
    assert_eq!(spans(&event(&format!("{time}STATUS:TENTATIVE\nTRANSP:OPAQUE"))).len(), 1);
    assert!(spans(&event("DTSTART:20260310T090000Z")).is_empty(), "no length");
    assert!(spans(&event("DTSTART:20260210T090000Z\nDURATION:PT1H")).is_empty(), "over");
}

#[test]
fn repetitions_follow_the_wall_clock() {
    let weekly = "DTSTART;TZID=Europe/Berlin:20260323T090000\nDTEND;TZID=Europe/Berlin:20260323T100000\nRRULE:FREQ=WEEKLY;COUNT=2";
    assert_eq!(spans(&event(weekly)), ["03-23T08:00/03-23T09:00", "03-30T07:00/03-30T08:00"]);
    let old = "DTSTART;TZID=Europe/Berlin:19990104T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260331T070000Z";
    assert_eq!(spans(&event(old)), ["03-09T08:00/03-09T09:00", "03-23T08:00/03-23T09:00"]);
    let until = "DTSTART;VALUE=DATE:20260310\nRRULE:FREQ=DAILY;UNTIL=20260311";
    assert_eq!(spans(&event(until)), ["03-09T23:00/03-11T23:00"], "touching days are one time");
    let last_friday = "DTSTART:20260130T100000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=4";
    assert_eq!(spans(&event(last_friday)), ["03-27T10:00/03-27T11:00", "04-24T10:00/04-24T11:00"]);
    let dates = "DTSTART:20260310T090000Z\nDURATION:PT1H\nRDATE:20260312T090000Z,20260313T090000Z";
    assert_eq!(spans(&event(dates)).len(), 3);
}

#[test]
fn exceptions_and_moved_repetitions_count() {
    let daily = "DTSTART;TZID=Europe/Berlin:20260310T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n";
    let except = format!("{daily}EXDATE;TZID=Europe/Berlin:20260311T090000,20260312T090000");
    assert_eq!(spans(&event(&except)), ["03-10T08:00/03-10T09:00", "03-13T08:00/03-13T09:00"]);
    assert_eq!(spans(&event(&format!("{daily}EXDATE;VALUE=DATE:20260311"))).len(), 3);
    assert_eq!(spans(&event(&format!("{daily}EXDATE:20260311T080000Z"))).len(), 3);
    let moved = "DTSTART:20260311T200000Z\nDURATION:PT1H\nRECURRENCE-ID;TZID=Europe/Berlin:20260311T090000";
    let both = spans(&(event(daily) + &event(moved)));
    assert_eq!(
        both,
        ["03-10T08:00/03-10T09:00", "03-11T20:00/03-11T21:00", "03-12T08:00/03-12T09:00", "03-13T08:00/03-13T09:00"]
    );
    let cancelled = format!("{moved}\nSTATUS:CANCELLED");
    assert_eq!(spans(&(event(daily) + &event(&cancelled))).len(), 3);
}

/// As Outlook writes it: a zone of its own name, with rules since 1601.
const OUTLOOK: &str = "BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
";

#[test]
fn a_described_zone_is_followed() {
    let at = |local: &str| {
        let line = format!("DTSTART;TZID=Eastern Standard Time:{local}\nDTEND;TZID=Eastern Standard Time:{local}");
        let event = event(&line.replacen("DTEND", "DURATION:PT1H\nX-OLD", 1));
        spans(&(OUTLOOK.to_owned() + &event))[0][..11].to_owned()
    };
    assert_eq!(at("20260307T090000"), "03-07T14:00");
    assert_eq!(at("20260308T090000"), "03-08T13:00");
    assert_eq!(at("20261101T003000"), "11-01T04:30");
    assert_eq!(at("20261101T030000"), "11-01T08:00");
    // The same as the real zone, day for day.
    let real = |local: &str| {
        spans(&event(&format!("DTSTART;TZID=America/New_York:{local}\nDURATION:PT1H")))[0][..11].to_owned()
    };
    for day in ["20260401", "20260701", "20261031", "20261102", "20270314", "20270315"] {
        assert_eq!(at(&format!("{day}T120000")), real(&format!("{day}T120000")), "{day}");
    }
}

#[test]
fn what_is_not_understood_is_told() {
    let unknown = busy(&event("DTSTART;TZID=Middle Earth:20260310T090000\nDURATION:PT1H"));
    assert_eq!(shown(&unknown), ["03-10T08:00/03-10T09:00"]);
    assert!(unknown.problem.unwrap().contains("Middle Earth"));
    let some =
        busy(&(event("DTSTART:never") + &event("DTSTART:20260310T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES")));
    assert_eq!(shown(&some), ["03-10T09:00/03-10T10:00"], "at least the first time");
    assert!(some.problem.unwrap().starts_with("2 entries"));
    for text in ["", "<html>", "BEGIN:VCARD\nEND:VCARD"] {
        assert_eq!(read(text, &Hours::none(Tz::UTC), now()), None, "{text}");
    }
}

#[test]
fn a_hostile_calendar_is_bounded() {
    let began = std::time::Instant::now();
    let seconds = busy(&event("DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"));
    assert!(seconds.problem.unwrap().contains("more in it"));
    let never =
        event("DTSTART:20260101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30").repeat(200);
    busy(&never);
    let deep = "BEGIN:VEVENT\n".to_owned() + &"BEGIN:X\n".repeat(500_000);
    assert_eq!(read(&format!("BEGIN:VCALENDAR\n{deep}"), &Hours::none(Tz::UTC), now()), None);
    let huge = event(&format!("DESCRIPTION:{}\nDTSTART:20260310T090000Z\nDURATION:PT1H", "x".repeat(5_000_000)));
    assert_eq!(shown(&busy(&huge)).len(), 1);
    let endless = event("DTSTART:20260101T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY").repeat(2_000);
    assert!(busy(&endless).spans.len() <= MAX_SPANS);
    for odd in [
        "DTSTART:99991231T235959Z\nDURATION:P9999999999999999999W",
        "DTSTART:20260310T090000Z\nDTEND:00010101T000000Z\nRRULE:FREQ=YEARLY;INTERVAL=65535",
        "DTSTART:20260310T090000Z\nDURATION:-PT1H\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART;TZID=:20260310T090000\nDURATION:PT1H\nEXDATE:,,,;;;:::",
        "DTSTART;VALUE=DATE:20260310\nDTEND:20260311T000000Z\nRRULE:FREQ=DAILY;UNTIL=;COUNT=;BYDAY=99MO",
        "RRULE;RRULE=\"RRULE:FREQ=DAILY",
    ] {
        busy(&event(odd));
    }
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}
