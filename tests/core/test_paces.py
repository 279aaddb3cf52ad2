"""Paces by name draft plans that nothing stops."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from companion.core.dispensing import Dispenser
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.drafting import Draft, draft_steps, usual_order
from companion.core.paces import NAMED_PACES, NamedPace, pace_named

STRENGTHS = [Decimal(s) for s in ("5", "10", "15", "30", "60", "100", "200")]
CURRENT = DayDoses(
    DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(60), TimeOfDay.EVENING: Decimal(60)}
)


@pytest.mark.parametrize("named", NAMED_PACES, ids=lambda named: str(named.key))
def test_each_pace_ends_at_nothing_with_no_cut_deeper_than_a_fifth_of_the_start(
    named: NamedPace,
) -> None:
    draft = Draft(
        CURRENT, date(2027, 1, 4), named.pace, usual_order(CURRENT), slow_down=named.slow_down
    )

    steps = draft_steps(draft, Dispenser(STRENGTHS, Decimal(60)))

    totals = [CURRENT.total, *(step.doses.total for step in steps)]
    assert totals[-1] == 0
    assert max(a - b for a, b in pairwise(totals)) <= CURRENT.total / 5
    assert named.source


def test_keys_are_unique_and_others_are_unknown() -> None:
    assert len({named.key for named in NAMED_PACES}) == len(NAMED_PACES)
    assert pace_named("canadian") in NAMED_PACES
    assert pace_named("cake") is None
