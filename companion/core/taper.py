"""A taper as patient and prescriber agree it: dated steps, in order, that never rise.

The service drafts steps from the pace a patient chose; people agree them. It never
changes an agreed dose by itself, never raises one, and never converts one drug into
another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from companion.core.doses import DayDoses, DoseUnit, plain

MOST_STEPS = 400
"""A taper with more is a typing error."""
LONGEST_DAYS = 3653
"""Ten years."""
MOST_A_DAY = {
    DoseUnit.MILLIGRAM: 3000,
    DoseUnit.MILLILITRE: 1000,
    DoseUnit.MICROGRAM_PER_HOUR: 1000,
    DoseUnit.TABLET: 100,
}
"""Rule PLAN-23: more in a day than anybody is known to take is a typing error."""
LONG_PAST_DAYS = 366
"""Rule PLAN-24: a plan that began longer ago is a typing error; so is a review before today."""


class PlanError(ValueError):
    """Steps or a pace that cannot be a taper.

    ``field`` names where, such as ``steps[3].morning``; the message is for the person
    typing.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Step:
    """What is taken from one day on, until the next step."""

    starts_on: date
    doses: DayDoses


@dataclass(frozen=True, slots=True)
class Hold:
    """The patient stays on the dose of *held_on*. It lasts until a new version is agreed.

    Ending a hold releases nothing by itself: what was missed is redrawn and agreed again.
    """

    held_on: date


def check_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return *steps* when they can be a taper.

    Raises:
        PlanError: there are none or too many, dates do not rise, the unit changes, the
            plan is longer than ten years, a dose rises, or more is taken than anybody takes.
    """
    if not steps:
        raise PlanError("steps", "Enter at least one step")
    if len(steps) > MOST_STEPS:
        raise PlanError("steps", f"A plan has at most {MOST_STEPS} steps")
    try:
        check_most(steps[0].doses)
    except PlanError as error:
        raise PlanError(f"steps[0].{error.field}", str(error)) from error
    for index in range(1, len(steps)):
        _check_against(index, steps[index - 1], steps[index])
    if (steps[-1].starts_on - steps[0].starts_on).days > LONGEST_DAYS:
        raise PlanError(f"steps[{len(steps) - 1}].starts_on", "A plan lasts at most ten years")
    return tuple(steps)


def check_most(doses: DayDoses) -> None:
    """Refuse a day with more than anybody takes.

    Raises:
        PlanError: the time of day with the largest amount is named.
    """
    most = MOST_A_DAY[doses.unit]
    if doses.total > most:
        largest = max(doses.amounts, key=doses.at)
        raise PlanError(
            largest,
            f"{plain(doses.total)} {doses.unit} a day is more than anybody takes (over {most}): "
            "look at the amounts again",
        )


def check_days(starts_on: date, review_on: date | None, today: date) -> None:
    """Refuse days that can only be typing errors.

    Raises:
        PlanError: the plan began long ago, or the next review is before *today*.
    """
    if (today - starts_on).days > LONG_PAST_DAYS:
        raise PlanError("starts_on", "This is more than a year ago: look at the year again")
    if review_on is not None and review_on < today:
        raise PlanError("review_on", "The next review cannot be before today")


def _check_against(index: int, before: Step, step: Step) -> None:
    where = f"steps[{index}]"
    if step.starts_on <= before.starts_on:
        raise PlanError(f"{where}.starts_on", "Each step must start after the one before")
    if step.doses.unit is not before.doses.unit:
        raise PlanError(f"{where}.unit", "The unit cannot change within a plan")
    for time_of_day in step.doses.amounts:
        if step.doses.at(time_of_day) > before.doses.at(time_of_day):
            raise PlanError(
                f"{where}.{time_of_day}",
                "A dose cannot rise in a taper. A rise needs the prescriber, outside this service",
            )


def step_on(steps: Sequence[Step], day: date, holds: Sequence[Hold] = ()) -> Step | None:
    """Return the step that is in force on *day*, or None before the plan starts.

    The first hold stops the plan where it stands: from then on the dose stays.
    """
    held_on = held_from(steps, holds)
    if held_on is not None and held_on < day:
        day = held_on
    begun = [step for step in steps if step.starts_on <= day]
    return begun[-1] if begun else None


def dose_on(steps: Sequence[Step], day: date, holds: Sequence[Hold] = ()) -> DayDoses | None:
    """Return what the plan says for *day*, or None before it starts."""
    step = step_on(steps, day, holds)
    return None if step is None else step.doses


def next_cut(steps: Sequence[Step], day: date, holds: Sequence[Hold] = ()) -> Step | None:
    """Return the first step after *day* that will come, or None while a hold stands."""
    held_on = held_from(steps, holds)
    if held_on is not None and held_on <= day:
        return None
    later = [step for step in steps if step.starts_on > day]
    if not later or (held_on is not None and later[0].starts_on > held_on):
        return None
    return later[0]


def last_cut(steps: Sequence[Step], day: date, holds: Sequence[Hold] = ()) -> date | None:
    """Return the day of the newest reduction up to *day*, or None when none has come."""
    held_on = held_from(steps, holds)
    until = day if held_on is None else min(day, held_on)
    cuts = [step.starts_on for step in steps[1:] if step.starts_on <= until]
    return cuts[-1] if cuts else None


def until_held(steps: Sequence[Step], holds: Sequence[Hold]) -> tuple[Step, ...]:
    """Return the steps that come, or came: all of them, but for those that a hold keeps away."""
    held_on = held_from(steps, holds)
    return tuple(step for step in steps if held_on is None or step.starts_on <= held_on)


def first_cut(steps: Sequence[Step]) -> date | None:
    """Return the day of the first reduction, or None for a plan without one."""
    return steps[1].starts_on if len(steps) > 1 else None


def held_from(steps: Sequence[Step], holds: Sequence[Hold]) -> date | None:
    """Return the day whose dose stays, or None. A plan that is held before it begins does begin."""
    if not holds:
        return None
    return max(min(hold.held_on for hold in holds), steps[0].starts_on)
