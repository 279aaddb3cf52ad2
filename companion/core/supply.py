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
from companion.core.taper import Step, dose_on

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


def prescriptions(
    product: Product, steps: Sequence[Step], since: date, *, days: int
) -> list[Prescription]:
    """Return the prescriptions of *days* days each, from *since* until the last step is covered.

    The last step goes on, so that one of them holds what it needs; a plan that ends at nothing
    ends with its last dose.
    """
    begins = max(since, steps[0].starts_on)
    ends = steps[-1].starts_on + (timedelta(days=days) if steps[-1].doses.total else timedelta())
    found = []
    while begins < ends:
        last_day = min(begins + timedelta(days=days), ends) - timedelta(days=1)
        found.append(Prescription(begins, last_day, quantities(product, steps, begins, last_day)))
        begins = last_day + timedelta(days=1)
    return found


def quantities(
    product: Product, steps: Sequence[Step], first: date, last: date
) -> Quantities | None:
    """Return how many of each strength the days from *first* to *last* need, largest first.

    None where one of their doses cannot be made, or the strengths are far too small for it.
    """
    try:
        dispenser = product.dispenser([step.doses for step in steps])
    except TooFineError:
        return None
    counted: Counter[Decimal] = Counter()
    for doses, times in _stretches(product, steps, first, last):
        units = _units(dispenser, doses)
        if units is None:
            return None
        for strength, count in units.items():
            counted[strength] += count * times
    return dict(sorted(counted.items(), reverse=True))


def _stretches(
    product: Product, steps: Sequence[Step], first: date, last: date
) -> Iterator[tuple[DayDoses, int]]:
    """Yield each dose of the stretch with how often it is taken, or put on."""
    change = product.form.change_days or 1
    origin = steps[min(1, len(steps) - 1)].starts_on
    starts = [step.starts_on for step in steps if first < step.starts_on <= last]
    for begins, ends in zip([first, *starts], [*starts, last + timedelta(days=1)], strict=True):
        doses = dose_on(steps, begins)
        if doses is None:
            continue
        skipped = -(begins - origin).days % change
        yield doses, max(0, -(-((ends - begins).days - skipped) // change))


def _units(dispenser: Dispenser, doses: DayDoses) -> Counter[Decimal] | None:
    counted: Counter[Decimal] = Counter()
    for amount in doses.amounts.values():
        units = dispenser.units_of(amount)
        if units is None:
            return None
        counted.update(units)
    return counted


def balance(
    product: Product, old: Sequence[Step], new: Sequence[Step], today: date, supplied_until: date
) -> Quantities | None:
    """Return what of a supply for *old* is left over under *new*, by strength.

    Negative is how many more are needed; strengths that come out even are left out. None where
    a dose of either cannot be made of whole units.
    """
    if supplied_until < today:
        return {}
    had = quantities(product, old, today, supplied_until)
    needed = quantities(product, new, today, supplied_until)
    if had is None or needed is None:
        return None
    sizes = sorted({*had, *needed}, reverse=True)
    left = {size: had.get(size, 0) - needed.get(size, 0) for size in sizes}
    return {size: count for size, count in left.items() if count}


def held_until(
    steps: Sequence[Step],
    held: DayDoses,
    today: date,
    supplied_until: date,
    product: Product | None = None,
) -> date:
    """Return the last day for which a supply that was made for the plan holds the *held* dose.

    The supply was counted for the doses of *steps* up to *supplied_until*. Only the strengths
    that the held dose is made of count, for what is lower cannot always be put together. For a
    medicine that is not in the catalogue the amounts are compared instead.
    """
    if supplied_until < today or held.total == 0:
        return supplied_until
    lasts = _days_of_units(steps, held, today, supplied_until, product)
    if lasts is None:
        stock = sum((_total_on(steps, day) for day in _days(today, supplied_until)), Decimal(0))
        lasts = int(stock / held.total)
    return min(today + timedelta(days=lasts - 1), supplied_until)


def _days_of_units(
    steps: Sequence[Step],
    held: DayDoses,
    today: date,
    supplied_until: date,
    product: Product | None,
) -> int | None:
    if product is None:
        return None
    stock = quantities(product, steps, today, supplied_until)
    if stock is None:
        return None
    each = _units(product.dispenser([step.doses for step in steps]), held)
    if not each:
        return None
    times = min(stock.get(strength, 0) // count for strength, count in each.items())
    return times * (product.form.change_days or 1)


def _total_on(steps: Sequence[Step], day: date) -> Decimal:
    doses = dose_on(steps, day)
    return Decimal(0) if doses is None else doses.total


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
