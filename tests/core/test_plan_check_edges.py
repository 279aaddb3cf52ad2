"""Where each concern begins: just below it is silent, just above it speaks, and its words."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

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
    usual_order,
)
from companion.core.plan_checks import MUCH_LONGER, Checked, concerns_of
from companion.core.product import Product, product_from
from companion.core.taper import Step

MONDAY = date(2027, 1, 4)
MORNING, MIDDAY, EVENING = TimeOfDay.MORNING, TimeOfDay.MIDDAY, TimeOfDay.EVENING
MR = ("morphine", "modified-release tablet", "5 10 15 30 60 100 200")
PLAIN = ("morphine", "tablet", "10 20 50")


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def product(names: tuple[str, str, str] = PLAIN) -> Product:
    found = product_from(*names)
    assert found is not None
    return found


def doses(*amounts: str, made: Product | None = None) -> DayDoses:
    unit = (made or product()).form.unit
    if unit is DoseUnit.MICROGRAM_PER_HOUR:
        return DayDoses(unit, {TimeOfDay.PATCH: Decimal(amounts[0])})
    times = zip((MORNING, MIDDAY, EVENING, TimeOfDay.NIGHT), amounts, strict=False)
    return DayDoses(unit, {time: Decimal(amount) for time, amount in times})


def plan(
    current: DayDoses, *cuts: tuple[int, DayDoses], made: Product | None = None, **changes: object
) -> Checked:
    made = made or product()
    steps = tuple(Step(on(day), step) for day, step in cuts)
    checked = Checked(
        drug=made.drug,
        form=made.form,
        strengths=made.strengths,
        dispenser=made.dispenser([current]),
        current=current,
        starts_on=MONDAY,
        steps=steps,
        goal=steps[-1].doses.total if steps else current.total,
        draft=None,
        change_from=MONDAY,
    )
    return replace(checked, **changes)  # type: ignore[arg-type]  # a table of fields


def found(checked: Checked, rule: str) -> list[tuple[int | None, str]]:
    return [(one.step, one.text) for one in concerns_of(checked) if one.rule == rule]


def drafted(draft: Draft, made: Product) -> Checked:
    dispenser = made.dispenser([draft.current])
    cuts = draft_steps(draft, dispenser)
    return plan(
        draft.current,
        *(((step.starts_on - MONDAY).days, step.doses) for step in cuts),
        made=made,
        draft=draft,
    )


def pace(size: str, basis: Basis = Basis.START, days: int = 14) -> Pace:
    return Pace(Cut(Decimal(size), basis), Every(days, Period.DAYS))


def test_whole_plan_first_then_step_by_step_and_by_rule() -> None:
    checked = plan(doses("100"), (14, doses("70")), (28, doses("20")))

    order = [(one.step or 0, one.rule) for one in concerns_of(checked)]

    assert order == sorted(order)
    assert order[0][0] == 0
    assert {step for step, _rule in order} == {0, 1, 2}


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("90", None),
        ("89", "A cut of 11.0 % of what is taken before it, more than 10 % (the Faculty"),
        ("80", "A cut of 20.0 % of what is taken before it, more than 10 % (the Faculty"),
        ("79", "A cut of 21.0 % of what is taken before it, more than 20 % (deprescribing"),
        ("75", "A cut of 25.0 % of what is taken before it, more than 20 % (deprescribing"),
        ("74", "A cut of 26.0 % of what is taken before it, more than 25 % (the FDA"),
    ],
)
def test_a_cut_is_named_from_just_above_each_percentage(after: str, words: str | None) -> None:
    said = found(plan(doses("100"), (14, doses(after))), "PLAN-07")

    assert [step for step, _text in said] == ([] if words is None else [1])
    assert all(text.startswith(words or "") for _step, text in said)


def test_a_cut_is_held_against_the_start_too() -> None:
    checked = plan(doses("100"), (14, doses("90")), (28, doses("79")))

    assert [step for step, _ in found(checked, "PLAN-08")] == [2]
    assert "of what was taken at the start" in found(checked, "PLAN-08")[0][1]


@pytest.mark.parametrize(
    ("totals", "grows"),
    [
        (("100", "90", "80", "60"), True),
        (("100", "90", "81", "60"), False),  # 10, 10 and more: the first two are alike
        (("100", "80", "60"), False),  # only two of them
        (("100", "60", "50", "45"), False),
        (("200", "100", "90", "80", "60"), True),  # only the last three count
    ],
)
def test_the_last_three_cuts_must_each_grow(totals: tuple[str, ...], grows: bool) -> None:
    cuts = [(14 * n, doses(total)) for n, total in enumerate(totals)][1:]

    said = found(plan(doses(totals[0]), *cuts), "PLAN-09")

    assert bool(said) is grows
    if said:
        assert said[0][1].startswith("The last cuts grow: 10.0 %, 11.1 %, 25.0 % of what is taken")


def test_a_step_as_deep_as_the_pace_is_not_one_rung_deeper() -> None:
    even = Draft(doses("100"), MONDAY, pace("10"), (MORNING,))
    made = product()

    assert found(drafted(even, made), "PLAN-10") == []


def test_one_rung_deeper_names_the_step_and_a_finer_form() -> None:
    coarse = Draft(doses("120"), MONDAY, pace("10"), (MORNING,))
    made = product(("morphine", "modified-release capsule", "30 60"))

    said = found(drafted(coarse, made), "PLAN-10")

    assert said[0][0] == 1
    assert said[0][1] == (
        "One rung deeper than the pace: the strengths to hand have nothing between. "
        "A finer form of the same drug: modified-release tablet."
    )
    finest = product(("morphine", "oral solution 10 mg/5 ml", "0.5"))
    liquid = Draft(doses("1", made=finest), MONDAY, pace("10"), (MORNING,))
    assert found(drafted(liquid, finest), "PLAN-10")[0][1].endswith("have nothing between.")


@pytest.mark.parametrize(
    ("below", "deeper"),
    [("30", []), ("49", [7]), ("50", [6, 7]), ("60", [5, 6, 7])],
)
def test_the_slower_pace_counts_from_the_dose_at_which_it_begins(
    below: str, deeper: list[int]
) -> None:
    # 10 a step from 100; slowed, the pace is 5, which tens cannot make.
    slow = SlowDown(Decimal(below), pace("5"))
    draft = Draft(doses("100"), MONDAY, pace("10"), (MORNING,), slow_down=slow)
    steps = [(14 * n, doses(str(100 - 10 * n))) for n in range(1, 8)]
    checked = plan(doses("100"), *steps, draft=draft)

    assert [step for step, _ in found(checked, "PLAN-10")] == deeper


def test_a_percentage_of_what_is_taken_counts_from_the_dose_before() -> None:
    draft = Draft(doses("100"), MONDAY, pace("10", Basis.CURRENT), (MORNING,))
    checked = plan(doses("100"), (14, doses("90")), (28, doses("80")), draft=draft)

    assert [step for step, _ in found(checked, "PLAN-10")] == [2], "9 is a tenth of 90, not 10"


@pytest.mark.parametrize(("later", "said"), [(0, False), (28, False), (29, True)])
def test_a_plan_that_ends_more_than_four_weeks_late_says_by_how_much(
    later: int, said: bool
) -> None:
    made, draft = product(), Draft(doses("100"), MONDAY, pace("10"), (MORNING,))
    ends = line_ends_on(draft, made.dispenser([draft.current]))
    day = (ends - MONDAY).days + later
    checked = plan(doses("100"), (14, doses("90")), (day, doses("0")), draft=draft)

    texts = [text for _step, text in found(checked, "PLAN-11")]

    assert bool(texts) is said
    assert MUCH_LONGER.days == 28
    if texts:
        assert texts[0].startswith("The plan ends 4 weeks later than the pace asks for")


@pytest.mark.parametrize(
    ("names", "amounts", "words"),
    [
        (MR, ("30", "30"), None),
        (MR, ("30", "0", "30"), None),
        (
            MR,
            ("30", "30", "30"),
            "Taken 3 times a day; this form is made to be taken 2 times a day",
        ),
        (MR, ("1", "1", "1"), "Taken 3 times a day"),
        (PLAIN, ("10", "10", "10", "10"), None),
        (
            ("morphine", "24-hour capsule", "30 60"),
            ("30", "30"),
            "Taken 2 times a day; this form is made to be taken 1 time a day",
        ),
    ],
)
def test_modified_release_is_taken_no_more_often_than_it_is_made_for(
    names: tuple[str, str, str], amounts: tuple[str, ...], words: str | None
) -> None:
    made = product(names)
    current = doses(*amounts, made=made)

    texts = [text for _step, text in found(plan(current, made=made), "PLAN-12")]

    assert bool(texts) is (words is not None)
    assert all(text.startswith(words or "") for text in texts)


@pytest.mark.parametrize(("tablets", "stops"), [("8", False), ("9", True)])
def test_paracetamol_may_be_four_grams_and_no_more(tablets: str, stops: bool) -> None:
    made = product(("co-codamol", "tablet 30/500", "1"))

    texts = [text for _s, text in found(plan(doses(tablets, made=made), made=made), "PLAN-04")]

    assert bool(texts) is stops
    assert all("4" in text for text in texts)


def test_too_much_paracetamol_names_the_step_that_takes_it() -> None:
    made = product(("co-codamol", "tablet 30/500", "1"))
    checked = plan(doses("8", made=made), (14, doses("9", made=made)), made=made)

    assert found(checked, "PLAN-04") == [(1, "4500 mg of paracetamol a day: never over 4 g (BNF).")]


@pytest.mark.parametrize(
    ("amount", "named"),
    [
        ("49", []),
        ("50", ["50 mg (CDC"]),
        ("90", ["50 mg (CDC", "90 mg (CDC"]),
        ("120", ["50 mg", "90 mg", "100 mg (NHS Somerset", "120 mg (Faculty of Pain Medicine"]),
        ("300", ["50 mg", "300 mg (Sheffield"]),
    ],
)
def test_every_threshold_that_is_reached_is_named_with_whose_it_is(
    amount: str, named: list[str]
) -> None:
    texts = [text for _step, text in found(plan(doses(amount)), "PLAN-13")]

    assert bool(texts) is bool(named)
    for words in named:
        assert words in texts[0]
    if texts:
        assert texts[0].startswith(f"About {amount} mg of oral morphine a day, at or above 50 mg")


def test_a_load_that_is_not_known_is_not_called_low_or_high() -> None:
    made = product(("methadone", "tablet", "5"))

    assert found(plan(doses("100", made=made), made=made), "PLAN-13") == []
    said = found(plan(doses("100", made=made), made=made), "PLAN-05")
    assert said == [(None, "A reduction of methadone is for a specialist (Opioids Aware).")]


def test_only_a_dose_time_that_rises_is_named() -> None:
    same = plan(doses("60", "0", "60"), (14, doses("60", "0", "50")))
    moved = plan(doses("60", "0", "50"), (14, doses("50", "0", "60")))

    assert found(same, "PLAN-14") == []
    assert [step for step, _ in found(moved, "PLAN-14")] == [1]
    assert "an old dose can kill" in found(moved, "PLAN-14")[0][1].replace("so that ", "")


def test_a_plan_that_ends_elsewhere_says_where() -> None:
    checked = plan(doses("60"), (14, doses("50")), goal=Decimal(20))

    assert found(checked, "PLAN-15") == [
        (None, "The plan ends at 50 mg a day, not at the goal of 20.")
    ]
    assert found(replace(checked, goal=Decimal(50)), "PLAN-15") == []
    assert found(plan(doses("60"), goal=Decimal(0)), "PLAN-15") == [
        (None, "The plan ends at 60 mg a day, not at the goal of 0.")
    ]


@pytest.mark.parametrize(("today", "said"), [(None, False), (0, False), (1, True), (-1, False)])
def test_only_a_start_before_today_is_in_the_past(today: int | None, said: bool) -> None:
    checked = plan(doses("60"), (14, doses("50")), today=None if today is None else on(today))

    texts = found(checked, "PLAN-16")

    assert bool(texts) is said
    if texts:
        assert texts[0][1] == "The plan starts on Mon 4 Jan 2027, before today."


@pytest.mark.parametrize(("day", "stops"), [(3, False), (6, False), (4, True), (0, False)])
def test_a_patch_changes_only_on_its_days(day: int, stops: bool) -> None:
    made = product(("fentanyl", "72-hour patch", "12 25 50"))
    checked = plan(doses("50", made=made), (day or 9, doses("25", made=made)), made=made)

    said = found(checked, "PLAN-03")

    assert bool(said) is stops
    if said:
        assert said[0][1] == (
            "Fri 8 Jan 2027 is no day on which the patch is changed, "
            "every 3 days from Mon 4 Jan 2027."
        )


def test_what_cannot_be_made_or_is_not_in_the_catalogue_is_named() -> None:
    made = replace(product(), strengths=(Decimal(10), Decimal(20), Decimal(7)))
    checked = plan(doses("50"), (14, doses("45")), strengths=made.strengths)

    assert found(checked, "PLAN-01") == [
        (1, "45 mg (morning) cannot be made of whole units of 7, 10, 20.")
    ]
    (said,) = found(checked, "PLAN-02")
    assert said[0] is None
    assert "7" in said[1]
    assert usual_order(doses("1"))


def test_what_is_taken_now_must_be_made_of_the_strengths_to_hand_too() -> None:
    made = product(MR)

    texts = found(plan(doses("61", made=made), (14, doses("60", made=made)), made=made), "PLAN-01")

    ((step, text),) = texts
    assert step is None
    assert text.startswith("What is taken now: 61 mg (morning) cannot be made of whole units")
