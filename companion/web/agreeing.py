"""What people agree about a plan: marks, codes, holds, what a patient asks, what is taken."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from companion.core.agreement import MarkSide
from companion.core.calendar import local_day
from companion.core.confirming import Taken
from companion.core.pace import Say
from companion.core.taper import PlanError
from companion.services import agreeing, asking, confirming, planning, supplying
from companion.services.enrolment import StaleError
from companion.store import agreeing as kept
from companion.store import plans
from companion.store.agreeing import PlanRequest
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.web.access import CLINICAL, PLANNERS, prescribes, requires
from companion.web.current import (
    current_actor,
    current_runtime,
    current_scope,
    current_zone,
    now,
)
from companion.web.forms import UNWRITTEN
from companion.web.patients import patient_or_404
from companion.web.words import gettext as _

blueprint = Blueprint("agreeing", __name__)

LONGEST_TYPED = 2000


def _typed(name: str) -> str:
    return request.form.get(name, "").replace(UNWRITTEN, "")[:LONGEST_TYPED]


def _did(
    patient_id: UUID, do: Callable[[Session, Patient], str], *, texts: bool = False
) -> ResponseReturnValue:
    """Do something to a patient's plan, say what it was or why not, and show the patient."""
    try:
        with current_runtime().transactions.begin() as session:
            said = do(session, patient_or_404(session, patient_id))
    except (PlanError, StaleError) as error:
        flash(str(error), "error")
    else:
        flash(said)
        if texts:
            current_runtime().wake.set()
    return redirect(url_for("patients.shown", patient_id=patient_id))


def _patient_of_version(version_id: UUID) -> UUID:
    with current_runtime().transactions.reading() as session:
        return plans.patient_id_of(session, _version(session, version_id))


def _version(session: Session, version_id: UUID) -> PlanVersion:
    version = plans.version_of(session, current_scope(), version_id)
    if version is None:
        abort(HTTPStatus.NOT_FOUND)
    return version


def _request(session: Session, request_id: UUID) -> PlanRequest:
    found = kept.request_of(session, current_scope(), request_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _patient_of_request(request_id: UUID) -> UUID:
    with current_runtime().transactions.reading() as session:
        return kept.patient_id_of(session, _request(session, request_id))


@blueprint.post("/plans/<uuid:version_id>/mark/<side>")
@requires(*PLANNERS)
def mark(version_id: UUID, side: str) -> ResponseReturnValue:
    """Record that the patient agrees, or, for a prescriber, agree to a version."""
    if side not in set(MarkSide):
        abort(HTTPStatus.NOT_FOUND)
    patient_id = _patient_of_version(version_id)
    if side == MarkSide.PRESCRIBER and not prescribes():
        abort(HTTPStatus.FORBIDDEN)

    def do(session: Session, patient: Patient) -> str:
        planning.mark(
            session,
            patient,
            _version(session, version_id),
            MarkSide(side),
            how=_typed("how"),
            actor=current_actor(),
            now=now(),
            may_raise=prescribes(),
        )
        return _("Recorded.")

    return _did(patient_id, do)


@blueprint.post("/plans/<uuid:version_id>/code")
@requires(*PLANNERS)
def send_code(version_id: UUID) -> ResponseReturnValue:
    """Text the patient a code for agreeing."""

    def do(session: Session, patient: Patient) -> str:
        agreeing.send_code(
            session,
            patient,
            _version(session, version_id),
            current_runtime().wording,
            actor=current_actor(),
            now=now(),
        )
        return _("A code is on its way. The patient agrees by texting it back.")

    return _did(_patient_of_version(version_id), do, texts=True)


@blueprint.post("/plans/<uuid:version_id>/withdraw")
@requires(*PLANNERS)
def withdraw(version_id: UUID) -> ResponseReturnValue:
    """Take back a version that is not agreed yet."""

    def do(session: Session, patient: Patient) -> str:
        version = _version(session, version_id)
        planning.withdraw(session, patient, version, actor=current_actor(), now=now())
        return _("Taken back.")

    return _did(_patient_of_version(version_id), do)


@blueprint.post("/patients/<uuid:patient_id>/hold")
@requires(*CLINICAL)
def hold(patient_id: UUID) -> ResponseReturnValue:
    """Record that the patient wants to stay on this dose."""

    def do(session: Session, patient: Patient) -> str:
        held = planning.hold(session, patient, by_text=False, actor=current_actor(), now=now())
        if held is None:
            return _("No agreed plan runs.")
        return _("On hold: the next reduction will not come.")

    return _did(patient_id, do)


@blueprint.post("/patients/<uuid:patient_id>/end-hold")
@requires(*PLANNERS)
def end_hold(patient_id: UUID) -> ResponseReturnValue:
    """Record that the hold is over; the dose stays until a new version is agreed."""

    def do(session: Session, patient: Patient) -> str:
        planning.end_hold(session, patient, actor=current_actor(), now=now())
        return _("The hold is over. The dose stays until a new version is agreed.")

    return _did(patient_id, do)


@blueprint.post("/patients/<uuid:patient_id>/ask/<say>")
@requires(*CLINICAL)
def ask(patient_id: UUID, say: str) -> ResponseReturnValue:
    """Record what the patient asks of the plan."""
    if say not in set(Say):
        abort(HTTPStatus.NOT_FOUND)

    def do(session: Session, patient: Patient) -> str:
        asked = asking.ask(
            session, patient, Say(say), by_text=False, actor=current_actor(), now=now()
        )
        return _("Recorded.") if asked else _("No agreed plan runs.")

    return _did(patient_id, do)


@blueprint.post("/requests/<uuid:request_id>/propose")
@requires(*PLANNERS)
def propose_redrawn(request_id: UUID) -> ResponseReturnValue:
    """Propose the plan as it was redrawn for what the patient asked."""
    try:
        based_on = UUID(request.form.get("based_on", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)

    def do(session: Session, patient: Patient) -> str:
        asking.propose(
            session,
            patient,
            _request(session, request_id),
            based_on=based_on,
            asked_above=current_runtime().settings.plans.risk_load_mg,
            actor=current_actor(),
            now=now(),
        )
        return _("Proposed. It binds when the patient and the prescriber have both agreed.")

    return _did(_patient_of_request(request_id), do)


@blueprint.post("/requests/<uuid:request_id>/decline")
@requires(*PLANNERS)
def decline(request_id: UUID) -> ResponseReturnValue:
    """Record that the plan stays as it is."""

    def do(session: Session, patient: Patient) -> str:
        asking.decline(
            session, patient, _request(session, request_id), actor=current_actor(), now=now()
        )
        return _("Recorded: the plan stays as it is.")

    return _did(_patient_of_request(request_id), do)


@blueprint.post("/patients/<uuid:patient_id>/taken")
@requires(*CLINICAL)
def taken(patient_id: UUID) -> ResponseReturnValue:
    """Record what is really taken since the newest reduction."""
    found = request.form.get("taken", "")

    def do(session: Session, patient: Patient) -> str:
        if found not in set(Taken):
            raise PlanError("taken", _("Choose what is taken"))
        confirming.record_taken(
            session,
            patient,
            _step_day(),
            Taken(found),
            _typed("words"),
            actor=current_actor(),
            now=now(),
        )
        return _("Recorded.")

    return _did(patient_id, do)


@blueprint.post("/patients/<uuid:patient_id>/supply")
@requires(*CLINICAL)
def supply(patient_id: UUID) -> ResponseReturnValue:
    """Record how far an issued prescription goes."""

    def do(session: Session, patient: Patient) -> str:
        supplying.record_supply(
            session,
            patient,
            issued_on=local_day(now(), current_zone()),
            lasts_until=_day(),
            actor=current_actor(),
            now=now(),
        )
        return _("Recorded.")

    return _did(patient_id, do)


def _step_day() -> date:
    """Return which step the page spoke of."""
    try:
        return date.fromisoformat(request.form.get("step_on", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _day() -> date:
    try:
        parts = [int(request.form.get(f"lasts-{part}", "")) for part in ("year", "month", "day")]
        return date(*parts)
    except (ValueError, OverflowError) as error:
        raise PlanError("lasts_until", _("Enter a real date, like 27 3 2027")) from error
