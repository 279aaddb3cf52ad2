"""Two versions as a difference in plain words."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.plan_changes import Change, begins_above, difference
from companion.core.taper import Hold, Step, dose_on

BEGINS = date(2027, 1, 4)


def on(day: int) -> date:
    return BEGINS + timedelta(days=day)


def a_step(day: int, amount: int, time: TimeOfDay = TimeOfDay.MORNING) -> Step:
    return Step(on(day), DayDoses(DoseUnit.MILLIGRAM, {time: Decimal(amount)}))


OLD = (a_step(0, 60), a_step(14, 45), a_step(28, 30))


def test_a_later_cut_is_told_as_what_is_taken_instead() -> None:
    new = (a_step(10, 60), a_step(28, 45), a_step(56, 30))

    found = difference(OLD, new, on(10))

    assert found.changes == (
        Change(on(14), Decimal(60), Decimal(45)),
        Change(on(28), Decimal(45), Decimal(30)),
    )
    assert found.later_days == 28
    assert not found.raises


def test_the_same_plan_differs_in_nothing() -> None:
    found = difference(OLD, OLD, on(3))

    assert (found.changes, found.later_days, found.raises) == ((), 0, False)


def test_before_either_has_begun_nothing_differs() -> None:
    new = (a_step(20, 50), a_step(28, 30))

    found = difference(OLD, new, on(-5))

    assert found.changes == (Change(on(20), Decimal(50), Decimal(45)),)


def test_another_end_is_told() -> None:
    found = difference(OLD, (*OLD, a_step(42, 15)), on(0))

    assert (found.ended_at, found.ends_at) == (Decimal(30), Decimal(15))


def test_beginning_with_more_than_is_taken_is_a_rise_also_after_a_hold() -> None:
    held = [Hold(on(20))]

    assert begins_above(OLD, (a_step(30, 60),), on(30))
    assert begins_above(OLD, (a_step(30, 45),), on(30))
    assert not begins_above(OLD, (a_step(30, 45),), on(30), held)
    assert not begins_above(OLD, (a_step(-9, 90),), on(-9)), "before it began nothing is taken"


def test_one_dose_time_above_is_a_rise_though_the_total_is_not() -> None:
    both = {TimeOfDay.MORNING: Decimal(30), TimeOfDay.EVENING: Decimal(30)}
    old = (Step(on(0), DayDoses(DoseUnit.MILLIGRAM, both)),)
    moved = {TimeOfDay.MORNING: Decimal(40), TimeOfDay.EVENING: Decimal(20)}

    assert begins_above(old, (Step(on(1), DayDoses(DoseUnit.MILLIGRAM, moved)),), on(1))


def test_at_other_times_of_day_only_the_totals_compare() -> None:
    assert not begins_above(OLD, (a_step(1, 60, TimeOfDay.NIGHT),), on(1))
    assert begins_above(OLD, (a_step(1, 61, TimeOfDay.NIGHT),), on(1))


plans = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 20)), min_size=1, max_size=8).map(
    lambda parts: tuple(
        a_step(
            sum(gap for gap, _cut in parts[: i + 1]) - parts[0][0],
            200 - sum(cut for _gap, cut in parts[: i + 1]),
        )
        for i in range(len(parts))
    )
)


@given(plans, plans)
def test_what_is_told_gives_the_dose_of_every_day(
    old: tuple[Step, ...], new: tuple[Step, ...]
) -> None:
    changes = difference(old, new, BEGINS).changes

    for day in range(0, 400, 7):
        before, after = dose_on(old, on(day)), dose_on(new, on(day))
        assert before is not None
        assert after is not None
        if before.total != after.total:
            told = [change for change in changes if change.on <= on(day)][-1]
            assert (told.total, told.instead_of) == (after.total, before.total)
