"""A pace becomes dated steps that never rise, and says what is due on a day."""

import itertools
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.agreement import MarkSide, is_binding
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.taper import (
    Hold,
    Pace,
    PlanError,
    Step,
    check_steps,
    dose_on,
    fill_steps,
    first_cut,
    last_cut,
    next_cut,
)

MG = DoseUnit.MILLIGRAM
START = date(2027, 1, 4)
ORDER = (TimeOfDay.MIDDAY, TimeOfDay.EVENING, TimeOfDay.MORNING, TimeOfDay.NIGHT)
PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "data" / "published_tapers.json").read_text(encoding="utf-8")
)["examples"]


def day_of(*amounts: int) -> DayDoses:
    times = (TimeOfDay.MORNING, TimeOfDay.MIDDAY, TimeOfDay.EVENING, TimeOfDay.NIGHT)
    pairs = zip(times, amounts, strict=False)
    return DayDoses(MG, {time: Decimal(amount) for time, amount in pairs})


def fill(current: DayDoses, cut: Decimal, goal: Decimal = Decimal(0)) -> tuple[Step, ...]:
    return fill_steps(
        current,
        Pace(cut, 14),
        starts_on=START,
        first_cut_on=START + timedelta(days=14),
        goal=goal,
        cut_order=ORDER,
    )


DAYS = st.lists(st.integers(0, 200), min_size=4, max_size=4).filter(any)
CUTS = st.integers(1, 120).map(Decimal)


@given(DAYS, CUTS, st.data())
def test_a_filled_plan_never_rises_and_ends_exactly_at_the_goal(
    amounts: list[int], cut: Decimal, data: st.DataObject
) -> None:
    current = day_of(*amounts)
    goal = Decimal(data.draw(st.integers(0, int(current.total) - 1)))
    if current.total - goal > 250 * cut:
        return

    steps = fill(current, cut, goal)

    totals = [step.doses.total for step in steps]
    assert steps[0].doses == current
    assert totals[-1] == goal
    assert all(0 < a - b <= cut for a, b in itertools.pairwise(totals))
    for before, after in itertools.pairwise(steps):
        assert all(after.doses.at(t) <= before.doses.at(t) for t in TimeOfDay)
    assert steps == fill(current, cut, goal)


def test_the_largest_dose_is_cut_first() -> None:
    steps = fill(day_of(60, 40, 60, 0), Decimal(20))

    assert [step.doses.at(TimeOfDay.EVENING) for step in steps[:3]] == [60, 40, 40]
    assert [step.doses.at(TimeOfDay.MORNING) for step in steps[:3]] == [60, 60, 40]


def test_a_cut_that_one_dose_cannot_bear_goes_on_to_the_next() -> None:
    steps = fill(day_of(10, 0, 10, 0), Decimal(15))

    assert [step.doses.total for step in steps] == [20, 5, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"current": day_of(0, 0)}, "current"),
        ({"goal": Decimal(120)}, "goal"),
        ({"goal": Decimal(-1)}, "goal"),
        ({"pace": Pace(Decimal(0), 14)}, "pace.cut"),
        ({"pace": Pace(Decimal(10), 0)}, "pace.every_days"),
        ({"pace": Pace(Decimal(10), 4000)}, "pace.every_days"),
        ({"first_cut_on": START}, "first_cut_on"),
        ({"cut_order": (TimeOfDay.MORNING,)}, "cut_order"),
        ({"pace": Pace(Decimal("0.1"), 14)}, "pace.cut"),
        ({"pace": Pace(Decimal(1), 365)}, "steps[120].starts_on"),
    ],
)
def test_a_pace_that_cannot_stand_names_its_field(changes: dict[str, object], field: str) -> None:
    given_values = {
        "current": day_of(60, 0, 60),
        "pace": Pace(Decimal(10), 14),
        "starts_on": START,
        "first_cut_on": START + timedelta(days=14),
        "goal": Decimal(0),
        "cut_order": ORDER,
        **changes,
    }

    with pytest.raises(PlanError) as raised:
        fill_steps(given_values.pop("current"), given_values.pop("pace"), **given_values)  # type: ignore[arg-type]  # a table of arguments

    assert raised.value.field == field


def typed(*steps: tuple[int, DayDoses]) -> list[Step]:
    return [Step(START + timedelta(days=day), doses) for day, doses in steps]


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([], "steps"),
        (typed(*((n, day_of(1)) for n in range(401))), "steps"),
        (typed((0, day_of(10)), (0, day_of(5))), "steps[1].starts_on"),
        (typed((0, day_of(10)), (7, day_of(20))), "steps[1].morning"),
        (typed((0, day_of(10)), (4000, day_of(5))), "steps[1].starts_on"),
        (
            [*typed((0, day_of(10))), Step(date(2028, 1, 1), DayDoses(DoseUnit.TABLET, {}))],
            "steps[1].unit",
        ),
    ],
)
def test_steps_that_cannot_be_a_taper_name_their_field(steps: Sequence[Step], field: str) -> None:
    with pytest.raises(PlanError) as raised:
        check_steps(steps)

    assert raised.value.field == field


@pytest.mark.parametrize("example", PUBLISHED, ids=[e["id"] for e in PUBLISHED])
def test_a_published_taper_can_be_said_exactly(example: dict[str, object]) -> None:
    expected = example["expected_steps"]
    assert isinstance(expected, list)
    request = example["request"]
    assert isinstance(request, dict)
    unit = DoseUnit(request["medicine"]["unit"])

    steps = check_steps(
        [
            Step(
                date.fromisoformat(step["starts_on"]),
                DayDoses(unit, {TimeOfDay(t): Decimal(a) for t, a in step["doses"].items()}),
            )
            for step in [{"starts_on": "2027-01-04", "doses": request["current"]}, *expected]
        ]
    )

    assert [str(step.doses.total) for step in steps[1:]] == [step["total"] for step in expected]


STEPS = typed((0, day_of(60)), (14, day_of(50)), (28, day_of(40)))


def total_on(day: int, *held_on: int) -> Decimal | None:
    holds = [Hold(START + timedelta(days=held)) for held in held_on]
    doses = dose_on(STEPS, START + timedelta(days=day), holds)
    return None if doses is None else doses.total


def test_the_dose_of_a_day_is_that_of_the_step_begun_last() -> None:
    assert [total_on(day) for day in (-1, 0, 13, 14, 27, 28, 500)] == [None, 60, 60, 50, 50, 40, 40]


def test_a_hold_keeps_the_dose_from_then_on() -> None:
    assert [total_on(day, 20) for day in (13, 20, 28, 500)] == [60, 50, 50, 50]
    assert total_on(500, 20, 30) == 50


def test_the_next_cut_does_not_come_while_a_hold_stands() -> None:
    held = [Hold(START + timedelta(days=20))]

    assert next_cut(STEPS, START) == STEPS[1]
    assert next_cut(STEPS, START + timedelta(days=28)) is None
    assert next_cut(STEPS, START + timedelta(days=20), held) is None
    assert next_cut(STEPS, START + timedelta(days=2), held) == STEPS[1]
    assert next_cut(STEPS, START + timedelta(days=15), held) is None


def test_the_newest_cut_is_known() -> None:
    held = [Hold(START + timedelta(days=20))]

    assert last_cut(STEPS, START + timedelta(days=13)) is None
    assert last_cut(STEPS, START + timedelta(days=40)) == STEPS[2].starts_on
    assert last_cut(STEPS, START + timedelta(days=40), held) == STEPS[1].starts_on
    assert first_cut(STEPS) == STEPS[1].starts_on
    assert first_cut(STEPS[:1]) is None


def test_a_version_binds_only_with_both_marks() -> None:
    assert not is_binding([])
    assert not is_binding([MarkSide.PATIENT])
    assert not is_binding([MarkSide.PRESCRIBER, MarkSide.PRESCRIBER])
    assert is_binding([MarkSide.PRESCRIBER, MarkSide.PATIENT])
