"""Working days and hours of a team: weekdays from nine to five, but for bank holidays.

Bank holidays are England's, from the ``holidays`` library (checked against gov.uk).
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from companion.core.calendar import local_day, moment_on

WORK_OPENS, WORK_CLOSES = time(9, 0), time(17, 0)
"""Rule L-01: when a team works, on its own clock."""

_BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")
SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether a team works on *day*."""
    return day.weekday() < SATURDAY and day not in _BANK_HOLIDAYS


def next_working_day(day: date) -> date:
    """Return the first working day after *day*."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def opening(day: date, zone: ZoneInfo) -> datetime:
    """Return when work begins on *day*, as UTC."""
    return moment_on(day, WORK_OPENS, zone)


def working_moment(now: datetime, zone: ZoneInfo) -> datetime:
    """Return *now* if the team works then, else when it next begins."""
    today = local_day(now, zone)
    if is_working_day(today):
        if now < opening(today, zone):
            return opening(today, zone)
        if now < moment_on(today, WORK_CLOSES, zone):
            return now
    return opening(next_working_day(today), zone)


def after_work_of(amount: timedelta, since: datetime, zone: ZoneInfo) -> datetime:
    """Return when the team will have worked for *amount* since then."""
    moment = working_moment(since, zone)
    while True:
        closes = moment_on(local_day(moment, zone), WORK_CLOSES, zone)
        if moment + amount <= closes:
            return moment + amount
        amount -= closes - moment
        moment = working_moment(closes, zone)
