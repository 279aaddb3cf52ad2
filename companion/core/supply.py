"""How many of each strength a stretch of a plan needs, and how long a supply lasts.

Patches are counted by the days on which they are changed, all else by the day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from companion.core.dispensing import Dispenser, TooFineError
from companion.core.doses import DayDoses
from companion.core.product import Product
from companion.core.taper import Hold, Step, dose_on, until_held

LONGEST_PRESCRIPTION_DAYS = 30
"""Rule C-08: a prescription of a controlled drug is for no longer than this."""
ASK_BEFORE = timedelta(days=7)
"""Rule C-09: how long before the last day the next prescription is asked for."""

Quantities = Mapping[Decimal, int]


@dataclass(frozen=True, slots=True)
class Prescription:
    """What is needed from *begins* to *last_day*, both included.

    *quantities* is None where a dose cannot be made of whole units.
    """

    begins: date
    last_day: date
    quantities: Quantities | None

    @property
    def ask_on(self) -> date:
        """When to ask for the one after it; never before it begins."""
        return max(self.begins, self.last_day - ASK_BEFORE)


@dataclass(frozen=True, slots=True)
class Supplied:
    """A prescription that was issued: the last day for which it holds the plan's doses."""

    issued_on: date
    lasts_until: date


def prescriptions(
    product: Product,
    steps: Sequence[Step],
    since: date,
    *,
    days: int,
    holds: Sequence[Hold] = (),
    until: date | None = None,
) -> list[Prescription]:
    """Return the prescriptions of *days* days each, from *since* until the last step is covered.

    The last dose goes on, so that one of them holds what it needs; a plan that ends at nothing
    ends with its last dose. *holds* keep later steps from coming. From *until* on another
    version counts, whose prescriptions are its own.
    """
    begins, last = max(since, steps[0].starts_on), until_held(steps, holds)[-1]
    ends = last.starts_on
    if last.doses.total:
        ends = max(begins, ends) + timedelta(days=days)
    ends = min(ends, until or ends)
    found = []
    while begins < ends:
        last_day = min(begins + timedelta(days=days), ends) - timedelta(days=1)
        needed = quantities(product, steps, begins, last_day, holds)
        found.append(Prescription(begins, last_day, needed))
        begins = last_day + timedelta(days=1)
    return found


def quantities(
    product: Product,
    steps: Sequence[Step],
    first: date,
    last: date,
    holds: Sequence[Hold] = (),
) -> Quantities | None:
    """Return how many of each strength the days from *first* to *last* need, largest first.

    None where one of their doses cannot be made, or the strengths are far too small for it.
    """
    try:
        dispenser = product.dispenser([step.doses for step in steps])
    except TooFineError:
        return None
    counted: Counter[Decimal] = Counter()
    for doses, times in _stretches(product, steps, first, last, holds):
        units = _units(dispenser, doses)
        if units is None:
            return None
        for strength, count in units.items():
            counted[strength] += count * times
    return dict(sorted(counted.items(), reverse=True))


def _stretches(
    product: Product, steps: Sequence[Step], first: date, last: date, holds: Sequence[Hold]
) -> Iterator[tuple[DayDoses, int]]:
    """Yield each dose of the stretch with how often it is taken, or put on."""
    change, origin = product.form.change_days or 1, changes_from(steps)
    starts = [step.starts_on for step in steps if first < step.starts_on <= last]
    for begins, ends in zip([first, *starts], [*starts, last + timedelta(days=1)], strict=True):
        doses = dose_on(steps, begins, holds)
        if doses is None:
            continue
        skipped = -(begins - origin).days % change
        yield doses, max(0, -(-((ends - begins).days - skipped) // change))


def changes_from(steps: Sequence[Step]) -> date:
    """Return a day on which a patch is changed: that of the first cut, or else the start."""
    return steps[min(1, len(steps) - 1)].starts_on


def _units(dispenser: Dispenser, doses: DayDoses) -> Counter[Decimal] | None:
    counted: Counter[Decimal] = Counter()
    for amount in doses.amounts.values():
        units = dispenser.units_of(amount)
        if units is None:
            return None
        counted.update(units)
    return counted


def stock(
    product: Product, steps: Sequence[Step], supplied: Supplied, holds: Sequence[Hold], today: date
) -> Quantities | None:
    """Return what of a supply should still be there on the morning of *today*, by strength.

    It was counted for the plan as it stood when it was issued; what was taken since follows
    every hold. Below 0 is what should have run out. None where a dose cannot be made.
    """
    at_issue = [hold for hold in holds if hold.held_on <= supplied.issued_on]
    had = quantities(product, steps, supplied.issued_on, supplied.lasts_until, at_issue)
    yesterday = today - timedelta(days=1)
    used = quantities(product, steps, supplied.issued_on, yesterday, holds)
    return None if had is None or used is None else _less(had, used)


def balance(
    product: Product,
    old: Sequence[Step],
    new: Sequence[Step],
    supplied: Supplied,
    holds: Sequence[Hold],
    today: date,
) -> Quantities | None:
    """Return what of a supply for *old* is left over under *new*, by strength.

    Negative is how many more are needed; strengths that come out even are left out. None where
    a dose of either cannot be made of whole units.
    """
    if supplied.lasts_until < today:
        return {}
    there = stock(product, old, supplied, holds, today)
    needed = quantities(product, new, today, supplied.lasts_until)
    if there is None or needed is None:
        return None
    return {size: count for size, count in _less(there, needed).items() if count}


def _less(one: Quantities, other: Quantities) -> dict[Decimal, int]:
    sizes = sorted({*one, *other}, reverse=True)
    return {size: one.get(size, 0) - other.get(size, 0) for size in sizes}


def held_until(
    steps: Sequence[Step],
    held: DayDoses,
    supplied: Supplied,
    holds: Sequence[Hold],
    today: date,
    product: Product | None = None,
) -> date:
    """Return the last day for which a supply that was made for the plan holds the *held* dose.

    Only the strengths that the held dose is made of count, for what is lower cannot always be
    put together. For a medicine that is not in the catalogue the amounts are compared instead.
    """
    if supplied.lasts_until < today or held.total == 0:
        return supplied.lasts_until
    lasts = _days_of_units(steps, held, supplied, holds, today, product)
    if lasts is None:
        lasts = int(_amount_left(steps, supplied, holds, today) / held.total)
    return min(today + timedelta(days=max(lasts, 0) - 1), supplied.lasts_until)


def _days_of_units(
    steps: Sequence[Step],
    held: DayDoses,
    supplied: Supplied,
    holds: Sequence[Hold],
    today: date,
    product: Product | None,
) -> int | None:
    there = None if product is None else stock(product, steps, supplied, holds, today)
    if product is None or there is None:
        return None
    each = _units(product.dispenser([step.doses for step in steps]), held)
    if not each:
        return None
    times = min(there.get(strength, 0) // count for strength, count in each.items())
    return times * (product.form.change_days or 1)


def _amount_left(
    steps: Sequence[Step], supplied: Supplied, holds: Sequence[Hold], today: date
) -> Decimal:
    at_issue = [hold for hold in holds if hold.held_on <= supplied.issued_on]
    had = _amount(steps, supplied.issued_on, supplied.lasts_until, at_issue)
    return had - _amount(steps, supplied.issued_on, today - timedelta(days=1), holds)


def _amount(steps: Sequence[Step], first: date, last: date, holds: Sequence[Hold]) -> Decimal:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    doses = (dose_on(steps, day, holds) for day in days)
    return sum((one.total for one in doses if one is not None), Decimal(0))
