"""Who is told of an alert that nobody has taken, and when: the rungs of the ladder.

Minutes count only in an emergency; what is urgent goes by working hours, the rest by
working days. After the last rung it begins no new one, but repeats that one until
somebody has taken the alert. There is no end without a person.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from companion.core.calendar import local_day
from companion.core.urgency import Urgency
from companion.core.working import after_work_of, next_working_day, opening

EMERGENCY_MINUTES = (0, 5, 15)
"""Rule L-02: minutes after which the team, everybody, and the duty address are told."""
EMERGENCY_AGAIN = timedelta(minutes=30)
"""Rule L-02: and again, until somebody has it."""
URGENT_HOURS = (0, 2, 4)
"""Rule L-03: the same in working hours; then once each working day."""
SOON_DAYS = (1, 2, 3)
"""Rule L-04: the same at the beginning of the working day, so many after the alert; then daily."""
TEXTED_FROM = 1
"""Rule L-05: the first rung, from 0, of what is no emergency that is told by text too."""


def is_texted(urgency: Urgency, rung: int) -> bool:
    """Tell whether *rung* is told by text too: at once in an emergency, else when mail did not do."""
    return urgency is Urgency.EMERGENCY or rung >= TEXTED_FROM


class Reach(StrEnum):
    """How far a rung reaches. Values are stored; never rename one."""

    TEAM = "team"
    EVERYBODY = "everybody"
    """All of the organisation who work with patients."""
    DUTY = "duty"
    """Everybody, and the duty address."""


REACHES = (Reach.TEAM, Reach.EVERYBODY, Reach.DUTY)
LAST = len(REACHES) - 1


def reach_of(rung: int) -> Reach:
    """Return how far *rung*, counted from 0, reaches; those after the last repeat it."""
    return REACHES[min(rung, LAST)]


def due_at(
    urgency: Urgency, rung: int, *, opened_at: datetime, last_at: datetime, zone: ZoneInfo
) -> datetime:
    """Return when *rung* is due; a repeat counts from *last_at*, when the one before was told."""
    if rung > LAST:
        return _again_at(urgency, last_at, zone)
    match urgency:
        case Urgency.EMERGENCY:
            return opened_at + timedelta(minutes=EMERGENCY_MINUTES[rung])
        case Urgency.URGENT:
            return after_work_of(timedelta(hours=URGENT_HOURS[rung]), opened_at, zone)
        case _:
            day = local_day(opened_at, zone)
            for _ in range(SOON_DAYS[rung]):
                day = next_working_day(day)
            return opening(day, zone)


def _again_at(urgency: Urgency, last_at: datetime, zone: ZoneInfo) -> datetime:
    if urgency is Urgency.EMERGENCY:
        return last_at + EMERGENCY_AGAIN
    return opening(next_working_day(local_day(last_at, zone)), zone)
