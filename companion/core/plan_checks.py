"""Concerns about a plan to raise with a person. Nothing here changes a plan.

A concern that stops keeps a plan from being agreed; every other one needs a reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise

from companion.core.calendar import written
from companion.core.dispensing import Dispenser
from companion.core.doses import DayDoses, plain
from companion.core.drafting import Draft, Pace, line_ends_on
from companion.core.equivalence import morphine_equivalent, passed
from companion.core.medicines import MEASURES, PARACETAMOL_MOST_MG, Drug, Form, Kind
from companion.core.situation import EXCLUSIONS, Risk, Situation, Use
from companion.core.taper import Step

CUT_PERCENTS = (
    (Decimal(25), "the FDA's labels: 25 % or less every 2 to 4 weeks"),
    (Decimal(20), "deprescribing guidance: 10 to 20 %"),
    (Decimal(10), "the Faculty of Pain Medicine: about 10 % every two weeks"),
)
"""Rules PLAN-07 and PLAN-08: percentages above which a cut is named, and whose they are."""
GROWING_STEPS = 3
"""Rule PLAN-09: how many last steps in a row must grow in percent."""
LONG_USE_PERCENT, LONG_USE_DAYS = Decimal(10), 28
"""Rule PLAN-17: after more than a year, more than this percentage of the start in so many days."""
MUCH_LONGER = timedelta(weeks=4)
"""Rule PLAN-11: later than the pace asked for by more than this."""

TOO_COARSE = frozenset({"PLAN-01", "PLAN-10", "PLAN-11"})
"""Rules that say that whole units of the form are too large for what is wanted."""


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
class PatientChecked:
    """What the checks know of the patient; a file that is checked knows none.

    *situation* is None where nobody has asked; *must_ask* whether that must be done before
    this version; *rises* whether it begins with more than is taken now.
    """

    situation: Situation | None
    must_ask: bool
    rises: bool


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
    patient: PatientChecked | None = None

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
    days = [(None, plan.current), *((number, step.doses) for number, _, step in plan.pairs())]
    for number, doses in days:
        for time_of_day, amount in doses.amounts.items():
            if not plan.dispenser.can_make(amount):
                yield _stop(
                    "PLAN-01",
                    number,
                    f"{'What is taken now: ' if number is None else ''}{plain(amount)} "
                    f"{plan.form.unit} ({time_of_day}) cannot be made of whole units of "
                    f"{_listed(plan.strengths)}.",
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
                f"{written(step.starts_on)} is no day on which the patch is changed, "
                f"every {days} days from {written(plan.change_from)}.",
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
    reached = [] if load is None else passed(load)
    if load is not None and reached:
        whose = "; ".join(f"{threshold.mg} mg ({threshold.whose})" for threshold in reached)
        yield _warn(
            "PLAN-13",
            None,
            f"About {plain(load)} mg of oral morphine a day, at or above {whose}.",
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
        text = f"The plan starts on {written(plan.starts_on)}, before today."
        yield _warn("PLAN-16", None, text)


def _fast_for_long_use(plan: Checked) -> Iterator[Concern]:
    situation = None if plan.patient is None else plan.patient.situation
    if situation is None or situation.use is not Use.OVER_A_YEAR:
        return
    start, last = plan.current.total, plan.starts_on
    for number, before, step in plan.pairs():
        share = (before.total - step.doses.total) * 100
        days, last = (step.starts_on - last).days, step.starts_on
        if share * LONG_USE_DAYS > LONG_USE_PERCENT * start * days:
            yield _warn(
                "PLAN-17",
                number,
                "Fast for somebody who took opioids for more than a year: about "
                f"{LONG_USE_PERCENT} % of the start a month, or slower (CDC 2022).",
            )
            return


_EXCLUDED = {
    Risk.PREGNANT: "Pregnant: a fast reduction risks the pregnancy (McMaster B-12, CEP).",
    Risk.CANCER_OR_END_OF_LIFE: "Pain of cancer, or near the end of life (MJA, NICE NG215).",
    Risk.OPIOID_USE_DISORDER: "Opioid use disorder: treatment with an agonist comes first (MJA).",
    Risk.UNSTABLE_MENTAL_HEALTH: "Mental health is not stable, or suicide is a risk (CEP, VA).",
    Risk.UNSTABLE_HEART: "Heart disease or blood pressure is not stable (CEP).",
}


def _excluded(plan: Checked) -> Iterator[Concern]:
    situation = None if plan.patient is None else plan.patient.situation
    for risk in sorted(EXCLUSIONS & (frozenset() if situation is None else situation.risks)):
        yield _warn("PLAN-19", None, f"{_EXCLUDED[risk]} Not without a specialist.")


def _sedated(plan: Checked) -> Iterator[Concern]:
    situation = None if plan.patient is None else plan.patient.situation
    if situation is not None and Risk.SEDATIVES in situation.risks:
        yield _warn(
            "PLAN-18",
            None,
            "Takes a sedative too (a benzodiazepine, Z-drug or gabapentinoid): breathing may "
            "stop. Reduce one at a time, the opioid first (CDC, VA), and offer naloxone.",
        )


def _unasked(plan: Checked) -> Iterator[Concern]:
    if plan.patient is not None and plan.patient.must_ask:
        yield _stop(
            "PLAN-20",
            None,
            "The load is high: answer the questions about risk before this version. They are on "
            "the patient's page.",
        )


def _other_opioids(plan: Checked) -> Iterator[Concern]:
    situation = None if plan.patient is None else plan.patient.situation
    if situation is None or not situation.others:
        return
    load = situation.load_with(morphine_equivalent(plan.drug, plan.form, plan.current.total))
    total = "not known" if load is None else f"about {plain(load)} mg of oral morphine a day"
    names = ", ".join(f"{one.drug.name} {one.form.name}" for one in situation.others)
    yield _warn(
        "PLAN-21",
        None,
        f"Takes other opioids too: {names}. All together: {total}. Reduce one at a time (bpac NZ).",
    )


def _begins_above(plan: Checked) -> Iterator[Concern]:
    if plan.patient is not None and plan.patient.rises:
        yield _warn(
            "PLAN-22",
            None,
            "It begins with more than is taken now. Only a prescriber may write it; the body may "
            "have lost its tolerance within a week, so that an old dose can kill (VA).",
        )


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
    _fast_for_long_use,
    _sedated,
    _excluded,
    _unasked,
    _other_opioids,
    _begins_above,
)


def _listed(strengths: Sequence[Decimal]) -> str:
    return ", ".join(plain(strength) for strength in sorted(strengths))
