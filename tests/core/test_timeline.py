"""What bound and when: every version until the next one's first day."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.taper import Hold, Step, dose_on, first_cut, last_cut, next_cut
from companion.core.timeline import Bound, Timeline

BEGINS = date(2027, 1, 4)


def on(day: int) -> date:
    return BEGINS + timedelta(days=day)


def a_step(day: int, amount: int) -> Step:
    return Step(on(day), DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)}))


def bound(
    agreed: int, *steps: tuple[int, int], held: int | None = None, made: int | None = None
) -> Bound:
    made = held if made is None else made
    return Bound(
        name=object(),
        agreed_on=on(agreed),
        steps=tuple(a_step(*step) for step in steps),
        holds=() if held is None else (Hold(on(held)),),
        first_held_on=None if made is None else on(made),
        counted_as="morphine",
    )


def total(versions: Sequence[Bound], day: int) -> Decimal | None:
    stretch = Timeline(versions).on(on(day))
    return None if stretch is None else stretch.step.doses.total


A = bound(0, (0, 60), (14, 50), (28, 40))


# --- One by one ------------------------------------------------------------------------------


def test_a_version_that_begins_later_leaves_the_one_before_in_force_until_then() -> None:
    later = bound(10, (20, 50), (40, 45))

    assert [total([A, later], day) for day in (-1, 0, 13, 14, 19, 20, 39, 40)] == [
        None, 60, 60, 50, 50, 50, 50, 45,
    ]  # fmt: skip
    assert Timeline([A, later]).last_cut_on(on(30)) == on(14)
    assert Timeline([A, later]).first_cut_on == on(14)


def test_a_version_that_is_agreed_late_changes_nothing_before_that() -> None:
    late = bound(16, (10, 60), (15, 30))

    assert [total([A, late], day) for day in (13, 14, 15, 16)] == [60, 50, 50, 30]
    assert Timeline([A, late]).last_cut_on(on(16)) == on(16), "less than the day before is a cut"


def test_a_version_that_begins_with_the_same_or_more_is_no_cut() -> None:
    for first in (50, 60):
        again = bound(16, (16, first), (30, 40))

        assert Timeline([A, again]).last_cut_on(on(20)) == on(14)


def test_another_medicine_is_a_change_but_no_cut() -> None:
    other = Bound("other", on(5), (a_step(9, 10),), counted_as="oxycodone")
    timeline = Timeline([A, other])
    following = timeline.next_after(on(5))

    assert timeline.last_cut_on(on(30)) is None
    assert following is not None
    assert following.starts_on == on(9)
    assert timeline.next_after(on(9)) is None


def test_the_next_step_is_never_one_of_a_version_that_will_be_over() -> None:
    slower = bound(10, (12, 60), (30, 50))
    following = Timeline([A, slower]).next_after(on(11))

    assert following is not None
    assert following.starts_on == on(30)


def test_a_hold_keeps_a_version_that_has_not_begun_from_beginning() -> None:
    held = bound(0, (0, 60), (14, 50), held=15)
    to_come = bound(10, (20, 50), (30, 40), held=15)

    assert [total([held, to_come], day) for day in (14, 20, 400)] == [50, 50, 50]
    assert Timeline([held, to_come]).next_after(on(16)) is None


def test_a_hold_from_before_an_agreement_stays_until_the_new_version_begins() -> None:
    held = bound(0, (0, 60), (14, 50), held=5)
    later = bound(10, (20, 60), (30, 50))

    assert [total([held, later], day) for day in (14, 19, 20, 30)] == [60, 60, 60, 50]


def test_a_first_plan_that_is_held_before_it_begins_stays_on_its_first_dose() -> None:
    held = bound(-9, (0, 60), (14, 50), held=-3)

    assert [total([held], day) for day in (-1, 0, 40)] == [None, 60, 60]
    assert Timeline([held]).first_cut_on == on(14), "the usual pain is still that before it"


def test_a_version_that_is_replaced_before_it_begins_never_was() -> None:
    never, instead = bound(0, (20, 60), (30, 10)), bound(5, (10, 60), (40, 50))

    assert [total([never, instead], day) for day in (9, 10, 30, 40)] == [None, 60, 60, 50]
    held = bound(5, (10, 60), (40, 50), held=7)
    assert [total([never, held], day) for day in (9, 10, 400)] == [None, 60, 60]


def test_without_a_version_nothing_is_in_force() -> None:
    timeline = Timeline([])

    assert timeline.on(on(0)) is None
    assert timeline.next_after(on(0)) is None
    assert timeline.first_cut_on is None
    assert timeline.last_cut_on(on(0)) is None


# --- Whatever was agreed ---------------------------------------------------------------------

DAYS = range(-5, 130)


@st.composite
def versions(draw: st.DrawFn, agreed: int) -> Bound:
    days = sorted(draw(st.sets(st.integers(agreed - 10, agreed + 60), min_size=1, max_size=5)))
    amounts = sorted(draw(st.sets(st.integers(1, 99), min_size=len(days), max_size=len(days))))
    held = draw(st.none() | st.integers(agreed, agreed + 40))
    return bound(agreed, *zip(days, reversed(amounts), strict=True), held=held)


HISTORIES = st.tuples(versions(0), versions(20), versions(45))


@given(versions(0))
def test_one_version_is_in_force_as_its_own_steps_say(one: Bound) -> None:
    timeline = Timeline([one])

    for day in map(on, DAYS):
        stretch, following = timeline.on(day), timeline.next_after(day)
        doses = dose_on(one.steps, day, one.holds)
        assert (None if stretch is None else stretch.step.doses) == doses
        assert timeline.last_cut_on(day) == last_cut(one.steps, day, one.holds)
        if day >= one.steps[0].starts_on and not one.holds:
            assert (None if following is None else following.step) == next_cut(one.steps, day)
    if not one.holds:
        assert timeline.first_cut_on == first_cut(one.steps)


@given(HISTORIES)
def test_a_newer_agreement_changes_no_day_before_its_own(history: tuple[Bound, ...]) -> None:
    *older, newest = history
    begins = max(newest.agreed_on, newest.steps[0].starts_on)
    before, after = Timeline(older), Timeline(history)

    for day in (day for day in map(on, DAYS) if day < begins):
        assert after.on(day) == before.on(day)
        assert after.last_cut_on(day) == before.last_cut_on(day)


@given(HISTORIES)
def test_from_its_first_day_the_newest_agreement_says_it_all(history: tuple[Bound, ...]) -> None:
    newest = history[-1]
    begins = max(newest.agreed_on, newest.steps[0].starts_on)
    timeline = Timeline(history)
    stretch = timeline.on(begins)
    if stretch is None or stretch.of is not newest:
        return  # held before it began

    for day in (day for day in map(on, DAYS) if day >= begins):
        now = timeline.on(day)
        assert now is not None
        assert now.step.doses == dose_on(newest.steps, day, newest.holds)


@given(HISTORIES)
def test_what_falls_falls_on_the_day_of_a_cut(history: tuple[Bound, ...]) -> None:
    timeline = Timeline(history)

    for yesterday, today in zip(map(on, DAYS), map(on, DAYS[1:]), strict=False):
        before, now = timeline.on(yesterday), timeline.on(today)
        if before is not None and now is not None:
            fell = now.step.doses.total < before.step.doses.total
            assert fell == (timeline.last_cut_on(today) == today)


@given(HISTORIES, st.integers(0, 120))
def test_the_next_step_is_the_next_day_on_which_the_dose_is_another(
    history: tuple[Bound, ...], today: int
) -> None:
    timeline = Timeline(history)
    now, following = timeline.on(on(today)), timeline.next_after(on(today))
    changed = [
        day
        for day in map(on, range(today + 1, 130))
        if (then := timeline.on(day)) is not None
        and then.step.doses != (None if now is None else now.step.doses)
    ]

    assert (None if following is None else following.starts_on) == min(changed, default=None)
