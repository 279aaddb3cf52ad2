"""Working days and hours of an organisation: weekdays, but for its nation's bank holidays.

Bank holidays come from the ``holidays`` library (checked against gov.uk for England).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from companion.core.calendar import local_day, moment_on

WORK_OPENS, WORK_CLOSES = time(9, 0), time(17, 0)
"""Rule L-01: when a team works, on its own clock, unless the organisation says otherwise."""
SATURDAY = 5


class Nation(StrEnum):
    """Whose bank holidays are kept, by the library's names. Stored; never rename one."""

    ENGLAND = "ENG"
    NORTHERN_IRELAND = "NIR"
    SCOTLAND = "SCT"
    WALES = "WLS"


@cache
def _bank_holidays(nation: Nation) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=nation.value)


def is_weekend(day: date) -> bool:
    """Tell whether *day* is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people of one organisation work.

    Raises:
        ValueError: work closes before it opens.
    """

    zone: ZoneInfo
    nation: Nation = Nation.ENGLAND
    opens: time = WORK_OPENS
    closes: time = WORK_CLOSES

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("work must open before it closes")

    def is_working_day(self, day: date) -> bool:
        """Tell whether they work on *day*."""
        return not is_weekend(day) and day not in _bank_holidays(self.nation)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after *day*."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def opening(self, day: date) -> datetime:
        """Return when work begins on *day*, as UTC."""
        return moment_on(day, self.opens, self.zone)

    def closing(self, day: date) -> datetime:
        """Return when work ends on *day*, as UTC."""
        return moment_on(day, self.closes, self.zone)

    def opening_after(self, since: datetime, days: int) -> datetime:
        """Return when work begins on the working day that is so many after *since*."""
        day = local_day(since, self.zone)
        for _ in range(days):
            day = self.next_working_day(day)
        return self.opening(day)

    def working_moment(self, now: datetime) -> datetime:
        """Return *now* if they work then, else when work next begins."""
        today = local_day(now, self.zone)
        if self.is_working_day(today):
            if now < self.opening(today):
                return self.opening(today)
            if now < self.closing(today):
                return now
        return self.opening(self.next_working_day(today))

    def after_work_of(self, amount: timedelta, since: datetime) -> datetime:
        """Return when they will have worked for *amount* since then."""
        moment = self.working_moment(since)
        while True:
            closes = self.closing(local_day(moment, self.zone))
            if moment + amount <= closes:
                return moment + amount
            amount -= closes - moment
            moment = self.working_moment(closes)
