"""Two versions of a plan as a difference in plain words, so that nobody compares tables.

Amounts and days are named; the words around them are the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from companion.core.doses import DayDoses
from companion.core.taper import Hold, Step, dose_on


@dataclass(frozen=True, slots=True)
class Change:
    """From *on* until the next change: so much a day instead of so much."""

    on: date
    total: Decimal
    instead_of: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """How one version differs from the one before, from a day on.

    *later_days* is how much later the last reduction comes, negative for earlier; *ends_at*
    is the last total, *ended_at* the one before.
    """

    changes: tuple[Change, ...]
    later_days: int
    ends_at: Decimal
    ended_at: Decimal
    raises: bool
    """Whether any dose begins above what is taken now. A cut that comes later is no rise."""


def difference(
    old: Sequence[Step], new: Sequence[Step], since: date, holds: Sequence[Hold] = ()
) -> Difference:
    """Return how *new* differs from *old* on and after *since*, in the same unit.

    *holds* are those that bind the old version: what is taken stays while one stands.
    """
    days = sorted({since, *(s.starts_on for s in (*old, *new) if s.starts_on > since)})
    changes: list[Change] = []
    for day in days:
        before, after = dose_on(old, day, holds), dose_on(new, day)
        if before is not None and after is not None:
            changes.append(Change(day, after.total, before.total))
    return Difference(
        changes=tuple(_told_once(changes)),
        later_days=(new[-1].starts_on - old[-1].starts_on).days,
        ends_at=new[-1].doses.total,
        ended_at=old[-1].doses.total,
        raises=begins_above(old, new, since, holds),
    )


def begins_above(
    old: Sequence[Step], new: Sequence[Step], since: date, holds: Sequence[Hold] = ()
) -> bool:
    """Tell whether *new* begins with more, at any time of day, than *old* says.

    Held against it is what *old* says for *since*, and for the day on which *new* begins.
    """
    begins = max(since, new[0].starts_on)
    first, said = dose_on(new, begins), [dose_on(old, day, holds) for day in (since, begins)]
    assert first is not None  # it has begun
    return any(is_above(first, taken) for taken in said if taken is not None)


def is_above(first: DayDoses, taken: DayDoses) -> bool:
    """Tell whether *first* is more, at any time of day, than what is *taken*, in one unit."""
    if taken.amounts.keys() != first.amounts.keys():  # moved to other times: only totals compare
        return first.total > taken.total
    return any(amount > taken.at(time_of_day) for time_of_day, amount in first.amounts.items())


def _told_once(changes: Sequence[Change]) -> list[Change]:
    """Leave out days on which nothing differs, and days that say again what was said."""
    told: list[Change] = []
    last: tuple[Decimal, Decimal] | None = None
    for change in changes:
        pair = (change.total, change.instead_of)
        if pair != last and change.total != change.instead_of:
            told.append(change)
        last = pair
    return told
