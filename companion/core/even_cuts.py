"""Where a percentage cannot be cut evenly: the even cuts beside it, for a person to choose.

10 % of 240 mg of codeine is 24 mg; in tablets of 15, 30 and 60 mg the even cuts beside it are
15 mg (6.3 %) and 30 mg (12.5 %).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from companion.core.dispensing import whole_step
from companion.core.plan_checks import percent


@dataclass(frozen=True, slots=True)
class EvenCut:
    """An amount a day that whole units can take off each time, and its percentage of the start."""

    amount: Decimal
    share: Decimal


def even_cuts(start: Decimal, asked: Decimal, strengths: Sequence[Decimal]) -> tuple[EvenCut, ...]:
    """Return the even cuts next to *asked* percent of *start*, smaller first.

    Empty where *asked* can be cut evenly, or where nothing is below the start.
    """
    step = whole_step(strengths)
    cut = start * asked / 100
    if cut % step == 0:
        return ()
    below = cut // step * step
    return tuple(
        EvenCut(amount, percent(amount, start))
        for amount in (below, below + step)
        if 0 < amount < start
    )
