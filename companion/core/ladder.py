"""Who is told of an alert that nobody has taken, and when: the rungs of the ladder.

Minutes count only in an emergency; what is urgent goes by working hours, the rest by
working days. After the last rung it begins no new one, but repeats that one until
somebody has taken the alert. There is no end without a person, nor is there one when
somebody took it and then wrote nothing down.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from companion.core.calendar import local_day
from companion.core.urgency import Urgency
from companion.core.working import WorkingTime

EMERGENCY_MINUTES = (0, 5, 10, 15)
"""Rule L-02: minutes after which the team, everybody, the lead and the duty address are told."""
EMERGENCY_AGAIN = timedelta(minutes=30)
"""Rule L-02: and again, until somebody has it."""
URGENT_HOURS = (0, 2, 3, 4)
"""Rule L-03: the same in working hours; then once each working day."""
SOON_DAYS = (1, 2, 3, 4)
"""Rule L-04: the same at the beginning of the working day, so many after the alert; then daily."""
LONGEST = {
    Urgency.EMERGENCY: (timedelta(minutes=1), timedelta(minutes=60)),
    Urgency.URGENT: (timedelta(hours=1), timedelta(hours=16)),
    Urgency.SOON: (timedelta(days=1), timedelta(days=10)),
}
"""What one step counts in, and by when the last rung must have come, whoever sets it."""
TEXTED_FROM = 1
"""Rule L-05: the first rung, from 0, of what is no emergency that is told by text too."""
FORGOTTEN_MINUTES, FORGOTTEN_HOURS, FORGOTTEN_DAYS = 120, 8, 5
"""Rule L-06: after so many minutes (an emergency), working hours (urgent) or working days
(soon) an alert that somebody took and wrote nothing about is told anew. An emergency about a
person that comes again meanwhile is told anew at once (rule L-07)."""

OVERDUE_MINUTES = 15
"""Rule L-09: after so many minutes an emergency that stands is overdue; what is urgent is when
work ends on the same working day, the rest when it ends on the next."""


class Reach(StrEnum):
    """How far a rung reaches. Values are stored; never rename one."""

    TEAM = "team"
    EVERYBODY = "everybody"
    """All of the organisation who work with patients."""
    LEAD = "lead"
    """The team's lead; everybody where it has none."""
    DUTY = "duty"
    """Everybody, and the duty address."""


REACHES = (Reach.TEAM, Reach.EVERYBODY, Reach.LEAD, Reach.DUTY)
LAST = len(REACHES) - 1


class LadderError(ValueError):
    """Times that no ladder can have. The message is for whoever typed them."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """When the rungs of one organisation are due.

    Raises:
        LadderError: not one time for each rung, or they do not rise, or end too late.
    """

    emergency_minutes: tuple[int, ...] = EMERGENCY_MINUTES
    urgent_hours: tuple[int, ...] = URGENT_HOURS
    soon_days: tuple[int, ...] = SOON_DAYS

    def __post_init__(self) -> None:
        for urgency, times in (
            (Urgency.EMERGENCY, self.emergency_minutes),
            (Urgency.URGENT, self.urgent_hours),
            (Urgency.SOON, self.soon_days),
        ):
            one, longest = LONGEST[urgency]
            name = urgency.name.lower()
            if len(times) != len(REACHES):
                raise LadderError(f"{name}: give {len(REACHES)} times, one for each rung")
            if times[0] < 0 or any(a >= b for a, b in pairwise(times)):
                raise LadderError(f"{name}: each time must be later than the one before")
            if times[-1] * one > longest:
                raise LadderError(f"{name}: the last rung may be {longest // one} at most")
        if self.emergency_minutes[0] != 0:
            raise LadderError("emergency: the first rung is told at once, so the first time is 0")

    def due_at(
        self,
        urgency: Urgency,
        rung: int,
        *,
        opened_at: datetime,
        last_at: datetime,
        work: WorkingTime,
    ) -> datetime:
        """Return when *rung* is due; a repeat counts from *last_at*, when the one before was."""
        if rung > LAST:
            return _again_at(urgency, last_at, work)
        match urgency:
            case Urgency.EMERGENCY:
                return opened_at + timedelta(minutes=self.emergency_minutes[rung])
            case Urgency.URGENT:
                return work.after_work_of(timedelta(hours=self.urgent_hours[rung]), opened_at)
            case _:
                return work.opening_after(opened_at, self.soon_days[rung])


def is_texted(urgency: Urgency, rung: int) -> bool:
    """Tell whether *rung* is told by text too: at once in an emergency, else when mail did not do."""
    return urgency is Urgency.EMERGENCY or rung >= TEXTED_FROM


def reach_of(rung: int) -> Reach:
    """Return how far *rung*, counted from 0, reaches; those after the last repeat it."""
    return REACHES[min(rung, LAST)]


def forgotten_at(urgency: Urgency, taken_at: datetime, work: WorkingTime) -> datetime:
    """Return when an alert that somebody took, and wrote nothing about, counts as forgotten."""
    match urgency:
        case Urgency.EMERGENCY:
            return taken_at + timedelta(minutes=FORGOTTEN_MINUTES)
        case Urgency.URGENT:
            return work.after_work_of(timedelta(hours=FORGOTTEN_HOURS), taken_at)
        case _:
            return work.opening_after(taken_at, FORGOTTEN_DAYS)


def overdue_at(urgency: Urgency, opened_at: datetime, work: WorkingTime) -> datetime:
    """Return when an alert has stood for longer than its urgency allows, whoever has it."""
    match urgency:
        case Urgency.EMERGENCY:
            return opened_at + timedelta(minutes=OVERDUE_MINUTES)
        case Urgency.URGENT:
            return work.closing(local_day(work.working_moment(opened_at), work.zone))
        case _:
            return work.closing(work.next_working_day(local_day(opened_at, work.zone)))


def _again_at(urgency: Urgency, last_at: datetime, work: WorkingTime) -> datetime:
    if urgency is Urgency.EMERGENCY:
        return last_at + EMERGENCY_AGAIN
    return work.opening_after(last_at, 1)
