"""Days for a phone's calendar, as iCalendar. The library is loaded when the first is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module

PRODUCT = "-//Tapering Companion//EN"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One whole day. *key* is the same from version to version, so that a newer file moves it."""

    key: str
    on: date
    title: str


def calendar_of(days: Sequence[CalendarDay], *, sequence: int, written_at: datetime) -> bytes:
    """Return the file; a higher *sequence* takes the place of what a lower one put in."""
    icalendar = import_module("icalendar")
    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    for day in days:
        event = icalendar.Event()
        event.add("uid", f"{day.key}@tapering-companion")
        event.add("sequence", sequence)
        event.add("dtstamp", written_at)
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", day.title)
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    content: bytes = made.to_ical()
    return content
