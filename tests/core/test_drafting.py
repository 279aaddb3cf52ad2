"""A pace becomes steps by the rules that anyone can follow with a pencil."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.core.dispensing import Dispenser
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.drafting import (
    Basis,
    Cut,
    Draft,
    Every,
    Pace,
    Period,
    SlowDown,
    draft_steps,
    line_ends_on,
    rungs,
)
from companion.core.taper import PlanError, Step

MONDAY = date(2027, 1, 4)
MORNING, MIDDAY, EVENING, NIGHT = (
    TimeOfDay.MORNING,
    TimeOfDay.MIDDAY,
    TimeOfDay.EVENING,
    TimeOfDay.NIGHT,
)
ORDER = (MIDDAY, MORNING, EVENING, NIGHT)


def doses(*amounts: str) -> DayDoses:
    times = zip((MORNING, MIDDAY, EVENING, NIGHT), amounts, strict=False)
    return DayDoses(DoseUnit.MILLIGRAM, {time: Decimal(amount) for time, amount in times})


def dispenser(*strengths: str, most: str = "400") -> Dispenser:
    return Dispenser([Decimal(strength) for strength in strengths], Decimal(most))


def pace(size: str, basis: Basis = Basis.START, every: int = 14) -> Pace:
    return Pace(Cut(Decimal(size), basis), Every(every, Period.DAYS))


def written(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(str(step.starts_on), str(step.doses.total)) for step in steps]


def test_the_rungs_go_down_the_largest_dose_first() -> None:
    found = rungs(doses("90", "90", "90"), dispenser("15", "30", "60", "100", "200"), ORDER)

    assert [tuple(map(str, rung.amounts.values())) for rung in found[:4]] == [
        ("90", "75", "90"),
        ("75", "75", "90"),
        ("75", "75", "75"),
        ("75", "60", "75"),
    ]
    assert found[-1].total == 0


def test_a_rung_with_a_dose_that_cannot_be_made_is_passed_over() -> None:
    found = rungs(doses("90", "60"), dispenser("60", "100"), ORDER)

    assert [rung.total for rung in found] == [120, 60, 0]


def test_ten_percent_of_the_start_slows_down_at_a_third() -> None:
    slow = SlowDown(Decimal(33), Pace(Cut(Decimal(5), Basis.START), Every(28, Period.DAYS)))
    draft = Draft(doses("90", "90", "90"), MONDAY, pace("10"), ORDER, slow_down=slow)

    steps = draft_steps(draft, dispenser("5", "10", "15", "30", "60", "100", "200"))

    assert written(steps)[:3] == [
        ("2027-01-18", "245"),
        ("2027-02-01", "220"),
        ("2027-02-15", "195"),
    ]
    assert written(steps)[-2:] == [("2027-10-11", "10"), ("2027-11-08", "0")]


def test_percent_of_current_ends_below_half_of_the_smallest_dose() -> None:
    draft = Draft(doses("40"), MONDAY, pace("50", Basis.CURRENT, 7), ORDER)

    # The line: 20, 10, 5, 2.5, then 1.25, below half of 10.
    assert written(draft_steps(draft, dispenser("10"))) == [
        ("2027-01-11", "20"),
        ("2027-01-18", "10"),
        ("2027-02-01", "0"),
    ]


def test_coarse_strengths_make_longer_plans_and_not_deeper_cuts() -> None:
    draft = Draft(doses("120"), MONDAY, pace("10", every=7), ORDER)

    steps = draft_steps(draft, dispenser("60"))

    assert written(steps) == [("2027-02-08", "60"), ("2027-03-15", "0")]


def test_the_last_step_is_the_lowest_rung_not_below_the_goal() -> None:
    draft = Draft(doses("60"), MONDAY, pace("10", Basis.AMOUNT, 7), ORDER, goal=Decimal(25))

    assert written(draft_steps(draft, dispenser("20")))[-1][1] == "40"


def test_a_goal_that_no_rung_reaches_leaves_no_step() -> None:
    draft = Draft(doses("60"), MONDAY, pace("10", Basis.AMOUNT, 7), ORDER, goal=Decimal(50))

    assert draft_steps(draft, dispenser("60")) == ()


def test_a_named_first_cut_is_the_first_and_the_others_follow_it() -> None:
    draft = Draft(
        doses("40"), MONDAY, pace("10", Basis.AMOUNT, 7), ORDER, first_cut_on=date(2027, 1, 6)
    )

    assert [day for day, _ in written(draft_steps(draft, dispenser("10")))] == [
        "2027-01-06",
        "2027-01-13",
        "2027-01-20",
        "2027-01-27",
    ]


def test_months_keep_the_day_or_take_the_last_of_the_month() -> None:
    every = Every(1, Period.MONTHS)

    days = [every.after(date(2027, 1, 31), count) for count in (0, 1, 2, 3, 13)]

    assert [str(day) for day in days] == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
        "2028-02-29",
    ]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every(14, Period.DAYS), "2027-01-19"),
        (Every(2, Period.WEEKS), "2027-01-19"),
        (Every(1, Period.MONTHS), "2027-02-06"),
        (Every(3, Period.DAYS), "2027-01-07"),
    ],
)
def test_a_patch_changes_only_on_its_own_days(every: Every, expected: str) -> None:
    day = every.after(MONDAY, 1, change_days=3)

    assert str(day) == expected
    assert (day - MONDAY).days % 3 == 0


def test_a_pace_of_more_than_ten_years_is_refused() -> None:
    draft = Draft(doses("60"), MONDAY, pace("0.001", every=28), ORDER)

    for ask in (draft_steps, line_ends_on):
        with pytest.raises(PlanError, match="ten years"):
            ask(draft, dispenser("5"))


def test_a_calendar_that_ends_is_more_than_ten_years() -> None:
    for every in (Every(3653, Period.DAYS), Every(121, Period.MONTHS)):
        draft = Draft(doses("60"), date(9995, 1, 1), Pace(pace("10").cut, every), ORDER)
        with pytest.raises(PlanError, match="ten years"):
            draft_steps(draft, dispenser("5"))


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(doses("0"), MONDAY, pace("10"), ORDER), "current"),
        (Draft(doses("60"), MONDAY, pace("10"), ORDER, goal=Decimal(60)), "goal.total"),
        (Draft(doses("60"), MONDAY, pace("10"), (MIDDAY,)), "cut_order"),
        (
            Draft(doses("60"), MONDAY, pace("10"), ORDER, first_cut_on=date(2027, 1, 3)),
            "first_cut_on",
        ),
    ],
)
def test_what_cannot_be_drafted_names_its_field(draft: Draft, field: str) -> None:
    with pytest.raises(PlanError) as caught:
        draft_steps(draft, dispenser("5"))

    assert caught.value.field == field


def test_a_slower_pace_may_begin_at_once() -> None:
    slow = SlowDown(Decimal(100), pace("10", Basis.AMOUNT, 28))
    draft = Draft(doses("20"), MONDAY, pace("50"), ORDER, slow_down=slow)

    assert written(draft_steps(draft, dispenser("10"))) == [
        ("2027-02-01", "10"),
        ("2027-03-01", "0"),
    ]


STRENGTHS = st.lists(st.sampled_from(["2.5", "5", "10", "15", "30", "60"]), min_size=1, unique=True)
AMOUNTS = st.lists(st.integers(0, 12).map(lambda n: n * 15), min_size=1, max_size=4)
BASES = st.sampled_from(list(Basis))


@given(STRENGTHS, AMOUNTS, BASES, st.integers(3, 60), st.integers(1, 40))
def test_every_draft_keeps_the_promises(
    strengths: list[str], amounts: list[int], basis: Basis, size: int, every: int
) -> None:
    current = doses(*map(str, amounts))
    if current.total == 0:
        return
    asked = Pace(Cut(Decimal(size), basis), Every(every, Period.DAYS))
    draft = Draft(current, MONDAY, asked, ORDER)
    dispensed = dispenser(*strengths)

    try:
        steps = draft_steps(draft, dispensed)
    except PlanError:
        return  # more than ten years

    before, start = current, current.total
    ladder = [start, *(rung.total for rung in rungs(current, dispensed, ORDER))]
    for step in steps:
        assert (step.starts_on - MONDAY).days % every == 0
        count = (step.starts_on - MONDAY) // timedelta(days=every)
        line = asked.cut.line(start, start, count)
        assert step.doses.total >= line or step.doses.total == 0 or line <= 0
        for time, amount in step.doses.amounts.items():
            assert amount <= before.at(time)
            assert dispensed.can_make(amount)
        cut = Fraction(before.total - step.doses.total)
        one_rung = (
            ladder.index(step.doses.total) == ladder.index(before.total) + 1
            if (before.total in ladder)
            else True
        )
        assert cut <= asked.cut.deepest(start, before.total) or one_rung
        before = step.doses
    assert before.total == 0


def test_a_plan_that_goes_on_is_the_rest_of_the_plan_it_goes_on_from() -> None:
    slow = SlowDown(Decimal(33), pace("5", every=28))
    whole = Draft(doses("100"), MONDAY, pace("10"), (MORNING,), slow_down=slow)
    steps = draft_steps(whole, dispenser("5"))

    for before, after in pairwise(steps[:-1]):
        goes_on = Draft(
            before.doses,
            before.starts_on,
            whole.pace,
            (MORNING,),
            slow_down=slow,
            first_cut_on=after.starts_on,
            counted_from=Decimal(100),
        )
        rest = draft_steps(goes_on, dispenser("5"))

        assert rest == steps[steps.index(after) :]
