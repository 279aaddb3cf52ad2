"""``make bench-plans``: 50,000 random plans of the whole catalogue, and one large plan timed.

Every plan is drafted, checked and counted; one that breaks a promise ends the run with what it
was. Seeds are printed, so that a failure can be made again.
"""

import random
import statistics
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from companion.core.dispensing import Dispenser
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay, plain
from companion.core.drafting import (
    Basis,
    Cut,
    Draft,
    Every,
    Pace,
    Period,
    SlowDown,
    draft_steps,
    usual_order,
)
from companion.core.medicines import CATALOGUE, Drug, Form, drug_named, meant_by
from companion.core.plan_checks import Checked, concerns_of
from companion.core.product import Product
from companion.core.supply import prescriptions
from companion.core.taper import PlanError, Step, check_steps

PLANS = 50_000
STARTS = date(2027, 1, 4)
TIMES = (TimeOfDay.MORNING, TimeOfDay.MIDDAY, TimeOfDay.EVENING, TimeOfDay.NIGHT)
GOAL_SECONDS = 0.020


class BrokenError(AssertionError):
    """A plan that breaks a promise."""


def main() -> None:
    """Draft them all; print how many, and how long the large one takes."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    forms = [(drug, form) for drug in CATALOGUE for form in drug.forms]
    too_long = steps = 0
    began = time.perf_counter()
    for number in range(PLANS):
        drug, form = chance.choice(forms)
        try:
            steps += _try(chance, drug, form)
        except PlanError as error:
            if error.field not in {"pace", "steps"}:
                raise BrokenError(f"plan {number}: {error.field}: {error}") from error
            too_long += 1
        except BrokenError as error:
            raise BrokenError(f"seed {seed}, plan {number}: {error}") from error
    took = time.perf_counter() - began
    print(
        f"seed {seed}: {PLANS} plans, {steps} steps, {too_long} longer than ten years, none broken"
    )
    print(f"{took / PLANS * 1000:.2f} ms each, drafted, checked and counted")
    large = statistics.median(_large() for _ in range(21))
    print(
        f"a two-year plan with four dose times: {large * 1000:.1f} ms (goal {GOAL_SECONDS * 1000:.0f})"
    )


def _try(chance: random.Random, drug: Drug, form: Form) -> int:
    strengths = tuple(sorted(chance.sample(form.strengths, chance.randint(1, len(form.strengths)))))
    product, current = Product(drug, form, strengths), _current(chance, drug, form, strengths)
    draft = Draft(
        current=current,
        starts_on=STARTS,
        pace=_pace(chance, current),
        cut_order=usual_order(current),
        goal=Decimal(0) if chance.random() < 0.7 else current.total / 4,
        slow_down=SlowDown(Decimal(33), _pace(chance, current)) if chance.random() < 0.3 else None,
        change_days=form.change_days,
    )
    dispenser = product.dispenser([current])
    cuts = draft_steps(draft, dispenser)
    if cuts != draft_steps(draft, product.dispenser([current])):
        raise BrokenError("the same input made another plan")
    steps = check_steps((Step(STARTS, current), *cuts))
    _check_steps(steps, draft, dispenser)
    for one in prescriptions(product, steps, STARTS, days=28):
        if one.quantities is None:
            raise BrokenError("a prescription that cannot be made")
        if form.change_days is None:
            _check_amount(steps, one.begins, one.last_day, one.quantities)
    concerns_of(
        Checked(
            drug=drug, form=form, strengths=strengths, dispenser=dispenser, current=current,
            starts_on=STARTS, steps=cuts, goal=draft.goal, draft=draft, change_from=STARTS,
        )
    )  # fmt: skip
    return len(steps)


def _check_steps(steps: tuple[Step, ...], draft: Draft, dispenser: Dispenser) -> None:
    for before, after in pairwise(steps):
        if any(after.doses.at(t) > before.doses.at(t) for t in TimeOfDay):
            raise BrokenError("a dose rose")
        if not all(dispenser.can_make(amount) for amount in after.doses.amounts.values()):
            raise BrokenError("a dose cannot be made")
        if after.doses.total < draft.goal:
            raise BrokenError("it goes below its goal")
        if draft.change_days and (after.starts_on - STARTS).days % draft.change_days:
            raise BrokenError("a patch off its change day")


def _check_amount(steps: tuple[Step, ...], first: date, last: date, quantities: object) -> None:
    assert isinstance(quantities, dict)
    counted = sum((strength * count for strength, count in quantities.items()), Decimal(0))
    planned, day = Decimal(0), first
    while day <= last:
        planned += [step for step in steps if step.starts_on <= day][-1].doses.total
        day += timedelta(days=1)
    if counted != planned:
        raise BrokenError(f"counted {plain(counted)}, planned {plain(planned)}")


def _current(
    chance: random.Random, drug: Drug, form: Form, strengths: tuple[Decimal, ...]
) -> DayDoses:
    if form.unit is DoseUnit.MICROGRAM_PER_HOUR:
        return DayDoses(form.unit, {TimeOfDay.PATCH: meant_by(drug, chance.choice(strengths))})
    times = TIMES[: chance.randint(1, 4)]
    return DayDoses(
        form.unit,
        {
            t: sum((chance.choice(strengths) for _ in range(chance.randint(1, 3))), Decimal(0))
            for t in times
        },
    )


def _pace(chance: random.Random, current: DayDoses) -> Pace:
    basis = chance.choice(list(Basis))
    size = Decimal(chance.choice(["2", "5", "10", "12.5", "20", "25", "50"]))
    if basis is Basis.AMOUNT:
        size = max(Decimal("0.5"), (current.total * size / 100).quantize(Decimal("0.5")))
    return Pace(Cut(size, basis), Every(chance.randint(1, 6), chance.choice(list(Period))))


def _large() -> float:
    """Return the seconds that a two-year plan with four dose times takes."""
    drug = drug_named("morphine")
    assert drug is not None
    form = drug.form("modified-release tablet")
    assert form is not None
    product = Product(drug, form, form.strengths)
    current = DayDoses(form.unit, dict.fromkeys(TIMES, Decimal(60)))
    pace = Pace(Cut(Decimal(4), Basis.START), Every(4, Period.WEEKS))
    began = time.perf_counter()
    draft = Draft(current, STARTS, pace, usual_order(current))
    dispenser = product.dispenser([current])
    cuts = draft_steps(draft, dispenser)
    concerns_of(
        Checked(
            drug=drug, form=form, strengths=form.strengths, dispenser=dispenser, current=current,
            starts_on=STARTS, steps=cuts, goal=Decimal(0), draft=draft, change_from=STARTS,
        )
    )  # fmt: skip
    prescriptions(product, (Step(STARTS, current), *cuts), STARTS, days=28)
    took = time.perf_counter() - began
    assert Fraction((cuts[-1].starts_on - STARTS).days, 365) > Fraction(19, 10)
    return took


if __name__ == "__main__":
    main()
