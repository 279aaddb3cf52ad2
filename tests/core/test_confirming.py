"""A reduction that fell due while somebody may have struggled is not taken for taken."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from companion.core.confirming import Worry, unconfirmed_step
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.taper import Hold, Step

BEGINS = date(2027, 1, 4)


def on(day: int) -> date:
    return BEGINS + timedelta(days=day)


def a_step(day: int, amount: int) -> Step:
    return Step(on(day), DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)}))


STEPS = (a_step(0, 60), a_step(14, 50), a_step(28, 40))


@pytest.mark.parametrize(
    ("worry", "today", "unsure"),
    [
        (Worry(on(10), None), 13, None),
        (Worry(on(10), None), 14, 14),
        (Worry(on(14), None), 20, 14),
        (Worry(on(15), None), 20, None),
        (Worry(on(10), on(13)), 20, None),
        (Worry(on(10), on(14)), 20, 14),
        (Worry(on(10), on(20)), 27, 14),
        (Worry(on(10), on(20)), 28, None),
        (Worry(on(0), None), 5, None),
    ],
)
def test_the_cut_in_force_is_unsure_when_a_worry_stood_on_its_day(
    worry: Worry, today: int, unsure: int | None
) -> None:
    found = unconfirmed_step(STEPS, on(today), (), [worry], ())

    assert (found.starts_on if found else None) == (on(unsure) if unsure else None)


def test_what_a_person_wrote_down_is_sure() -> None:
    assert unconfirmed_step(STEPS, on(15), (), [Worry(on(10), None)], {on(14)}) is None


def test_what_a_hold_kept_from_coming_is_no_question() -> None:
    assert unconfirmed_step(STEPS, on(15), [Hold(on(12))], [Worry(on(10), None)], ()) is None


def test_before_the_plan_nothing_is_unsure() -> None:
    assert unconfirmed_step(STEPS, on(-1), (), [Worry(on(-5), None)], ()) is None
