"""Write a plan: the pace, the steps as table and picture, and propose it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from companion.core import editing, equivalence
from companion.core.doses import DayDoses, DoseError, DoseUnit, TimeOfDay, parse_amount, plain
from companion.core.paces import NAMED_PACES, pace_named
from companion.core.plan_changes import difference
from companion.core.plan_checks import PatientChecked
from companion.core.product import is_as_strong
from companion.core.taper import LONGEST_DAYS, MOST_STEPS, PlanError, Step, check_days, check_steps
from companion.services import assessing, drafting_plans, enrolment, planning
from companion.services.enrolment import StaleError
from companion.services.plan_today import plan_today
from companion.services.planning import Beginning, PlanDraft
from companion.store import accounts, organisations, patients, plans
from companion.store.database import Session
from companion.store.patients import Patient
from companion.web import plan_weighing, showing
from companion.web.access import PLANNERS, prescribes, requires
from companion.web.chart import step_chart
from companion.web.current import current_actor, current_runtime, now
from companion.web.patient_page import version_view
from companion.web.patients import patient_or_404
from companion.web.plan_finer import finer_form, use_finer
from companion.web.plan_form import PlanForm, read_day, written_from
from companion.web.words import gettext as _

blueprint = Blueprint("plans", __name__)

SPARE_ROWS = 3
"""Empty rows to type steps into at first; more are a button away."""


class Rows:
    """The steps as they stand in the form: text that may be wrong, kept as typed."""

    def __init__(self, times: Sequence[TimeOfDay], rows: list[dict[str, str]]) -> None:
        self.times = tuple(times)
        self.rows = rows
        self.faults: dict[str, str] = {}

    @classmethod
    def from_steps(cls, steps: Sequence[Step]) -> "Rows":
        """Return rows for *steps*, with a column for each time of day that is taken."""
        times = tuple(steps[0].doses.amounts)
        rows = [
            {
                "on": f"{step.starts_on.day} {step.starts_on.month} {step.starts_on.year}",
                **{t.value: plain(step.doses.at(t)) for t in times},
            }
            for step in steps
        ]
        return cls(times, rows)

    @classmethod
    def from_form(cls) -> "Rows":
        """Return the rows that were sent."""
        times = [t for t in TimeOfDay if f"step-0-{t.value}" in request.form]
        rows: list[dict[str, str]] = []
        while f"step-{len(rows)}-on" in request.form and len(rows) < MOST_STEPS:
            at = len(rows)
            names = ["on", *(t.value for t in times)]
            rows.append({n: request.form.get(f"step-{at}-{n}", "").strip()[:20] for n in names})
        return cls(times, rows)

    def add_empty(self, count: int) -> None:
        """Add rows to type into."""
        self.rows += [dict.fromkeys(["on", *(t.value for t in self.times)], "")] * count

    def steps(self, unit: DoseUnit) -> tuple[Step, ...]:
        """Return the steps; rows left wholly empty are passed over.

        Raises:
            PlanError: a row cannot stand; its box is named.
        """
        used = [(at, row) for at, row in enumerate(self.rows) if any(row.values())]
        steps = [self._step(at, row, unit) for at, row in used]
        try:
            return check_steps(steps)
        except PlanError as error:
            raise PlanError(_box(error.field, [at for at, _row in used]), str(error)) from error

    def _step(self, at: int, row: dict[str, str], unit: DoseUnit) -> Step:
        try:
            starts_on = read_day(row["on"])
        except ValueError as error:
            raise PlanError(f"step-{at}-on", _("Enter a date, like 18 1 2027")) from error
        amounts = {}
        for time_of_day in self.times:
            try:
                text = row[time_of_day.value]
                amounts[time_of_day] = parse_amount(text) if text else Decimal(0)
            except DoseError as error:
                raise PlanError(f"step-{at}-{time_of_day}", str(error)) from error
        return Step(starts_on, DayDoses(unit, amounts))


def _box(field: str, rows: Sequence[int]) -> str:
    """Return the id of the box for a fault such as ``steps[3].morning``."""
    if not field.startswith("steps["):
        return "step-0-on"
    index, _dot, name = field.removeprefix("steps[").partition("].")
    return f"step-{rows[int(index)]}-{'on' if name == 'starts_on' else name}"


@blueprint.route("/patients/<uuid:patient_id>/plan", methods=["GET", "POST"])
@requires(*PLANNERS)
def write(patient_id: UUID) -> ResponseReturnValue:
    """Write a new version: first what and at what pace, then the steps, then propose."""
    with current_runtime().transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        enrolment.view(session, patient, what="plan opened", actor=current_actor(), now=now())
        name = patients.name_of(session, patient)
        data = _begun_with(session, patient)
        organisation = organisations.organisation_of(session, patient.organisation_id)
    form = PlanForm(data=data)
    form.set_choices(organisation.working_time, organisation.hidden)
    named = pace_named(request.form.get("use_pace", ""))
    if named is not None:
        form.use(named)
        return _details_page(form, patient, name)
    if not form.validate_on_submit():
        return _details_page(form, patient, name)
    if "save_draft" in request.form:
        return _save_draft(patient)
    try:
        return _what_was_pressed(form, patient, name)
    except PlanError as error:
        form.take_faults({error.field: str(error)})
        return _details_page(form, patient, name)


def _what_was_pressed(form: PlanForm, patient: Patient, name: str) -> ResponseReturnValue:
    check_days(form.first_day(), form.review_on.data, _today(patient))
    if "use_finer" in request.form:
        return _details_page(form, patient, name, done=use_finer(form))
    if "step-0-on" not in request.form or {"back", "use_cut"} & request.form.keys():
        return _first_rows(form, patient, name)
    return _take_rows(form, patient, name)


NOT_KEPT = frozenset({"csrf_token", "save_draft", "propose", "edit", "edit_step", "edit_days"})
"""What a form holds that is no part of a draft."""


def _save_draft(patient: Patient) -> ResponseReturnValue:
    """Keep all that stands in the form, right or wrong, to go on with later."""
    content = {name: value for name, value in request.form.items() if name not in NOT_KEPT}
    with current_runtime().transactions.begin() as session:
        drafting_plans.save(
            session,
            patient_or_404(session, patient.id),
            content,
            actor=current_actor(),
            now=now(),
        )
    flash(_("Kept as a draft. It is proposed to nobody yet."))
    return redirect(url_for("patients.shown", patient_id=patient.id))


@blueprint.post("/patients/<uuid:patient_id>/plan/discard")
@requires(*PLANNERS)
def discard_draft(patient_id: UUID) -> ResponseReturnValue:
    """Forget the draft."""
    with current_runtime().transactions.begin() as session:
        drafting_plans.discard(
            session, patient_or_404(session, patient_id), actor=current_actor(), now=now()
        )
    flash(_("The draft is gone."))
    return redirect(url_for("patients.shown", patient_id=patient_id))


def _begun_with(session: Session, patient: Patient) -> dict[str, object]:
    """Return what the form opens with: the newest version's pace and what is taken today."""
    versions = plans.versions_of(session, patient)
    if not versions:
        return {"based_on": ""}
    plan = plan_today(session, patient, now())
    agreed = plan.version or plan.agreed
    begun = written_from(agreed or versions[0], plan.doses)
    if agreed is None:
        return {"based_on": str(versions[0].id)} | begun
    first = plans.steps_of(session, agreed)[0].doses.total
    begun["goal_words"] = plans.goal_words_of(session, agreed)
    begun["starts_on"] = plan.today
    begun["counted_from"] = begun.get("counted_from") or plain(first)
    medicine = begun.get("product") or agreed.medicine
    begun["counted_in"] = f"{begun['counted_from']} {medicine} {agreed.unit}"
    return {"based_on": str(versions[0].id)} | begun


def _details_page(
    form: PlanForm, patient: Patient, name: str, *, done: str = ""
) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    page = render_template(
        "plan_details.html", form=form, patient=patient, name=name, paces=NAMED_PACES, done=done
    )
    return page, status


def _first_rows(form: PlanForm, patient: Patient, name: str) -> ResponseReturnValue:
    if "back" in request.form:
        return _details_page(form, patient, name)
    if "use_cut" in request.form:
        form.use_cut(request.form["use_cut"][:12])
    steps = plan_weighing.filled(form)
    rows = Rows.from_steps(steps)
    if len(steps) == 1:
        rows.add_empty(SPARE_ROWS)
    return _steps_page(form, patient, name, rows, steps)


def _take_rows(form: PlanForm, patient: Patient, name: str) -> ResponseReturnValue:
    rows = Rows.from_form()
    if "add_rows" in request.form:
        rows.add_empty(SPARE_ROWS)
        return _steps_page(form, patient, name, rows, None)
    try:
        steps = rows.steps(DoseUnit(form.unit.data))
    except PlanError as error:
        rows.faults[error.field] = str(error)
        return _steps_page(form, patient, name, rows, None)
    if "propose" not in request.form:
        show = _edited if "edit" in request.form else _steps_page
        return show(form, patient, name, rows, steps)
    try:
        plan_weighing.refuse_unreasoned(
            form, steps, _today(patient), _checked_patient(form, patient, steps)
        )
        _propose(form, patient.id, steps)
    except PlanError as error:
        form.take_faults({error.field: str(error)})
        return _steps_page(form, patient, name, rows, steps)
    except StaleError as error:
        return _stale_page(form, patient, name, str(error), steps)
    flash(_("Proposed. It binds when the patient and the prescriber have both agreed."))
    return redirect(url_for("patients.shown", patient_id=patient.id))


def _edited(
    form: PlanForm, patient: Patient, name: str, rows: Rows, steps: tuple[Step, ...]
) -> ResponseReturnValue:
    """Put a hold in, repeat a step, lengthen or redraw the rest, or end; then show it."""
    try:
        steps = _edit(form, steps)
    except PlanError as error:
        box = error.field if error.field == "edit_days" else "edit_step"
        rows.faults[box] = str(error)
        return _steps_page(form, patient, name, rows, steps)
    return _steps_page(form, patient, name, Rows.from_steps(steps), steps)


def _edit(form: PlanForm, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    at = _number(request.form.get("edit_step", ""), "edit_step")
    product = form.chosen()
    change_days = None if product is None else product.form.change_days
    match request.form["edit"]:
        case "hold" | "lengthen" as edit:
            days = _number(request.form.get("edit_days", ""), "edit_days")
            change = editing.put_hold if edit == "hold" else editing.lengthen
            return check_steps(change(steps, at, days, change_days))
        case "repeat":
            return check_steps(editing.repeat(steps, at))
        case "end":
            return editing.end_at(steps, at)
        case _:
            return plan_weighing.redrawn_rest(form, steps, at)


def _number(text: str, field: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LONGEST_DAYS)):
        raise PlanError(field, _("Enter a whole number, like 14"))
    return int(text)


def _propose(form: PlanForm, patient_id: UUID, steps: Sequence[Step]) -> None:
    with current_runtime().transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        drafting_plans.discard(session, patient, actor=current_actor(), now=now())
        planning.propose(
            session,
            patient,
            PlanDraft(
                medicine=form.named(),
                unit=DoseUnit(form.unit.data),
                steps=steps,
                goal=steps[-1].doses.total,
                goal_words=form.goal_words.data or "",
                prescriber=form.prescriber.data,
                based_on=_version_id(form.based_on.data),
                reasons=form.reasons.data or "",
                product=form.chosen(),
                written_as=form.written_as(),
                review_on=form.review_on.data,
            ),
            actor=current_actor(),
            now=now(),
            may_raise=prescribes(),
        )


def _version_id(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _today(patient: Patient) -> date:
    with current_runtime().transactions.reading() as session:
        return organisations.today_of(session, patient.organisation_id, now())


def _checked_patient(form: PlanForm, patient: Patient, steps: Sequence[Step]) -> PatientChecked:
    """Return what the checks must know of the patient."""
    runtime = current_runtime()
    with runtime.transactions.reading() as session:
        found = assessing.assessed(session, patient)
        return PatientChecked(
            situation=None if found is None else found.situation,
            must_ask=assessing.must_ask(
                session,
                patient,
                plan_weighing.load(form, steps),
                runtime.settings.plans.risk_load_mg,
            ),
            rises=planning.rises(
                session,
                patient,
                Beginning(form.named(), form.chosen(), steps),
                _today(patient),
            ),
        )


def _steps_page(
    form: PlanForm, patient: Patient, name: str, rows: Rows, steps: Sequence[Step] | None
) -> ResponseReturnValue:
    chart = step_chart(steps, today=None, day_text=showing.short_day) if steps else None
    concerns = (
        plan_weighing.concerns(form, steps, _today(patient), _checked_patient(form, patient, steps))
        if steps
        else []
    )
    faults = [{"text": what, "href": f"#{box}"} for box, what in rows.faults.items()]
    faults += form.faults()
    page = render_template(
        "plan_steps.html",
        form=form,
        patient=patient,
        name=name,
        rows=rows,
        steps=steps,
        chart=chart,
        faults=faults,
        concerns=concerns,
        made=plan_weighing.made_of(form, steps) if steps else [],
        even_cuts=plan_weighing.even_cuts_beside(form, steps) if steps else (),
        finer=finer_form(form, concerns),
        edit={name: request.form.get(name, "") for name in ("edit_step", "edit_days")},
        factor=plan_weighing.factor(form),
        table=f"{equivalence.TABLE}, {equivalence.VERSION}",
        unit=DoseUnit(form.unit.data),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


def _stale_page(
    form: PlanForm, patient: Patient, name: str, why: str, steps: Sequence[Step]
) -> ResponseReturnValue:
    """Show both: what somebody else saved meanwhile, and what was about to be saved."""
    with current_runtime().transactions.reading() as session:
        names = accounts.names_of(session, patient.organisation_id)
        theirs = version_view(session, plans.versions_of(session, patient)[0], names)
    form.based_on.data = str(theirs.version.id)
    form.based_on.raw_data = None
    page = render_template(
        "plan_stale.html",
        form=form,
        patient=patient,
        name=name,
        why=why,
        theirs=theirs,
        rows=Rows.from_steps(steps),
        steps=steps,
        unit=DoseUnit(form.unit.data),
        difference=difference(theirs.steps, steps, steps[0].starts_on)
        if theirs.version.unit is steps[0].doses.unit
        and is_as_strong(theirs.version.product, form.chosen())
        else None,
    )
    return page, HTTPStatus.CONFLICT
