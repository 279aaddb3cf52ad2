"""Local days and hours: when a check-in is due and when a text may arrive unasked.

Days are counted on the patient's calendar, so a 09:00 check-in stays at 09:00 when the
clocks change. An hour that does not exist is moved forward; an hour that comes twice
is taken once, the first time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST_SAFE = time(7, 0)
"""Rule C-01: no text that answers nothing arrives before this hour, whatever was agreed."""
LATEST_SAFE = time(21, 0)
"""Rule C-02: nor after this one."""
SHORTEST_WINDOW = timedelta(minutes=30)
"""Rule C-03: hours narrower than this cannot be kept by a mobile network."""


@dataclass(frozen=True, slots=True)
class Window:
    """Between two moments, as UTC; the end is not part of it."""

    opens_at: datetime
    closes_at: datetime

    def covers(self, now: datetime) -> bool:
        """Tell whether *now* lies inside."""
        return self.opens_at <= now < self.closes_at


def local_day(now: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day that *now* is where the patient lives."""
    return now.astimezone(zone).date()


def written(day: date) -> str:
    """Return *day* as sentences for staff write it, such as ``Mon 18 Jan 2027``."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def moment_on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return local *at* on *day* as UTC; in a spring gap, the moment the gap ends or later."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def window_on(day: date, opens: time, closes: time, zone: ZoneInfo) -> Window:
    """Return the patient's safe hours of one local day."""
    return Window(moment_on(day, opens, zone), moment_on(day, closes, zone))


def next_window(opens: time, closes: time, zone: ZoneInfo, now: datetime) -> Window:
    """Return the safe hours that *now* is in, or the next ones."""
    today = window_on(local_day(now, zone), opens, closes, zone)
    if now < today.closes_at:
        return today
    return window_on(local_day(now, zone) + timedelta(days=1), opens, closes, zone)
