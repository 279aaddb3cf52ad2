"""Changes that a person makes to drafted steps: a hold put in, a step repeated, days avoided.

Doses never change here, only days, and no day comes earlier. A patch keeps to its change days.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from companion.core.taper import LONGEST_DAYS, PlanError, Step


def put_hold(
    steps: Sequence[Step], at: int, days: int, change_days: int | None = None
) -> tuple[Step, ...]:
    """Stay *days* longer on the dose before step *at*: it and all later ones move.

    Raises:
        PlanError: there is no dose before it, or the days cannot be.
    """
    _check(steps, at, first=1)
    _check_days(days)
    return _moved(steps, at, _whole(days, change_days))


def repeat(steps: Sequence[Step], at: int) -> tuple[Step, ...]:
    """Take the dose of step *at* for as long again: all later ones move.

    Raises:
        PlanError: it is the last one, which has no end.
    """
    _check(steps, at, last=len(steps) - 2)
    return _moved(steps, at + 1, steps[at + 1].starts_on - steps[at].starts_on)


def lengthen(
    steps: Sequence[Step], at: int, days: int, change_days: int | None = None
) -> tuple[Step, ...]:
    """Make the time on step *at*, and on each later one, *days* longer.

    Raises:
        PlanError: it is the last one, which has no end, or the days cannot be.
    """
    _check(steps, at, last=len(steps) - 2)
    _check_days(days)
    more = _whole(days, change_days)
    return (
        *steps[: at + 1],
        *(
            Step(step.starts_on + more * count, step.doses)
            for count, step in enumerate(steps[at + 1 :], 1)
        ),
    )


def end_at(steps: Sequence[Step], at: int) -> tuple[Step, ...]:
    """End with step *at*: a lower dose is a goal too.

    Raises:
        PlanError: there is no such step.
    """
    _check(steps, at, first=1)
    return tuple(steps[: at + 1])


def avoid(
    steps: Sequence[Step], is_avoided: Callable[[date], bool], change_days: int | None = None
) -> tuple[Step, ...]:
    """Let no reduction begin on a day that *is_avoided*: it waits for the next other day.

    A patch waits for its next change day. The first step is what is taken now and stays.

    Raises:
        PlanError: every day is avoided.
    """
    moved = [steps[0]]
    for before, step in pairwise(steps):
        wait = timedelta(days=change_days or 1)
        # As long after the one before as it was, at least: two that move never fall together.
        day = step.starts_on
        while day <= moved[-1].starts_on or is_avoided(day):
            day += wait
            if (day - before.starts_on).days > LONGEST_DAYS:
                raise PlanError("avoid", "No day is left on which a reduction may begin")
        moved.append(Step(day, step.doses))
    return tuple(moved)


def _moved(steps: Sequence[Step], at: int, by: timedelta) -> tuple[Step, ...]:
    return (*steps[:at], *(Step(step.starts_on + by, step.doses) for step in steps[at:]))


def _whole(days: int, change_days: int | None) -> timedelta:
    if change_days is None:
        return timedelta(days=days)
    return timedelta(days=-(-days // change_days) * change_days)


def _check(steps: Sequence[Step], at: int, *, first: int = 0, last: int | None = None) -> None:
    if not first <= at <= (len(steps) - 1 if last is None else last):
        raise PlanError("edit_step", "Choose another step for this")


def _check_days(days: int) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise PlanError("edit_days", "Enter a number of days, like 14")
