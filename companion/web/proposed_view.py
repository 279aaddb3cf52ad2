"""What stands beside a mark: all that the writer of a proposed version was shown about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from companion.core.equivalence import TABLE, VERSION
from companion.core.plan_checks import Concern, PatientChecked
from companion.core.taper import PlanError, Step
from companion.services import assessing, planning
from companion.store import organisations
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.web import plan_weighing
from companion.web.chart import StepChart, step_chart
from companion.web.plan_form import PlanForm, value_of, written_from
from companion.web.plan_weighing import Made
from companion.web.showing import short_day


@dataclass(frozen=True, slots=True)
class ProposedView:
    """Concerns, picture and make-up of a version that waits for agreement."""

    chart: StepChart
    concerns: Sequence[Concern]
    made: Sequence[Made]
    """What each step is made of; empty where nobody can tell."""
    factor: Decimal | None
    table: str


def proposed_view(
    session: Session, patient: Patient, version: PlanVersion, steps: Sequence[Step], today: date
) -> ProposedView:
    """Weigh *version* again, as it was weighed when it was written but by what is known today."""
    form = _form_of(session, patient, version, steps)
    found = assessing.assessed(session, patient)
    checked = PatientChecked(
        situation=None if found is None else found.situation,
        must_ask=False,  # it was asked, or it could not have been proposed
        rises=planning.rises(session, patient, planning.beginning_of(session, version), today),
    )
    try:
        concerns = plan_weighing.concerns(form, steps, today, checked)
        made = plan_weighing.made_of(form, steps)
    except PlanError:  # strengths that are too small for the dose: nothing can be made
        concerns, made = [], []
    return ProposedView(
        chart=step_chart(steps, today=None, day_text=short_day),
        concerns=concerns,
        made=made,
        factor=plan_weighing.factor(form),
        table=f"{TABLE}, {VERSION}",
    )


def _form_of(
    session: Session, patient: Patient, version: PlanVersion, steps: Sequence[Step]
) -> PlanForm:
    """Return the form as it stood when *version* was proposed."""
    data = written_from(version, steps[0].doses) | {"starts_on": steps[0].starts_on}
    product = version.product
    if product is not None:
        data |= {
            "product": value_of(product.drug, product.form),
            "strengths": product.strengths_text,
        }
    if len(steps) > 1:
        data["first_cut_on"] = steps[1].starts_on
    form = PlanForm(formdata=None, data=data)
    form.set_choices(organisations.organisation_of(session, patient.organisation_id).working_time)
    return form
