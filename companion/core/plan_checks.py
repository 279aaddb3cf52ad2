"""Concerns about a plan to raise with a person. Nothing here changes a plan.

A concern that stops keeps a plan from being agreed; every other one needs a reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise

from companion.core.dispensing import Dispenser
from companion.core.doses import DayDoses, plain
from companion.core.drafting import Draft, Pace, line_ends_on
from companion.core.equivalence import highest_passed, morphine_equivalent
from companion.core.medicines import MEASURES, PARACETAMOL_MOST_MG, Drug, Form, Kind
from companion.core.taper import Step

CUT_PERCENTS = (
    (Decimal(25), "the FDA's labels: 25 % or less every 2 to 4 weeks"),
    (Decimal(20), "deprescribing guidance: 10 to 20 %"),
    (Decimal(10), "the Faculty of Pain Medicine: about 10 % every two weeks"),
)
"""Rules PLAN-07 and PLAN-08: percentages above which a cut is named, and whose they are."""
GROWING_STEPS = 3
"""Rule PLAN-09: how many last steps in a row must grow in percent."""
MUCH_LONGER = timedelta(weeks=4)
"""Rule PLAN-11: later than the pace asked for by more than this."""


class Severity(StrEnum):
    """Whether a plan can be agreed with it."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to think about. *step* counts from 1; None is the whole plan."""

    rule: str
    severity: Severity
    step: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan with all that its checks need.

    *draft* is None where the steps were written by hand; *strengths* are those that the
    patient can get, *change_from* is the day from which patch changes are counted.
    """

    drug: Drug
    form: Form
    strengths: tuple[Decimal, ...]
    dispenser: Dispenser
    current: DayDoses
    starts_on: date
    steps: tuple[Step, ...]
    goal: Decimal
    draft: Draft | None
    change_from: date
    today: date | None = None

    def pairs(self) -> Iterator[tuple[int, DayDoses, Step]]:
        """Yield each step's number, what is taken before it, and the step."""
        before = self.current
        for number, step in enumerate(self.steps, start=1):
            yield number, before, step
            before = step.doses


def concerns_of(plan: Checked) -> list[Concern]:
    """Return every concern, the whole plan's first, then step by step."""
    found = [concern for check in CHECKS for concern in check(plan)]
    return sorted(found, key=lambda one: (one.step or 0, one.rule))


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return *part* in percent of *whole*, one decimal, half up; 0 where there is no whole."""
    if whole == 0:
        return Decimal("0.0")
    return (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _stop(rule: str, step: int | None, text: str) -> Concern:
    return Concern(rule, Severity.STOP, step, text)


def _warn(rule: str, step: int | None, text: str) -> Concern:
    return Concern(rule, Severity.WARN, step, text)


def _not_makeable(plan: Checked) -> Iterator[Concern]:
    for number, _before, step in plan.pairs():
        for time_of_day, amount in step.doses.amounts.items():
            if not plan.dispenser.can_make(amount):
                yield _stop(
                    "PLAN-01",
                    number,
                    f"{plain(amount)} {plan.form.unit} ({time_of_day}) cannot be made of whole "
                    f"units of {_listed(plan.strengths)}.",
                )


def _not_in_catalogue(plan: Checked) -> Iterator[Concern]:
    known = MEASURES if plan.form.kind is Kind.LIQUID else plan.form.strengths
    for strength in plan.strengths:
        if strength not in known:
            yield _stop(
                "PLAN-02",
                None,
                f"The catalogue has no {plan.drug.name} {plan.form.name} of {plain(strength)} "
                f"{plan.form.unit}; it has {_listed(known)}.",
            )


def _off_change_day(plan: Checked) -> Iterator[Concern]:
    days = plan.form.change_days
    if days is None:
        return
    for number, _before, step in plan.pairs():
        if (step.starts_on - plan.change_from).days % days:
            yield _stop(
                "PLAN-03",
                number,
                f"{step.starts_on} is no day on which the patch is changed, "
                f"every {days} days from {plan.change_from}.",
            )


def _too_much_paracetamol(plan: Checked) -> Iterator[Concern]:
    days = [(None, plan.current), *((n, step.doses) for n, _, step in plan.pairs())]
    for number, doses in days:
        taken = doses.total * plan.form.paracetamol_mg
        if taken > PARACETAMOL_MOST_MG:
            yield _stop(
                "PLAN-04", number, f"{plain(taken)} mg of paracetamol a day: never over 4 g (BNF)."
            )


def _specialist(plan: Checked) -> Iterator[Concern]:
    if plan.drug.specialist:
        yield _stop(
            "PLAN-05", None, f"A reduction of {plan.drug.name} is for a specialist (Opioids Aware)."
        )


def _deep_cuts(plan: Checked) -> Iterator[Concern]:
    start = plan.current.total
    for number, before, step in plan.pairs():
        cut = before.total - step.doses.total
        for rule, whole, of in (
            ("PLAN-07", before.total, "of what is taken before it"),
            ("PLAN-08", start, "of what was taken at the start"),
        ):
            share = percent(cut, whole)
            passed = next(
                ((most, whose) for most, whose in CUT_PERCENTS if cut * 100 > most * whole), None
            )
            if passed is not None:
                most, whose = passed
                text = f"A cut of {share} % {of}, more than {most} % ({whose})."
                yield _warn(rule, number, text)


def _growing_end(plan: Checked) -> Iterator[Concern]:
    shares = [
        percent(before.total - step.doses.total, before.total) for _, before, step in plan.pairs()
    ][-GROWING_STEPS:]
    if len(shares) == GROWING_STEPS and all(a < b for a, b in pairwise(shares)):
        yield _warn(
            "PLAN-09",
            None,
            f"The last cuts grow: {', '.join(f'{share} %' for share in shares)} of what is taken "
            "before each. NICE NG215 wants cuts to become smaller with the dose.",
        )


def _deeper_than_the_pace(plan: Checked) -> Iterator[Concern]:
    if plan.draft is None:
        return
    start = plan.draft.start
    finer = plan.drug.finer_than(plan.form)
    there_is = "" if finer is None else f" A finer form of the same drug: {finer.name}."
    for number, before, step in plan.pairs():
        asked = _pace_at(plan.draft, before).cut.deepest(start, before.total)
        if before.total - step.doses.total > asked:
            yield _warn(
                "PLAN-10",
                number,
                "One rung deeper than the pace: the strengths to hand have nothing between."
                f"{there_is}",
            )


def _pace_at(draft: Draft, before: DayDoses) -> Pace:
    """Return the pace in force for the step after *before*: the slower one once it began."""
    slow = draft.slow_down
    start = draft.start
    if slow is None or before.total * 100 > slow.below_percent_of_start * start:
        return draft.pace
    return slow.pace


def _much_longer(plan: Checked) -> Iterator[Concern]:
    if plan.draft is None or not plan.steps:
        return
    late = plan.steps[-1].starts_on - line_ends_on(plan.draft, plan.dispenser)
    if late > MUCH_LONGER:
        yield _warn(
            "PLAN-11",
            None,
            f"The plan ends {late.days // 7} weeks later than the pace asks for, because of the "
            "strengths to hand.",
        )


def _too_often(plan: Checked) -> Iterator[Concern]:
    most = plan.form.doses_a_day
    if plan.form.kind is not Kind.MODIFIED_RELEASE or most is None:
        return
    times = sum(1 for amount in plan.current.amounts.values() if amount > 0)
    if times > most:
        yield _warn(
            "PLAN-12",
            None,
            f"Taken {times} times a day; this form is made to be taken {most} "
            f"time{'s' if most > 1 else ''} a day (product information).",
        )


def _high_load(plan: Checked) -> Iterator[Concern]:
    load = morphine_equivalent(plan.drug, plan.form, plan.current.total)
    passed = None if load is None else highest_passed(load)
    if load is not None and passed is not None:
        yield _warn(
            "PLAN-13",
            None,
            f"About {plain(load)} mg of oral morphine a day, at or above {passed.mg} mg "
            f"({passed.whose}).",
        )


def _rises(plan: Checked) -> Iterator[Concern]:
    for number, before, step in plan.pairs():
        if any(amount > before.at(time) for time, amount in step.doses.amounts.items()):
            yield _warn(
                "PLAN-14",
                number,
                "A dose rises. That needs a prescriber and a second person; the body may have "
                "lost its tolerance, so that an old dose can kill.",
            )


def _misses_goal(plan: Checked) -> Iterator[Concern]:
    ends = plan.steps[-1].doses.total if plan.steps else plan.current.total
    if ends != plan.goal:
        yield _warn(
            "PLAN-15",
            None,
            f"The plan ends at {plain(ends)} {plan.form.unit} a day, not at the goal of "
            f"{plain(plan.goal)}.",
        )


def _in_the_past(plan: Checked) -> Iterator[Concern]:
    if plan.today is not None and plan.starts_on < plan.today:
        yield _warn("PLAN-16", None, f"The plan starts on {plan.starts_on}, before today.")


CHECKS = (
    _not_makeable,
    _not_in_catalogue,
    _off_change_day,
    _too_much_paracetamol,
    _specialist,
    _deep_cuts,
    _growing_end,
    _deeper_than_the_pace,
    _much_longer,
    _too_often,
    _high_load,
    _rises,
    _misses_goal,
    _in_the_past,
)


def _listed(strengths: Sequence[Decimal]) -> str:
    return ", ".join(plain(strength) for strength in sorted(strengths))
