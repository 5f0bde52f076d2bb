"""Reads iCalendar texts (a JSON list on standard input) with the PyPI package `icalendar`, and answers what it
understood of each: its method and its events. Anything it objects to ends it with an error."""

import json
import sys
from datetime import timezone

from icalendar import Calendar


def event(found):
    assert not found.errors, found.errors
    required = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS")
    assert all(name in found for name in required), found.to_ical()
    at = lambda name: found.decoded(name).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "uid": str(found["UID"]),
        "start": at("DTSTART"),
        "end": at("DTEND"),
        "sequence": int(found["SEQUENCE"]),
        "status": str(found["STATUS"]),
        "summary": str(found["SUMMARY"]),
        "location": str(found.get("LOCATION", "")),
        "attendee": str(found.get("ATTENDEE", "")),
        "attendee_name": str(found["ATTENDEE"].params.get("CN", "")) if "ATTENDEE" in found else "",
    }


def calendar(text):
    calendars = Calendar.from_ical(text, multiple=True)
    assert len(calendars) == 1, len(calendars)
    read = calendars[0]
    assert not read.errors, read.errors
    assert str(read["VERSION"]) == "2.0" and "PRODID" in read
    # RFC 5545, 3.1: lines end with CRLF and have at most 75 bytes.
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n")), "a line is too long"
    assert "\n" not in text.replace("\r\n", "")
    return {"method": str(read["METHOD"]), "events": [event(found) for found in read.walk("VEVENT")]}


print(json.dumps([calendar(text) for text in json.load(sys.stdin)]))
