"""A pace becomes dated steps of whole units, so that anyone can check it with a pencil.

The rungs are all the doses on the way down; the line is what the pace asks for before any
rounding; a step is never deeper than one cut or one rung, and no dose ever rises. All is
worked out in fractions: nothing is rounded on the way.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from companion.core.dispensing import Dispenser
from companion.core.doses import DayDoses, TimeOfDay
from companion.core.taper import LONGEST_DAYS, PlanError, Step


class Basis(StrEnum):
    """What a cut is measured by."""

    START = "start"
    """Percent of what is taken when the plan begins."""
    CURRENT = "current"
    """Percent of what is taken before each cut."""
    AMOUNT = "amount"
    """So much a day, in the unit of the dose."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How much less is taken after each cut: a percentage (0 to 100) or an amount a day."""

    size: Decimal
    basis: Basis

    def deepest(self, start: Decimal, before: Decimal) -> Fraction:
        """Return the most that one cut may take off *before*."""
        match self.basis:
            case Basis.START:
                return Fraction(self.size) / 100 * Fraction(start)
            case Basis.CURRENT:
                return Fraction(self.size) / 100 * Fraction(before)
            case _:
                return Fraction(self.size)

    def line(self, begins: Decimal | Fraction, start: Decimal, count: int) -> Fraction:
        """Return what the pace asks for after *count* cuts of a line that begins at *begins*."""
        if self.basis is Basis.CURRENT:
            return Fraction(begins) * (1 - Fraction(self.size) / 100) ** count
        return Fraction(begins) - count * self.deepest(start, start)


class Period(StrEnum):
    """What intervals are counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Every:
    """How long after one cut the next one comes."""

    number: int
    period: Period

    def after(self, origin: date, count: int, change_days: int | None = None) -> date:
        """Return the day of the *count*-th interval after *origin*.

        Months keep the day of the month, or take the month's last. A patch changes only on
        its own days, counted from *origin*: days and weeks are lengthened to whole changes,
        months move to the next one, never earlier.

        Raises:
            OverflowError: the calendar has no such day.
        """
        if self.period is Period.MONTHS:
            day = _months_after(origin, self.number * count)
            return day if change_days is None else _next_change(day, origin, change_days)
        days = self.number * (7 if self.period is Period.WEEKS else 1)
        if change_days is not None:
            days = -(-days // change_days) * change_days
        return origin + timedelta(days=days * count)


@dataclass(frozen=True, slots=True)
class Pace:
    """A cut, and how often it comes."""

    cut: Cut
    every: Every


@dataclass(frozen=True, slots=True)
class SlowDown:
    """Another pace, from the first date on which no more than so many percent are taken."""

    below_percent_of_start: Decimal
    pace: Pace


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be drafted. The first cut comes one interval after *starts_on* unless named."""

    current: DayDoses
    starts_on: date
    pace: Pace
    cut_order: tuple[TimeOfDay, ...]
    goal: Decimal = Decimal(0)
    slow_down: SlowDown | None = None
    first_cut_on: date | None = None
    change_days: int | None = None
    """How long a patch stays on, in days; None for what is no patch."""
    counted_from: Decimal | None = None
    """What percentages of the start mean, where a plan goes on from an older one; None is
    what is taken now."""

    @property
    def start(self) -> Decimal:
        """The day's total that percentages of the start are counted from."""
        return self.counted_from or self.current.total


WITH_A_NIGHT_DOSE = (TimeOfDay.MIDDAY, TimeOfDay.EVENING, TimeOfDay.MORNING, TimeOfDay.NIGHT)
WITHOUT_ONE = (TimeOfDay.MIDDAY, TimeOfDay.MORNING, TimeOfDay.EVENING)


def usual_order(current: DayDoses) -> tuple[TimeOfDay, ...]:
    """Return which of two equal doses is cut first, where nobody says otherwise."""
    order = WITH_A_NIGHT_DOSE if current.at(TimeOfDay.NIGHT) > 0 else WITHOUT_ONE
    return (*order, TimeOfDay.DAILY, TimeOfDay.PATCH)


def draft_steps(draft: Draft, dispenser: Dispenser) -> tuple[Step, ...]:
    """Return the dated steps from the first cut to the goal, or to the rung just above it.

    Raises:
        PlanError: the field is named; a pace that needs more than ten years is one.
    """
    check_draft(draft)
    ladder = rungs(draft.current, dispenser, draft.cut_order)
    return _walk(draft, [rung for rung in ladder if rung.total >= draft.goal], dispenser)


def check_draft(draft: Draft) -> None:
    """Refuse what cannot be drafted.

    Raises:
        PlanError: nothing is taken, the goal is not below it, a time that is taken stands
            not in the order, or the first cut is before the start.
    """
    if draft.current.total <= 0:
        raise PlanError("current", "nothing is taken now")
    if draft.goal >= draft.current.total:
        raise PlanError("goal.total", "the goal must be below what is taken now")
    left_out = [
        time_of_day
        for time_of_day, amount in draft.current.amounts.items()
        if amount > 0 and time_of_day not in draft.cut_order
    ]
    if left_out:
        raise PlanError("cut_order", f"{left_out[0]} is taken, but does not stand in the order")
    if draft.first_cut_on is not None and draft.first_cut_on < draft.starts_on:
        raise PlanError("first_cut_on", "the first cut cannot be before the plan starts")


def rungs(
    current: DayDoses, dispenser: Dispenser, cut_order: Sequence[TimeOfDay]
) -> list[DayDoses]:
    """Return every day's doses on the way from *current* to nothing, highest first.

    Each time the largest dose, among equals the first in *cut_order*, goes down to the next
    one that can be made. A day with a dose that cannot be made is passed over.
    """
    found, doses = [], current
    while doses.total > 0:
        largest = max(doses.amounts.values())
        where = next(time_of_day for time_of_day in cut_order if doses.at(time_of_day) == largest)
        doses = doses.with_amount(where, dispenser.next_below(largest))
        if all(dispenser.can_make(amount) for amount in doses.amounts.values()):
            found.append(doses)
    return found


@dataclass(slots=True)
class _Line:
    """What the pace asks for, from where it was last begun."""

    pace: Pace
    begins: Decimal | Fraction
    origin: date
    count: int


def _walk(draft: Draft, ladder: list[DayDoses], dispenser: Dispenser) -> tuple[Step, ...]:
    start = draft.start
    before, steps = draft.current, list[Step]()
    # A named first cut is the first interval's end: the line has one cut there already.
    line = (
        _Line(draft.pace, before.total, draft.starts_on, 0)
        if draft.first_cut_on is None
        else _Line(draft.pace, before.total, draft.first_cut_on, -1)
    )
    first_count = line.count
    slow = draft.slow_down
    if slow is not None and _is_slow(slow, before, start):
        line, first_count, slow = _Line(slow.pace, before.total, draft.starts_on, 0), 0, None
    while ladder and before.total > ladder[-1].total:
        line.count += 1
        day = _day(line, draft)
        asked = _asked(line, start, line.count - first_count, draft.goal, dispenser)
        chosen = _choose(ladder, before, asked, line.pace.cut.deepest(start, before.total))
        if chosen is None:
            continue
        before = chosen
        steps.append(Step(day, chosen))
        if slow is not None and _is_slow(slow, before, start):
            line, first_count, slow = _Line(slow.pace, before.total, day, 0), 0, None
    return tuple(steps)


def line_ends_on(draft: Draft, dispenser: Dispenser) -> date:
    """Return when the pace itself, before any rounding, has come to the goal.

    Raises:
        PlanError: not within ten years.
    """
    start = draft.start
    begins: Decimal | Fraction = draft.current.total
    origin = draft.starts_on if draft.first_cut_on is None else draft.first_cut_on
    ahead = 0 if draft.first_cut_on is None else 1
    pace, slow, count = draft.pace, draft.slow_down, 0
    while True:
        count += 1
        line = _Line(pace, begins, origin, count - ahead)
        day = _day(line, draft)
        asked = _asked(line, start, count, draft.goal, dispenser)
        if asked <= draft.goal:
            return day
        if slow is not None and asked * 100 <= Fraction(slow.below_percent_of_start * start):
            begins, origin, pace = asked, day, slow.pace
            slow, count, ahead = None, 0, 0


def _day(line: _Line, draft: Draft) -> date:
    too_long = PlanError("pace", "this pace needs more than ten years")
    try:
        day = line.pace.every.after(line.origin, line.count, draft.change_days)
    except OverflowError as error:
        raise too_long from error
    if (day - draft.starts_on).days > LONGEST_DAYS:
        raise too_long
    return day


def _asked(
    line: _Line, start: Decimal, count: int, goal: Decimal, dispenser: Dispenser
) -> Fraction:
    asked = line.pace.cut.line(line.begins, start, count)
    ends = line.pace.cut.basis is Basis.CURRENT and goal == 0
    if ends and asked < Fraction(dispenser.smallest) / 2:
        return Fraction(0)
    return max(asked, Fraction(goal))


def _choose(
    ladder: list[DayDoses], before: DayDoses, asked: Fraction, deepest: Fraction
) -> DayDoses | None:
    lower = [rung for rung in ladder if rung.total < before.total]
    within = [rung for rung in lower if Fraction(before.total - rung.total) <= deepest]
    allowed = [rung for rung in (within or lower[:1]) if rung.total >= asked]
    return allowed[-1] if allowed else None


def _is_slow(slow: SlowDown, doses: DayDoses, start: Decimal) -> bool:
    return doses.total * 100 <= slow.below_percent_of_start * start


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("the calendar ends before")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _next_change(day: date, origin: date, change_days: int) -> date:
    return day + timedelta(days=-(day - origin).days % change_days)
