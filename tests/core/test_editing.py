"""A person changes drafted steps: days move, never sooner, and doses stay."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.editing import avoid, end_at, lengthen, put_hold, repeat
from companion.core.taper import PlanError, Step
from companion.core.working import is_weekend

BEGINS = date(2027, 1, 4)  # a Monday


def a_step(day: int, amount: int) -> Step:
    doses = DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)})
    return Step(BEGINS + timedelta(days=day), doses)


STEPS = (a_step(0, 60), a_step(14, 50), a_step(28, 40), a_step(42, 30))


def days_of(steps: tuple[Step, ...]) -> list[int]:
    return [(step.starts_on - BEGINS).days for step in steps]


def test_a_hold_moves_the_step_and_all_that_come_after_it() -> None:
    assert days_of(put_hold(STEPS, 2, 7)) == [0, 14, 35, 49]


def test_a_repeated_step_is_taken_for_as_long_again() -> None:
    assert days_of(repeat(STEPS, 1)) == [0, 14, 42, 56]


def test_a_longer_rest_is_longer_step_by_step() -> None:
    assert days_of(lengthen(STEPS, 1, 7)) == [0, 14, 35, 56]


def test_ending_early_keeps_the_dose_of_that_step() -> None:
    assert [step.doses.total for step in end_at(STEPS, 2)] == [60, 50, 40]


def test_patches_move_by_whole_changes() -> None:
    assert days_of(put_hold(STEPS, 1, 7, 3)) == [0, 23, 37, 51]
    assert days_of(lengthen(STEPS, 0, 1, 3)) == [0, 17, 34, 51]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        pytest.param("edit_step", lambda: put_hold(STEPS, 0, 7), id="1"),
        pytest.param("edit_step", lambda: put_hold(STEPS, 4, 7), id="2"),
        pytest.param("edit_days", lambda: put_hold(STEPS, 1, 0), id="3"),
        pytest.param("edit_days", lambda: put_hold(STEPS, 1, 9999), id="4"),
        pytest.param("edit_step", lambda: repeat(STEPS, 3), id="5"),
        pytest.param("edit_step", lambda: repeat(STEPS, -1), id="6"),
        pytest.param("edit_step", lambda: lengthen(STEPS, 3, 7), id="7"),
        pytest.param("edit_step", lambda: end_at(STEPS, 0), id="8"),
        pytest.param("avoid", lambda: avoid(STEPS, lambda _day: True), id="9"),
    ],
)
def test_what_cannot_be_changed_names_its_field(field: str, change: object) -> None:
    assert callable(change)
    with pytest.raises(PlanError) as raised:
        change()

    assert raised.value.field == field


def test_a_reduction_waits_for_monday_and_two_never_fall_together() -> None:
    steps = (a_step(0, 60), a_step(5, 50), a_step(6, 40), a_step(7, 30))  # Sat, Sun, Mon

    assert days_of(avoid(steps, is_weekend)) == [0, 7, 8, 9]


def test_the_first_step_is_what_is_taken_and_stays() -> None:
    steps = (a_step(5, 60), a_step(19, 50))

    assert days_of(avoid(steps, is_weekend)) == [5, 21]


def test_a_patch_waits_for_its_next_change_day() -> None:
    steps = (a_step(0, 60), a_step(12, 50), a_step(24, 40))  # the first is a Saturday

    assert days_of(avoid(steps, is_weekend, 3)) == [0, 15, 24]


plans = st.lists(st.integers(1, 40), min_size=1, max_size=12).map(
    lambda gaps: tuple(a_step(sum(gaps[:n]), 200 - n) for n in range(len(gaps) + 1))
)


@given(plans, st.sets(st.integers(0, 6), max_size=6), st.sets(st.integers(0, 400), max_size=40))
def test_whatever_is_avoided_no_reduction_comes_sooner_and_none_is_lost(
    steps: tuple[Step, ...], weekdays: set[int], days: set[int]
) -> None:
    def is_avoided(day: date) -> bool:
        return day.weekday() in weekdays or (day - BEGINS).days in days

    moved = avoid(steps, is_avoided)

    assert [step.doses for step in moved] == [step.doses for step in steps]
    assert all(
        after.starts_on >= before.starts_on for before, after in zip(steps, moved, strict=True)
    )
    assert all(a.starts_on < b.starts_on for a, b in pairwise(moved))
    assert not any(is_avoided(step.starts_on) for step in moved[1:])
    if not any(is_avoided(step.starts_on) for step in steps[1:]):
        assert moved == steps


@given(plans, st.data())
def test_no_edit_changes_a_dose_or_brings_one_sooner(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(steps) - 1))
    days = data.draw(st.integers(1, 100))
    changed = [put_hold(steps, at, days)]
    if at < len(steps) - 1:
        changed += [repeat(steps, at), lengthen(steps, at, days)]

    for edited in changed:
        assert [step.doses for step in edited] == [step.doses for step in steps]
        assert edited[:at] == steps[:at]
        assert all(b.starts_on >= a.starts_on for a, b in zip(steps, edited, strict=True))
