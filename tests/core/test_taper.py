"""Steps that never rise, and what is due on a day."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from companion.core.agreement import MarkSide, is_binding
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.taper import (
    LONGEST_DAYS,
    MOST_STEPS,
    Hold,
    PlanError,
    Step,
    check_days,
    check_steps,
    dose_on,
    first_cut,
    last_cut,
    next_cut,
    until_held,
)

MG = DoseUnit.MILLIGRAM
START = date(2027, 1, 4)
PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "data" / "published_tapers.json").read_text(encoding="utf-8")
)["examples"]


def day_of(*amounts: int) -> DayDoses:
    times = (TimeOfDay.MORNING, TimeOfDay.MIDDAY, TimeOfDay.EVENING, TimeOfDay.NIGHT)
    pairs = zip(times, amounts, strict=False)
    return DayDoses(MG, {time: Decimal(amount) for time, amount in pairs})


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


# --- The edges, one by one ------------------------------------------------------------------


def of_days(*days: int) -> list[Step]:
    return typed(*((day, day_of(1000 - index)) for index, day in enumerate(days)))


def test_a_plan_has_at_most_400_steps_and_lasts_at_most_ten_years() -> None:
    assert len(check_steps(of_days(*range(MOST_STEPS)))) == MOST_STEPS
    assert check_steps(of_days(0, LONGEST_DAYS))
    for steps, words in (
        (of_days(*range(MOST_STEPS + 1)), "A plan has at most 400 steps"),
        (of_days(0, 1, LONGEST_DAYS + 1), "A plan lasts at most ten years"),
        (of_days(), "Enter at least one step"),
        (of_days(0, 0), "Each step must start after the one before"),
    ):
        with pytest.raises(PlanError) as raised:
            check_steps(steps)
        assert str(raised.value) == words


def test_a_rise_and_another_unit_are_refused_in_words() -> None:
    rising = typed((0, day_of(10)), (1, day_of(11)))
    other = [
        rising[0],
        Step(rising[1].starts_on, DayDoses(DoseUnit.TABLET, {TimeOfDay.MORNING: Decimal(1)})),
    ]
    for steps, words in (
        (
            rising,
            "A dose cannot rise in a taper. A rise needs the prescriber, outside this service",
        ),
        (other, "The unit cannot change within a plan"),
    ):
        with pytest.raises(PlanError) as raised:
            check_steps(steps)
        assert str(raised.value) == words


def test_a_cut_counts_from_its_own_day() -> None:
    steps = of_days(0, 14, 28)

    assert last_cut(steps, START + timedelta(days=13)) is None
    assert last_cut(steps, START + timedelta(days=14)) == START + timedelta(days=14)
    assert first_cut(steps[:2]) == START + timedelta(days=14)
    assert first_cut(steps[:1]) is None


def test_a_hold_on_the_day_of_a_cut_keeps_that_cut_and_stops_the_next() -> None:
    steps = of_days(0, 14, 28)
    holds = [Hold(START + timedelta(days=14))]

    assert next_cut(steps, START + timedelta(days=10), holds) == steps[1]
    assert next_cut(steps, START + timedelta(days=14), holds) is None
    assert dose_on(steps, START + timedelta(days=40), holds) == steps[1].doses
    assert last_cut(steps, START + timedelta(days=40), holds) == steps[1].starts_on


@pytest.mark.parametrize(
    ("unit", "time", "most"),
    [
        (DoseUnit.MILLIGRAM, TimeOfDay.EVENING, 3000),
        (DoseUnit.MILLILITRE, TimeOfDay.MORNING, 1000),
        (DoseUnit.MICROGRAM_PER_HOUR, TimeOfDay.PATCH, 1000),
        (DoseUnit.TABLET, TimeOfDay.DAILY, 100),
    ],
)
def test_more_in_a_day_than_anybody_takes_is_refused(
    unit: DoseUnit, time: TimeOfDay, most: int
) -> None:
    assert check_steps([Step(START, DayDoses(unit, {time: Decimal(most)}))])
    with pytest.raises(PlanError, match="a day is more than anybody takes") as raised:
        check_steps([Step(START, DayDoses(unit, {time: Decimal(most) + 1}))])

    assert raised.value.field == f"steps[0].{time}"


def test_of_a_day_with_too_much_the_largest_dose_is_named() -> None:
    day = DayDoses(MG, {TimeOfDay.MORNING: Decimal(2000), TimeOfDay.NIGHT: Decimal(1500)})

    with pytest.raises(PlanError) as raised:
        check_steps([Step(START, day)])

    assert raised.value.field == "steps[0].morning"


def test_a_hold_keeps_away_the_steps_that_come_after_it() -> None:
    began, first, second = (step.starts_on for step in STEPS[:3])

    assert until_held(STEPS, []) == tuple(STEPS)
    assert until_held(STEPS, [Hold(first)]) == tuple(STEPS[:2])
    assert until_held(STEPS, [Hold(second), Hold(first)]) == tuple(STEPS[:2])
    assert until_held(STEPS, [Hold(first - timedelta(days=1))]) == tuple(STEPS[:1])
    assert until_held(STEPS, [Hold(began - timedelta(days=30))]) == tuple(STEPS[:1])


@pytest.mark.parametrize(
    ("begun", "review", "field"),
    [(366, None, None), (367, None, "starts_on"), (0, 0, None), (0, -1, "review_on")],
)
def test_a_plan_that_began_long_ago_and_a_review_that_is_past_are_refused(
    begun: int, review: int | None, field: str | None
) -> None:
    review_on = None if review is None else START + timedelta(days=review)
    if field is None:
        check_days(START - timedelta(days=begun), review_on, START)
        return
    with pytest.raises(PlanError) as raised:
        check_days(START - timedelta(days=begun), review_on, START)

    assert raised.value.field == field
