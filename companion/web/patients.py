"""Patients: the list, registering somebody, and one patient's page with its actions."""

from datetime import date, time
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from companion.core.numbers import (
    NumberError,
    parse_nhs_number,
    parse_phone,
)
from companion.core.people import Consent, ContactWishes, Identity, Pathway, StopReason
from companion.core.protocols import WEEK_DAYS, Often
from companion.core.triage import Agreed
from companion.services import enrolment, leaving, planning
from companion.services.enrolment import Details, StaleError
from companion.services.enrolment_checks import EnrolmentError, NewPatient
from companion.store import organisations, patients
from companion.store.database import Session
from companion.store.patients import Patient
from companion.web.access import CLINICAL, requires
from companion.web.contact import contact_of
from companion.web.current import (
    current_actor,
    current_runtime,
    current_scope,
    now,
)
from companion.web.forms import DayField, Form, ScoreField, TimeField, choices, required
from companion.web.patient_page import list_rows, patient_page
from companion.web.showing import week_days
from companion.web.words import gettext as _
from companion.web.words import lazy as _l

blueprint = Blueprint("patients", __name__, url_prefix="/patients")


def patient_or_404(session: Session, patient_id: UUID) -> Patient:
    """Return the patient, or end the request as if there were none.

    A form that is sent changes something: the patient is locked for it.
    """
    to_change = request.method == "POST"
    patient = patients.patient_of(session, current_scope(), patient_id, to_change=to_change)
    if patient is None:
        abort(HTTPStatus.NOT_FOUND)
    return patient


class FindForm(Form):
    """Find somebody: names are sealed, so only these three ways work."""

    nhs_number = StringField(_l("NHS number"))
    phone = StringField(_l("Mobile number"))
    last_name = StringField(_l("Last name"))
    born_on = DayField(_l("Date of birth"), optional=True)


class ReachForm(Form):
    """How a patient may be reached: asked when registering and when changing details."""

    safe_from = TimeField(_l("Texts may come from"), default="09:00")
    safe_until = TimeField(_l("Texts may come until"), default="19:00")
    check_in_at = TimeField(_l("When should check-ins come?"), default="10:00")
    how_often = RadioField(
        _l("How often do they want to be asked?"),
        choices=choices(
            (Often.USUAL, _l("As usual: days 2, 4 and 7 after a change, then weekly")),
            (Often.OFTEN, _l("More often")),
            (Often.SELDOM, _l("Less often")),
        ),
        default=Often.USUAL,
    )
    week_days = SelectMultipleField(_l("On which days may check-ins come?"))
    pain_at = ScoreField(_l("Tell the team when pain is at or above"))
    coping_at = ScoreField(_l("Tell the team when coping is at or below"))
    language = SelectField(_l("Language for texts"))
    ways = TextAreaField(_l("Safe ways to contact"))
    communication_needs = TextAreaField(_l("Communication needs"))
    interpreter = BooleanField(_l("An interpreter is needed for calls"))
    detailed = BooleanField(_l("Wants detailed texts, which may name medicines"))
    address = TextAreaField(_l("Address"), validators=[required(_l("Enter the address"))])
    emergency_contact = TextAreaField(
        _l("Emergency contact"), validators=[required(_l("Enter the emergency contact"))]
    )
    gp_practice = StringField(_l("GP practice"))
    pharmacy = StringField(_l("Pharmacy"))
    first_name = StringField(_l("First name"), validators=[required(_l("Enter the first name"))])
    last_name = StringField(_l("Last name"), validators=[required(_l("Enter the last name"))])

    def set_choices(self) -> None:
        """Offer the days of the week, and only languages in which every text stands."""
        self.week_days.choices = choices(*((str(d), week_days(frozenset({d}))) for d in range(7)))
        wording = current_runtime().wording
        self.language.choices = choices(*((lang.tag, lang.name) for lang in wording.choosable))

    def wishes(self) -> ContactWishes:
        """Return what was entered; the form is valid."""
        return ContactWishes(
            safe_from=self.safe_from.moment or time(0),
            safe_until=self.safe_until.moment or time(0),
            check_in_at=self.check_in_at.moment or time(0),
            language=self.language.data,
            detailed=self.detailed.data,
            interpreter=self.interpreter.data,
            ways=self.ways.data or "",
            communication_needs=self.communication_needs.data or "",
            how_often=Often(self.how_often.data),
            week_days=frozenset(map(int, self.week_days.data)) or WEEK_DAYS,
        )

    def agreed(self) -> Agreed:
        """Return from which scores on the team is told; the form is valid."""
        return Agreed(self.pain_at.score, self.coping_at.score)


class RegisterForm(ReachForm):
    """Everything about a new patient."""

    born_on = DayField(_l("Date of birth"))
    nhs_number = StringField(_l("NHS number"), validators=[required(_l("Enter the NHS number"))])
    phone = StringField(_l("Mobile number"), validators=[required(_l("Enter a mobile number"))])
    team_id = SelectField(_l("Team"))
    pathway = RadioField(
        _l("Why are they followed?"),
        choices=choices((Pathway.TAPER, _l("Taper")), (Pathway.DISCHARGE, _l("After discharge"))),
        default=Pathway.TAPER,
    )
    discharged_on = DayField(_l("Day of discharge"), optional=True)
    baseline_pain = ScoreField(_l("Pain now, from 0 (none) to 10 (worst)"))
    consent_asked_by = StringField(
        _l("Who asked for consent?"), validators=[required(_l("Enter who asked"))]
    )
    consent_how = StringField(
        _l("How was consent given?"), validators=[required(_l("Enter how consent was given"))]
    )
    consent_asked_on = DayField(_l("When was consent given?"))

    def new_patient(self) -> NewPatient:
        """Return what was entered; the form is valid."""
        return NewPatient(
            identity=Identity(
                first_name=self.first_name.data,
                last_name=self.last_name.data,
                born_on=self.born_on.data or date.max,
                nhs_number=self.nhs_number.data,
                address=self.address.data,
                phone=self.phone.data,
                emergency_contact=self.emergency_contact.data,
            ),
            wishes=self.wishes(),
            consent=Consent(
                self.consent_asked_by.data,
                self.consent_how.data,
                self.consent_asked_on.data or date.max,
            ),
            team_id=UUID(self.team_id.data),
            pathway=Pathway(self.pathway.data),
            gp_practice=self.gp_practice.data or "",
            pharmacy=self.pharmacy.data or "",
            discharged_on=self.discharged_on.data,
            baseline_pain=self.baseline_pain.score,
            agreed=self.agreed(),
        )


@blueprint.get("/")
@requires(*CLINICAL)
def listed() -> ResponseReturnValue:
    """Show the teams' patients, or those that were looked for."""
    form = FindForm(request.args, meta={"csrf": False})
    with current_runtime().transactions.begin() as session:
        found, moment = _find(session, form), now()
        rows = list_rows(session, current_scope(), found, moment)
        enrolment.view_list(
            session,
            current_scope(),
            found,
            what="patients listed",
            actor=current_actor(),
            now=moment,
        )
    return render_template("patients.html", form=form, rows=rows, searched=bool(request.args))


def _find(session: Session, form: FindForm) -> list[Patient]:
    scope = current_scope()
    examples = current_runtime().settings.allows_examples
    try:
        if form.nhs_number.data:
            number = parse_nhs_number(form.nhs_number.data, allow_examples=examples)
            return list(patients.find_by_nhs_number(session, scope, number))
        if form.phone.data:
            phone = parse_phone(form.phone.data, allow_examples=examples)
            return list(patients.find_by_phone(session, scope, phone))
    except NumberError as error:
        field = form.nhs_number if form.nhs_number.data else form.phone
        field.errors = [str(error)]
        return []
    if form.last_name.data or any(form.born_on.parts.values()):
        if not form.last_name.data or form.born_on.data is None:
            form.last_name.errors = [_("Enter the last name and the full date of birth")]
            return []
        return list(patients.find_by_name(session, scope, form.last_name.data, form.born_on.data))
    return list(patients.patients_of(session, scope))


@blueprint.route("/register", methods=["GET", "POST"])
@requires(*CLINICAL)
def register() -> ResponseReturnValue:
    """Register a patient; the handshake text is queued."""
    runtime, scope = current_runtime(), current_scope()
    form = RegisterForm()
    form.set_choices()
    with runtime.transactions.reading() as session:
        teams = organisations.teams_of(session, scope.organisation_id)
        mine = ((str(team.id), team.name) for team in teams if team.id in scope.team_ids)
        form.team_id.choices = choices(*mine)
    if form.validate_on_submit():
        try:
            with runtime.transactions.begin() as session:
                patient = enrolment.register(
                    session,
                    scope,
                    form.new_patient(),
                    runtime.wording,
                    actor=current_actor(),
                    now=now(),
                    allow_examples=runtime.settings.allows_examples,
                )
        except EnrolmentError as error:
            form.take_faults(error.fields)
        else:
            runtime.wake.set()
            flash(_("Registered. A text has been sent to confirm the phone."))
            return redirect(url_for("patients.shown", patient_id=patient.id))
    return _form_page("register.html", form)


def _form_page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults() else HTTPStatus.OK
    return render_template(template, form=form, **values), status


@blueprint.get("/<uuid:patient_id>")
@requires(*CLINICAL)
def shown(patient_id: UUID) -> ResponseReturnValue:
    """Show one patient; that they were looked at is recorded."""
    return _show(patient_id, reveal=False)


@blueprint.post("/<uuid:patient_id>/phone-shown")
@requires(*CLINICAL)
def phone_shown(patient_id: UUID) -> ResponseReturnValue:
    """Show one patient with the whole phone number; that is recorded too."""
    return _show(patient_id, reveal=True)


def _show(patient_id: UUID, *, reveal: bool) -> ResponseReturnValue:
    moment = now()
    with current_runtime().transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        what = "phone number shown" if reveal else "patient viewed"
        enrolment.view(session, patient, what=what, actor=current_actor(), now=moment)
        page = patient_page(session, current_scope(), patient, moment)
        contact = contact_of(session, patient, reveal=reveal)
    return render_template("patient.html", page=page, contact=contact)


class DetailsForm(ReachForm):
    """Change how a patient is reached."""

    based_on = HiddenField()


@blueprint.route("/<uuid:patient_id>/details", methods=["GET", "POST"])
@requires(*CLINICAL)
def details(patient_id: UUID) -> ResponseReturnValue:
    """Change a patient's details, but for the phone number."""
    runtime = current_runtime()
    with runtime.transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        identity = patients.identity_of(session, patient)
        wishes = enrolment.wishes_of(session, patient)
        if request.method == "GET":
            enrolment.view(
                session, patient, what="details viewed", actor=current_actor(), now=now()
            )
    form = DetailsForm(data=_details_data(patient, identity, wishes))
    form.set_choices()
    if form.validate_on_submit():
        try:
            with runtime.transactions.begin() as session:
                enrolment.amend(
                    session,
                    patient_or_404(session, patient_id),
                    Details(
                        first_name=form.first_name.data,
                        last_name=form.last_name.data,
                        address=form.address.data,
                        emergency_contact=form.emergency_contact.data,
                        gp_practice=form.gp_practice.data or "",
                        pharmacy=form.pharmacy.data or "",
                        wishes=form.wishes(),
                        agreed=form.agreed(),
                    ),
                    runtime.wording,
                    based_on=_revision(form.based_on.data),
                    actor=current_actor(),
                    now=now(),
                )
        except EnrolmentError as error:
            form.take_faults(error.fields)
        except StaleError as error:
            form.take_faults({"": str(error)})
        else:
            flash(_("Saved."))
            return redirect(url_for("patients.shown", patient_id=patient_id))
    return _form_page("details.html", form, patient_id=patient_id)


def _details_data(patient: Patient, identity: Identity, wishes: ContactWishes) -> dict[str, object]:
    return {
        "based_on": patient.revision,
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "address": identity.address,
        "emergency_contact": identity.emergency_contact,
        "gp_practice": patient.gp_practice,
        "pharmacy": patient.pharmacy,
        "safe_from": f"{wishes.safe_from:%H:%M}",
        "safe_until": f"{wishes.safe_until:%H:%M}",
        "check_in_at": f"{wishes.check_in_at:%H:%M}",
        "how_often": wishes.how_often,
        "week_days": [str(d) for d in wishes.week_days] if wishes.week_days < WEEK_DAYS else [],
        "pain_at": patient.pain_at,
        "coping_at": patient.coping_at,
        "language": wishes.language,
        "ways": wishes.ways,
        "communication_needs": wishes.communication_needs,
        "interpreter": wishes.interpreter,
        "detailed": wishes.detailed,
    }


def _revision(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else -1


class PhoneForm(Form):
    """Give a patient another number."""

    phone = StringField(_l("New mobile number"), validators=[required(_l("Enter a mobile number"))])
    based_on = HiddenField()


@blueprint.route("/<uuid:patient_id>/phone", methods=["GET", "POST"])
@requires(*CLINICAL)
def phone(patient_id: UUID) -> ResponseReturnValue:
    """Change a patient's number; the handshake begins anew."""
    runtime = current_runtime()
    with runtime.transactions.reading() as session:
        form = PhoneForm(data={"based_on": patient_or_404(session, patient_id).revision})
    if form.validate_on_submit():
        try:
            with runtime.transactions.begin() as session:
                enrolment.change_phone(
                    session,
                    patient_or_404(session, patient_id),
                    form.phone.data,
                    runtime.wording,
                    based_on=_revision(form.based_on.data),
                    actor=current_actor(),
                    now=now(),
                    allow_examples=runtime.settings.allows_examples,
                )
        except EnrolmentError as error:
            form.take_faults(error.fields)
        except StaleError as error:
            form.take_faults({"": str(error)})
        else:
            runtime.wake.set()
            flash(_("Saved. A text has been sent to confirm the new phone."))
            return redirect(url_for("patients.shown", patient_id=patient_id))
    return _form_page("phone_change.html", form, patient_id=patient_id)


class StopForm(Form):
    """Why no more texts go out."""

    reason = RadioField(
        _l("Why?"),
        choices=choices(
            (StopReason.DIED.value, _l("They have died")),
            (StopReason.ADMITTED.value, _l("They are in hospital or a hospice")),
            (StopReason.MOVED.value, _l("They moved away or to another service")),
            (StopReason.ASKED.value, _l("They asked us to stop")),
            (StopReason.OTHER.value, _l("Something else")),
        ),
        validators=[required(_l("Choose why"))],
    )


@blueprint.route("/<uuid:patient_id>/pause", methods=["GET", "POST"])
@requires(*CLINICAL)
def pause(patient_id: UUID) -> ResponseReturnValue:
    """Stop all texts to a patient, withdraw what waits, and tell the team why."""
    form = StopForm()
    with current_runtime().transactions.reading() as session:
        patient_or_404(session, patient_id)
    if form.validate_on_submit():
        with current_runtime().transactions.begin() as session:
            leaving.stop_texts(
                session,
                patient_or_404(session, patient_id),
                StopReason(form.reason.data),
                actor=current_actor(),
                now=now(),
            )
        flash(_("Texts are stopped."))
        return redirect(url_for("patients.shown", patient_id=patient_id))
    return _form_page("stop.html", form, patient_id=patient_id)


@blueprint.post("/<uuid:patient_id>/resume")
@requires(*CLINICAL)
def resume(patient_id: UUID) -> ResponseReturnValue:
    """Text a patient again."""
    runtime = current_runtime()
    try:
        with runtime.transactions.begin() as session:
            enrolment.resume(
                session,
                patient_or_404(session, patient_id),
                runtime.wording,
                actor=current_actor(),
                now=now(),
            )
    except EnrolmentError as error:
        flash(error.fields["status"], "error")
    else:
        runtime.wake.set()
        flash(_("Texts go out again."))
    return redirect(url_for("patients.shown", patient_id=patient_id))


@blueprint.post("/<uuid:patient_id>/finish")
@requires(*CLINICAL)
def finish(patient_id: UUID) -> ResponseReturnValue:
    """Write down that the taper is over."""
    with current_runtime().transactions.begin() as session:
        patient = patient_or_404(session, patient_id)
        planning.finish(session, patient, actor=current_actor(), now=now())
        enrolment.finish(session, patient, actor=current_actor(), now=now())
    flash(_("Finished. No more texts go out."))
    return redirect(url_for("patients.shown", patient_id=patient_id))
