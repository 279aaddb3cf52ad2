"""What is to be thought about in a version that is written already, for whoever reads it."""

from collections.abc import Sequence

from companion.core.dispensing import TooFineError
from companion.core.plan_checks import Checked, Concern, PatientChecked, concerns_of
from companion.core.situation import Situation
from companion.core.supply import changes_from
from companion.core.taper import Step
from companion.store.plans import PlanVersion


def concerns_about(
    version: PlanVersion, steps: Sequence[Step], situation: Situation | None
) -> list[Concern]:
    """Return every concern about *version*; nothing is known of what is not in the catalogue."""
    product = version.product
    if product is None or len(steps) < 2:
        return []
    try:
        dispenser = product.dispenser([step.doses for step in steps])
    except TooFineError:
        return []
    return concerns_of(
        Checked(
            drug=product.drug,
            form=product.form,
            strengths=product.strengths,
            dispenser=dispenser,
            current=steps[0].doses,
            starts_on=steps[0].starts_on,
            steps=tuple(steps[1:]),
            goal=version.goal,
            draft=None,
            change_from=changes_from(steps),
            patient=PatientChecked(situation, must_ask=False, rises=False),
        )
    )


def first_of_each_rule(concerns: Sequence[Concern]) -> list[Concern]:
    """Return the first concern of each rule: on paper, one step stands for all that are alike."""
    first: dict[str, Concern] = {}
    for concern in concerns:
        first.setdefault(concern.rule, concern)
    return list(first.values())
