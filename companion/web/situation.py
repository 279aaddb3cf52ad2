"""Ask what makes a taper risky; list whom the specialist team should see."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as PlainForm

from companion.core.doses import DoseError, parse_amount, plain
from companion.core.medicines import CATALOGUE, meant_by
from companion.core.situation import OtherOpioid, Risk, Situation, Support, Use, other_from
from companion.core.taper import PlanError
from companion.services import assessing, enrolment
from companion.store import patients, situations
from companion.web import showing
from companion.web.access import CLINICAL, requires
from companion.web.current import current_actor, current_runtime, current_scope, now
from companion.web.forms import Form, choices, required
from companion.web.patients import patient_or_404
from companion.web.plan_form import BETWEEN
from companion.web.risk_view import risk_view
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("situation", __name__)

MOST_OTHERS = 4


class OtherForm(PlainForm):  # type: ignore[misc]  # the library has no types
    """One other opioid."""

    product = SelectField(_l("Medicine and form"), validate_choice=False)
    daily = StringField(_l("Really taken in a day, all together"))
    as_needed = BooleanField(_l("Taken as needed"))


class SituationForm(Form):
    """What makes a taper risky."""

    use = RadioField(
        _l("For how long have opioids been taken?"),
        choices=choices(*((use.value, showing.USES[use]) for use in Use)),
        validators=[required(_l("Choose for how long"))],
    )
    risks = SelectMultipleField(
        _l("Does any of this apply? Ask about each."),
        choices=choices(*((risk.value, showing.RISKS[risk]) for risk in Risk)),
    )
    others = FieldList(FormField(OtherForm), min_entries=MOST_OTHERS, max_entries=MOST_OTHERS)

    def set_choices(self) -> None:
        """Offer the catalogue."""
        options = choices(
            ("", _("None")),
            *(
                (f"{drug.name}{BETWEEN}{form.name}", f"{drug.name}, {form.name} ({form.unit})")
                for drug in CATALOGUE
                for form in drug.forms
            ),
        )
        for entry in self.others:
            entry.form.product.choices = options

    def situation(self) -> Situation:
        """Return what was entered.

        Raises:
            PlanError: an amount cannot stand.
        """
        return Situation(
            Use(self.use.data),
            frozenset(Risk(risk) for risk in self.risks.data or []),
            tuple(other for entry in self.others if (other := _other(entry.form)) is not None),
        )


def _other(form: OtherForm) -> OtherOpioid | None:
    name, _bar, form_name = (form.product.data or "").partition(BETWEEN)
    if not name:
        return None
    try:
        daily = parse_amount(form.daily.data or "")
    except DoseError as error:
        form.daily.errors = [str(error)]
        raise PlanError("others", str(error)) from error
    other = other_from(name, form_name, daily, as_needed=bool(form.as_needed.data))
    if other is None:
        raise PlanError("others", _("Choose a medicine from the list"))
    return OtherOpioid(other.drug, other.form, meant_by(other.drug, daily), other.as_needed)


def _entered(situation: Situation) -> dict[str, object]:
    return {
        "use": situation.use,
        "risks": sorted(situation.risks),
        "others": [
            {
                "product": f"{other.drug.name}{BETWEEN}{other.form.name}",
                "daily": plain(other.daily),
                "as_needed": other.as_needed,
            }
            for other in situation.others
        ],
    }


@blueprint.route("/patients/<uuid:patient_id>/risk", methods=["GET", "POST"])
@requires(*CLINICAL)
def ask(patient_id: UUID) -> ResponseReturnValue:
    """Ask the questions about risk, with the last answers filled in."""
    runtime = current_runtime()
    with runtime.transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        enrolment.view(
            session, patient, what="risk questions opened", actor=current_actor(), now=now()
        )
        name = patients.name_of(session, patient)
        found = assessing.assessed(session, patient)
    form = SituationForm(data={} if found is None else _entered(found.situation))
    form.set_choices()
    if form.validate_on_submit():
        try:
            with runtime.transactions.begin() as session:
                assessing.record(
                    session,
                    patient_or_404(session, patient_id),
                    form.situation(),
                    actor=current_actor(),
                    now=now(),
                )
        except PlanError as error:
            form.form_errors.append(str(error))
        else:
            flash(_("Saved."))
            return redirect(url_for("patients.shown", patient_id=patient_id))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template("situation.html", form=form, patient_id=patient_id, name=name), status


@blueprint.get("/referrals")
@requires(*CLINICAL)
def referrals() -> ResponseReturnValue:
    """List whom the specialist team should see, and why."""
    with current_runtime().transactions.begin() as session:
        rows = []
        for patient in situations.asked_patients(session, current_scope()):
            view = risk_view(session, patient, now())
            if view is not None and view.support is Support.SPECIALIST_TEAM:
                rows.append((patient, patients.name_of(session, patient), view))
        enrolment.view_list(
            session,
            current_scope(),
            [patient for patient, _name, _view in rows],
            what="referrals listed",
            actor=current_actor(),
            now=now(),
        )
    return render_template("referrals.html", rows=rows)
