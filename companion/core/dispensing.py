"""A dose as whole units of the strengths to hand: found exactly, never greedily.

120 mg from 60s and 100s is two 60s; a greedy search takes a 100 and is left with 20.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import gcd

from companion.core.doses import plain

SMALLEST = Decimal("0.001")
"""All amounts are whole multiples of this."""
MOST_STRENGTHS = 20
"""Of one form: more than twice what any has."""
MOST_AMOUNTS = 5_000
"""Different doses that are worked out: finer strengths than this are a typing error."""

Units = Mapping[Decimal, int]


class TooFineError(ValueError):
    """The strengths are so small beside the dose that nobody could mean them."""


class Dispenser:
    """Answers for one set of strengths and one largest dose, each amount worked out once.

    *most_units* bounds how many units make one dose; None is no bound.

    Raises:
        TooFineError: there are more than 5,000 doses up to the largest.
    """

    def __init__(
        self, strengths: Sequence[Decimal], largest: Decimal, *, most_units: int | None = None
    ) -> None:
        self._strengths = sorted(set(strengths), reverse=True)
        whole = [_whole(strength) for strength in self._strengths]
        self._step = gcd(*whole)
        self._sizes = [size // self._step for size in whole]
        self._most_units = most_units
        up_to = _whole(largest) // self._step
        if up_to > MOST_AMOUNTS:
            raise TooFineError("these strengths are too small for such a dose")
        self._best = self._table(up_to)

    def _table(self, up_to: int) -> list[tuple[int, int, tuple[int, ...]] | None]:
        """Return the best way to make each amount up to *up_to*, counted in steps.

        A way is its number of units, its number of different strengths, and how many of each
        strength, largest first and negated, so that the least of all is the best.
        """
        nothing = tuple(0 for _ in self._sizes)
        best: list[tuple[int, int, tuple[int, ...]] | None] = [(0, 0, nothing)]
        # The fewest units come first, so each way is one unit more than a shorter amount's. Of
        # those that share the fewest, one is kept for each set of strengths: what is added
        # later changes both alike, and the tie between sets is settled at the end.
        ways: list[dict[tuple[bool, ...], tuple[int, ...]]] = [{_set_of(nothing): nothing}]
        for amount in range(1, up_to + 1):
            found = self._ways(amount, best, ways)
            ways.append(found)
            best.append(min((_rank(way) for way in found.values()), default=None))
        return best

    def _ways(
        self,
        amount: int,
        best: Sequence[tuple[int, int, tuple[int, ...]] | None],
        ways: Sequence[dict[tuple[bool, ...], tuple[int, ...]]],
    ) -> dict[tuple[bool, ...], tuple[int, ...]]:
        fewest: int | None = None
        found: dict[tuple[bool, ...], tuple[int, ...]] = {}
        for index, size in enumerate(self._sizes):
            before = best[amount - size] if size <= amount else None
            if before is None:
                continue
            units = before[0] + 1
            if self._most_units is not None and units > self._most_units:
                continue
            if fewest is None or units < fewest:
                fewest, found = units, {}
            if units == fewest:
                for before_it in ways[amount - size].values():
                    way = _one_more(before_it, index)
                    kind = _set_of(way)
                    found[kind] = min(way, found.get(kind, way))
        return found

    def units_of(self, amount: Decimal) -> Units | None:
        """Return how many of each strength make *amount*, or None when it cannot be made.

        The fewest units, then the fewest different strengths, then more of the largest.
        """
        steps, rest = divmod(_whole(amount), self._step)
        if rest or steps >= len(self._best):
            return None
        best = self._best[steps]
        if best is None:
            return None
        counts = zip(self._strengths, best[2], strict=True)
        return {strength: -count for strength, count in counts if count}

    def can_make(self, amount: Decimal) -> bool:
        """Tell whether whole units make *amount*; nothing always can."""
        return self.units_of(amount) is not None

    def next_below(self, amount: Decimal) -> Decimal:
        """Return the largest dose below *amount* that can be made; 0 at the end."""
        steps = min(-(-_whole(amount) // self._step), len(self._best)) - 1
        while self._best[steps] is None:
            steps -= 1
        return Decimal(plain(steps * self._step * SMALLEST))

    @property
    def smallest(self) -> Decimal:
        """The smallest dose above nothing that can be made."""
        return self._strengths[-1]


def dispenser_for(
    strengths: Sequence[Decimal],
    current: Decimal,
    largest: Decimal,
    *,
    is_patch: bool,
    patches_at_once: int | None = None,
) -> Dispenser:
    """Return what makes doses up to *largest*.

    Of patches no more are worn at once than *patches_at_once*, or else than the fewest that
    make *current*.

    Raises:
        TooFineError: the strengths are too small for such a dose.
    """
    if is_patch and patches_at_once is None:
        units = Dispenser(strengths, largest).units_of(current)
        patches_at_once = 1 if units is None else sum(units.values())
    return Dispenser(strengths, largest, most_units=patches_at_once)


def whole_step(strengths: Sequence[Decimal]) -> Decimal:
    """Return the amount that all doses of these strengths are whole multiples of."""
    return Decimal(plain(gcd(*(_whole(strength) for strength in strengths)) * SMALLEST))


def _whole(amount: Decimal) -> int:
    return int(amount / SMALLEST)


def _rank(way: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
    units = -sum(way)
    return units, sum(1 for count in way if count), way


def _set_of(way: tuple[int, ...]) -> tuple[bool, ...]:
    return tuple(count != 0 for count in way)


def _one_more(way: tuple[int, ...], index: int) -> tuple[int, ...]:
    return (*way[:index], way[index] - 1, *way[index + 1 :])
