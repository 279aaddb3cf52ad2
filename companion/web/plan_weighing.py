"""What follows from what a pharmacist entered: the steps, what they are made of, and concerns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from companion.core.dispensing import Dispenser, TooFineError, Units, dispenser_for
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.drafting import Basis, Draft, draft_steps
from companion.core.editing import avoid
from companion.core.equivalence import factor_of, morphine_equivalent
from companion.core.even_cuts import EvenCut, even_cuts
from companion.core.medicines import drug_named, meant_by
from companion.core.plan_checks import Checked, Concern, PatientChecked, Severity, concerns_of
from companion.core.product import Product
from companion.core.taper import PlanError, Step, check_steps
from companion.web.plan_form import PlanForm
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

FIELD_OF = {
    "pace": "pace_every_days",
    "pace.cut": "pace_cut",
    "pace.every_days": "pace_every_days",
    "current": "morning",
    "goal.total": "goal",
}
"""Where in the form a fault of the domain stands."""
TOO_SMALL = _l("These strengths are too small for this dose")


@dataclass(frozen=True, slots=True)
class Made:
    """What one step is made of, and how much oral morphine a day it is like.

    *units* is None for a dose that cannot be made, *equivalent* for a drug without a factor.
    """

    units: dict[TimeOfDay, Units | None]
    equivalent: Decimal | None


def filled(form: PlanForm) -> tuple[Step, ...]:
    """Return the steps that the pace asks for, or only the start when there is none.

    Raises:
        PlanError: the pace cannot stand; the field is named.
    """
    current, product = form.current(), form.chosen()
    first = Step(form.first_day(), current)
    if not form.has_pace():
        return (first,)
    try:
        made_of = _dispenser(form, product, current)
        cuts = draft_steps(form.draft(product, current), made_of)
        return check_steps(_on_good_days(form, (first, *cuts), product))
    except PlanError as error:
        raise PlanError(FIELD_OF.get(error.field, error.field), str(error)) from error


def redrawn_rest(form: PlanForm, steps: Sequence[Step], at: int) -> tuple[Step, ...]:
    """Return *steps* up to *at*, and what comes after drawn anew at the pace of the form.

    Raises:
        PlanError: there is no such step, or the pace cannot stand.
    """
    if not 0 <= at < len(steps):
        raise PlanError("edit_step", _("Choose another step for this"))
    product, kept = form.chosen(), steps[: at + 1]
    draft = replace(
        form.draft(product, kept[-1].doses),
        starts_on=kept[-1].starts_on,
        first_cut_on=None,
        counted_from=form.start_of_percentages() or steps[0].doses.total,
    )
    try:
        cuts = draft_steps(draft, _dispenser(form, product, kept[-1].doses))
        return check_steps((*kept[:-1], *_on_good_days(form, (kept[-1], *cuts), product)))
    except PlanError as error:
        raise PlanError(FIELD_OF.get(error.field, error.field), str(error)) from error


def even_cuts_beside(form: PlanForm, steps: Sequence[Step]) -> tuple[EvenCut, ...]:
    """Return the cuts beside the pace's percentage that whole units can take off evenly."""
    product = form.chosen()
    if product is None or form.basis_of("pace") is not Basis.START:
        return ()
    sizes = [meant_by(product.drug, strength) for strength in product.strengths]
    start = form.start_of_percentages() or steps[0].doses.total
    return even_cuts(start, form.amount("pace_cut"), sizes)


def made_of(form: PlanForm, steps: Sequence[Step]) -> list[Made]:
    """Return what each step is made of and is like; nothing for another medicine."""
    product = form.chosen()
    if product is None:
        return []
    dispenser = _dispenser_of(product, [step.doses for step in steps])
    return [
        Made(
            {time: dispenser.units_of(amount) for time, amount in step.doses.amounts.items()},
            morphine_equivalent(product.drug, product.form, step.doses.total),
        )
        for step in steps
    ]


def factor(form: PlanForm) -> Decimal | None:
    """Return the factor by which the chosen medicine is likened to oral morphine."""
    drug = drug_named(form.drug_name() or "")
    return None if drug is None else factor_of(drug)


def load(form: PlanForm, steps: Sequence[Step]) -> Decimal | None:
    """Return mg of oral morphine a day that the first step is like; None where unknown."""
    product = form.chosen()
    if product is None:
        return None
    return morphine_equivalent(product.drug, product.form, steps[0].doses.total)


def concerns(
    form: PlanForm, steps: Sequence[Step], today: date, patient: PatientChecked
) -> list[Concern]:
    """Return what to think about, for a medicine of the catalogue; else nothing is known."""
    product = form.chosen()
    if product is None:
        return []
    current, cuts = steps[0].doses, tuple(steps[1:])
    return concerns_of(
        Checked(
            drug=product.drug,
            form=product.form,
            strengths=product.strengths,
            dispenser=_dispenser_of(product, [step.doses for step in steps]),
            current=current,
            starts_on=steps[0].starts_on,
            steps=cuts,
            goal=steps[-1].doses.total,
            draft=_drafted(form, product, current, cuts),
            change_from=form.first_cut_on.data or steps[0].starts_on,
            today=today,
            patient=patient,
        )
    )


def refuse_unreasoned(
    form: PlanForm, steps: Sequence[Step], today: date, patient: PatientChecked
) -> None:
    """Refuse a plan with a concern that stops, or with others and no reason.

    Raises:
        PlanError: with what is to be done.
    """
    found = concerns(form, steps, today, patient)
    if any(concern.severity is Severity.STOP for concern in found):
        raise PlanError("concerns", _("Change what cannot be agreed first"))
    if found and not (form.reasons.data or "").strip():
        raise PlanError("reasons", _("Say why this plan is right all the same"))


def _drafted(
    form: PlanForm, product: Product, current: DayDoses, cuts: tuple[Step, ...]
) -> Draft | None:
    """Return the draft whose steps these are, or None where a person changed any."""
    try:
        draft = form.draft(product, current)
        first = Step(draft.starts_on, current)
        drafted = draft_steps(draft, _dispenser_of(product, [current]))
        on_good_days = _on_good_days(form, (first, *drafted), product)
    except PlanError:
        return None
    return draft if on_good_days[1:] == cuts else None


def _on_good_days(
    form: PlanForm, steps: tuple[Step, ...], product: Product | None
) -> tuple[Step, ...]:
    """Return *steps* with no reduction on a day that the form avoids."""
    is_avoided = form.days_to_avoid()
    if is_avoided is None:
        return steps
    return avoid(steps, is_avoided, None if product is None else product.form.change_days)


def _dispenser(form: PlanForm, product: Product | None, current: DayDoses) -> Dispenser:
    if product is not None:
        return _dispenser_of(product, [current])
    strengths = form.strengths_typed()
    if not strengths:
        raise PlanError("strengths", _("Enter the strengths that the steps can be made of"))
    is_patch = current.unit is DoseUnit.MICROGRAM_PER_HOUR
    largest = max(current.amounts.values())
    try:
        return dispenser_for(strengths, current.total, largest, is_patch=is_patch)
    except TooFineError as error:
        raise PlanError("strengths", str(TOO_SMALL)) from error


def _dispenser_of(product: Product, days: Sequence[DayDoses]) -> Dispenser:
    """Return what makes the doses of *days*, of which the first is what is taken now.

    Raises:
        PlanError: the strengths are too small for such a dose.
    """
    try:
        return product.dispenser(days)
    except TooFineError as error:
        raise PlanError("strengths", str(TOO_SMALL)) from error
