"""HOLD, SLOWER, READY and SAME: only days move, and nothing that was missed is released."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.pace import NOTICE, Say, left_of, redraw
from companion.core.taper import Hold, Step, check_steps, dose_on

BEGINS = date(2027, 1, 4)


def a_step(day: int, amount: int) -> Step:
    doses = DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)})
    return Step(BEGINS + timedelta(days=day), doses)


STEPS = (a_step(0, 60), a_step(14, 50), a_step(28, 40), a_step(49, 30))


def on(day: int) -> date:
    return BEGINS + timedelta(days=day)


def days_of(steps: tuple[Step, ...] | None) -> list[int]:
    assert steps is not None
    return [(step.starts_on - BEGINS).days for step in steps]


def totals(steps: tuple[Step, ...] | None) -> list[int]:
    assert steps is not None
    return [int(step.doses.total) for step in steps]


def test_slower_doubles_the_time_between_reductions() -> None:
    redrawn = redraw(Say.SLOWER, STEPS, on(16))

    assert totals(redrawn) == [50, 40, 30]
    assert days_of(redrawn) == [16, 14 + 28, 14 + 28 + 42]


def test_same_gives_this_dose_one_interval_more() -> None:
    redrawn = redraw(Say.SAME, STEPS, on(16))

    assert days_of(redrawn) == [16, 42, 63]


def test_ready_without_a_hold_leaves_the_days_as_they_are() -> None:
    assert days_of(redraw(Say.READY, STEPS, on(16))) == [16, 28, 49]
    assert days_of(redraw(Say.READY, STEPS, on(25))) == [25, 25 + NOTICE.days, 25 + 7 + 21]


def test_ready_soon_after_a_hold_is_no_faster_than_the_pace() -> None:
    assert days_of(redraw(Say.READY, STEPS, on(16), [Hold(on(15))])) == [16, 28, 49]


def test_after_a_hold_what_was_missed_comes_again_from_today_and_never_at_once() -> None:
    holds = [Hold(on(15))]

    redrawn = redraw(Say.READY, STEPS, on(100), holds)

    assert totals(redrawn) == [50, 40, 30]
    assert days_of(redrawn) == [100, 107, 128]


@pytest.mark.parametrize("say", Say)
def test_nothing_is_left_after_the_last_step_or_before_the_first(say: Say) -> None:
    assert redraw(say, STEPS, on(49)) is None
    assert redraw(say, STEPS, on(-1)) is None


@pytest.mark.parametrize("say", Say)
def test_a_patch_keeps_to_its_change_days(say: Say) -> None:
    patches = (a_step(0, 50), a_step(15, 37), a_step(30, 25))

    redrawn = redraw(say, patches, on(17), change_days=3)

    assert redrawn is not None
    assert all((step.starts_on - patches[1].starts_on).days % 3 == 0 for step in redrawn[1:])


plans = st.lists(st.integers(1, 60), min_size=2, max_size=12).map(
    lambda gaps: tuple(
        a_step(sum(gaps[:index]), 200 - 10 * index) for index in range(len(gaps) + 1)
    )
)


@given(plans, st.sampled_from(Say), st.integers(0, 800), st.none() | st.integers(0, 800))
def test_no_dose_rises_none_is_lost_and_no_reduction_comes_without_notice(
    steps: tuple[Step, ...], say: Say, day: int, held: int | None
) -> None:
    holds = [] if held is None else [Hold(on(held))]
    today = on(day)

    redrawn = redraw(say, steps, today, holds)

    left = left_of(steps, today, holds)
    assert left is not None
    if redrawn is None:
        assert not left.rest
        return
    assert check_steps(redrawn) == redrawn
    assert redrawn[0] == Step(today, left.now.doses)
    assert [step.doses for step in redrawn[1:]] == [step.doses for step in left.rest]
    assert redrawn[1].starts_on >= today + (NOTICE if say is not Say.SAME else timedelta(days=1))
    assert all(a.doses.total >= b.doses.total for a, b in pairwise(redrawn))
    if not holds:
        for later in range(0, 900, 30):
            before, after = (
                dose_on(steps, today + timedelta(later)),
                dose_on(redrawn, today + timedelta(later)),
            )
            assert before is not None
            assert after is not None
            assert after.total >= before.total, "no wish makes it faster"
