"""What a patient's HOLD, SLOWER, READY and SAME mean for the steps that are left.

Only days move: the doses stay those that were agreed, so nothing here can raise one or make
one that cannot be dispensed, and what a person changed by hand stays. What comes out binds
nobody until both have agreed to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from companion.core.taper import Hold, Step, step_on

NOTICE = timedelta(days=7)
"""Rule C-05: a redrawn reduction comes no sooner than this: time to agree and to dispense."""
SLOWER_TIMES = 2
"""Rule C-06: SLOWER makes the time between reductions this many times as long."""


class Say(StrEnum):
    """What a patient asks of the plan. Values are stored; never rename one."""

    SLOWER = "slower"
    """The same reductions, further apart."""
    READY = "ready"
    """On again after a hold; without one the plan goes on as it is."""
    SAME = "same"
    """This dose for one interval more, then on as before."""


@dataclass(frozen=True, slots=True)
class Left:
    """What of a plan is still to come, seen from one day."""

    now: Step
    """What is taken, from the day that it is looked at."""
    since: date
    """When that dose began."""
    rest: tuple[Step, ...]


def left_of(steps: Sequence[Step], today: date, holds: Sequence[Hold] = ()) -> Left | None:
    """Return what is taken on *today* and what would still come; None before the plan starts.

    What a hold kept from coming is among what is left: it was missed, and nothing releases it
    but a new agreement.
    """
    step = step_on(steps, today, holds)
    if step is None:
        return None
    rest = tuple(later for later in steps if later.starts_on > step.starts_on)
    return Left(Step(today, step.doses), step.starts_on, rest)


def redraw(
    say: Say,
    steps: Sequence[Step],
    today: date,
    holds: Sequence[Hold] = (),
    *,
    change_days: int | None = None,
) -> tuple[Step, ...] | None:
    """Return the plan from *today* on as *say* asks for; None where nothing is left to redraw.

    *change_days* is how long a patch stays on: reductions then keep to the plan's change days.
    """
    left = left_of(steps, today, holds)
    if left is None or not left.rest:
        return None
    days = [left.since, *(step.starts_on for step in left.rest)]
    gaps = [after - before for before, after in pairwise(days)]
    soonest = today + NOTICE
    match say:
        case Say.SLOWER:
            gaps = [gap * SLOWER_TIMES for gap in gaps]
            first = max(left.since + gaps[0], soonest)
        case Say.READY:
            # Never sooner than the pace has it: being ready after a week is no faster pace.
            first = max(left.since + gaps[0], soonest)
        case _:  # the same dose for one interval more
            first = max(left.rest[0].starts_on, today) + gaps[0]
    first = _on_change_day(first, left.rest[0].starts_on, change_days)
    return (left.now, *_dated(left.rest, first, gaps[1:]))


def _on_change_day(day: date, grid: date, change_days: int | None) -> date:
    if change_days is None:
        return day
    return day + timedelta(days=-(day - grid).days % change_days)


def _dated(rest: Sequence[Step], first: date, gaps: Sequence[timedelta]) -> list[Step]:
    dated = [Step(first, rest[0].doses)]
    for step, gap in zip(rest[1:], gaps, strict=True):
        dated.append(Step(dated[-1].starts_on + gap, step.doses))
    return dated
