"""Register a patient, confirm their phone, and change how they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from companion.core.numbers import parse_phone
from companion.core.people import ContactWishes, PatientStatus
from companion.core.protocols import Often
from companion.core.sending import MessageKind
from companion.core.triage import NOTHING_AGREED, Agreed
from companion.services import queueing
from companion.services.enrolment_checks import (
    LONGEST_WORDS,
    EnrolmentError,
    Faults,
    NewPatient,
    check_agreed,
    check_identity,
    check_phone_is_free,
    check_wishes,
    checked,
    number,
)
from companion.services.wishes import REASON, keep_to_wishes, say_otherwise
from companion.store import audit, check_ins, organisations, patients
from companion.store.audit import Actor
from companion.store.database import Scope, Session
from companion.store.patients import Patient
from companion.wording import Wording


class StaleError(ValueError):
    """Somebody else changed it since it was opened; nothing was saved."""


def register(
    session: Session,
    scope: Scope,
    new: NewPatient,
    wording: Wording,
    *,
    actor: Actor,
    now: datetime,
    allow_examples: bool,
) -> Patient:
    """Add a patient and queue the handshake to their phone.

    Raises:
        EnrolmentError: with every fault by field; nothing is saved.
    """
    organisation = organisations.organisation_of(session, scope.organisation_id)
    today = now.astimezone(organisation.time_zone).date()
    identity = checked(session, scope, new, wording, today, allow_examples)
    wishes, consent = new.wishes, new.consent
    patient = Patient(
        id=uuid4(),
        organisation_id=scope.organisation_id,
        team_id=new.team_id,
        status=PatientStatus.AWAITING_HANDSHAKE,
        pathway=new.pathway,
        registered_at=now,
        discharged_on=new.discharged_on,
        revision=1,
        phone_version=1,
        handshake_asked_again=False,
        gp_practice=new.gp_practice,
        pharmacy=new.pharmacy,
        consent_asked_by=consent.asked_by,
        consent_how=consent.how,
        consent_asked_on=consent.asked_on,
        baseline_pain=new.baseline_pain,
        pain_at=new.agreed.pain_at,
        coping_at=new.agreed.coping_at,
    )
    patients.seal_identity(session, patient, identity)
    _take_wishes(session, patient, wishes)
    session.add(patient)
    session.flush()
    _record(session, patient, actor, "patient registered", now)
    _send_handshake(session, patient, wording, now)
    return patient


def _take_wishes(session: Session, patient: Patient, wishes: ContactWishes) -> None:
    patient.safe_from, patient.safe_until = wishes.safe_from, wishes.safe_until
    patient.check_in_at = wishes.check_in_at
    patient.language, patient.detailed = wishes.language, wishes.detailed
    patient.interpreter = wishes.interpreter
    patient.how_often, patient.week_days = wishes.how_often, wishes.week_days
    patients.seal_needs(
        session, patient, ways=wishes.ways, communication=wishes.communication_needs
    )


def wishes_of(session: Session, patient: Patient) -> ContactWishes:
    """Return how *patient* may be reached."""
    ways, communication_needs = patients.needs_of(session, patient)
    return ContactWishes(
        safe_from=patient.safe_from,
        safe_until=patient.safe_until,
        check_in_at=patient.check_in_at,
        language=patient.language,
        detailed=patient.detailed,
        interpreter=patient.interpreter,
        how_often=patient.how_often,
        week_days=patient.week_days,
        ways=ways,
        communication_needs=communication_needs,
    )


def _send_handshake(session: Session, patient: Patient, wording: Wording, now: datetime) -> None:
    team = organisations.team_of(session, patient.organisation_id, patient.team_id)
    queueing.queue_text(
        session,
        patient=patient,
        kind=MessageKind.HANDSHAKE,
        text_key="handshake",
        body=wording.text_for("handshake", patient.language, team=team.name),
        dedupe_key=f"handshake:{patient.id}:{patient.phone_version}",
        now=now,
    )


def confirm_handshake(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the phone is the patient's: check-ins may be sent."""
    patient.status = PatientStatus.ACTIVE
    patient.handshake_confirmed_at = now
    patient.considered_on = None  # the days before were nobody's to ask on
    _record(session, patient, actor, "phone confirmed", now)


@dataclass(frozen=True, slots=True)
class Details:
    """What staff may change about a patient, but for the phone number."""

    first_name: str
    last_name: str
    address: str
    emergency_contact: str
    gp_practice: str
    pharmacy: str
    wishes: ContactWishes
    agreed: Agreed = NOTHING_AGREED


def amend(
    session: Session,
    patient: Patient,
    details: Details,
    wording: Wording,
    *,
    based_on: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a patient's details.

    Raises:
        StaleError: somebody changed the patient since revision *based_on*.
        EnrolmentError: with every fault by field; nothing is changed.
    """
    _check_revision(patient, based_on)
    before = wishes_of(session, patient)
    old, faults = patients.identity_of(session, patient), Faults()
    changed = replace(
        old,
        first_name=details.first_name,
        last_name=details.last_name,
        address=details.address,
        emergency_contact=details.emergency_contact,
    )
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    amended = check_identity(changed, now.astimezone(zone).date(), faults, allow_examples=True)
    check_wishes(details.wishes, wording, faults)
    check_agreed(details.agreed, faults)
    for name in ("gp_practice", "pharmacy"):
        sound = len(getattr(details, name)) <= LONGEST_WORDS
        faults.need(name, "This is too long", sound=sound)
    faults.settle()
    patients.seal_identity(session, patient, amended)
    _take_wishes(session, patient, details.wishes)
    patient.gp_practice, patient.pharmacy = details.gp_practice, details.pharmacy
    patient.pain_at, patient.coping_at = details.agreed.pain_at, details.agreed.coping_at
    patient.revision += 1
    _record(session, patient, actor, "details changed", now)
    _say_anew(session, patient, before, wording, now)


def _say_anew(
    session: Session, patient: Patient, before: ContactWishes, wording: Wording, now: datetime
) -> None:
    """Let what waits be in the language and the hours that were just agreed."""
    keep_to_wishes(session, wording, patient, before, now=now)
    if say_otherwise(before, patient) and queueing.cancel_waiting(
        session, patient, reason=REASON, now=now, kinds=tuple(MessageKind), text_key="handshake"
    ):
        patient.phone_version += 1
        _send_handshake(session, patient, wording, now)


def change_phone(
    session: Session,
    patient: Patient,
    phone: str,
    wording: Wording,
    *,
    based_on: int,
    actor: Actor,
    now: datetime,
    allow_examples: bool,
) -> None:
    """Give the patient another number and begin the handshake anew.

    What waits for the old number is withdrawn; what is on its way cannot be.

    Raises:
        StaleError: somebody changed the patient since revision *based_on*.
        EnrolmentError: the number cannot be used; nothing is changed.
    """
    _check_revision(patient, based_on)
    faults = Faults()
    new_phone = number(faults, "phone", parse_phone, phone, allow_examples)
    if not faults.found:
        check_phone_is_free(session, new_phone, patient.id, faults)
    faults.settle()
    queueing.cancel_waiting(session, patient, reason="The phone number changed.", now=now)
    check_ins.end_quietly(session, patient)
    identity = patients.identity_of(session, patient)
    patients.seal_identity(session, patient, replace(identity, phone=new_phone))
    patient.phone_version += 1
    patient.revision += 1
    patient.status = PatientStatus.AWAITING_HANDSHAKE
    patient.handshake_confirmed_at = patient.opted_out_at = None
    patient.handshake_asked_again = False
    _record(session, patient, actor, "phone changed", now)
    _send_handshake(session, patient, wording, now)


def pause(session: Session, patient: Patient, *, reason: str, actor: Actor, now: datetime) -> None:
    """Stop all texts to a patient and withdraw what waits; *reason* is in words for staff."""
    queueing.cancel_waiting(session, patient, reason=reason, now=now)
    check_ins.end_quietly(session, patient)
    if patient.status is not PatientStatus.PAUSED:
        patient.status = PatientStatus.PAUSED
        patient.revision += 1
        _record(session, patient, actor, "texts stopped", now)


def resume(
    session: Session, patient: Patient, wording: Wording, *, actor: Actor, now: datetime
) -> None:
    """Text a paused patient again: at once where the phone was confirmed, else the handshake.

    Raises:
        EnrolmentError: the patient opted out and has not texted START.
    """
    if patient.opted_out_at is not None:
        raise EnrolmentError({"status": "The patient texted STOP. They can text START."})
    confirmed = patient.handshake_confirmed_at is not None
    patient.considered_on = None
    patient.status = PatientStatus.ACTIVE if confirmed else PatientStatus.AWAITING_HANDSHAKE
    patient.revision += 1
    if not confirmed:
        patient.phone_version += 1
        _send_handshake(session, patient, wording, now)
    _record(session, patient, actor, "texts resumed", now)


def finish(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the taper is over: texts end and what waits is withdrawn."""
    queueing.cancel_waiting(session, patient, reason="The taper is finished.", now=now)
    check_ins.end_quietly(session, patient)
    patient.status, patient.finished_at = PatientStatus.FINISHED, now
    patient.revision += 1
    _record(session, patient, actor, "patient finished", now)


def opt_out(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the patient wants no texts, and withdraw what waits."""
    queueing.cancel_waiting(session, patient, reason="The patient opted out.", now=now)
    if patient.opted_out_at is None:
        patient.opted_out_at = now
        patient.revision += 1
        _record(session, patient, actor, "opted out", now)


def opt_in(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the patient wants texts again."""
    patient.opted_out_at = patient.considered_on = None
    patient.revision += 1
    _record(session, patient, actor, "opted in", now)


def ask_more_or_less(
    session: Session, patient: Patient, how_often: Often, *, actor: Actor, now: datetime
) -> None:
    """Write down how often the patient wants to be asked."""
    patient.how_often = how_often
    patient.revision += 1
    _record(session, patient, actor, f"asked {how_often}", now)


def view(session: Session, patient: Patient, *, what: str, actor: Actor, now: datetime) -> None:
    """Record that a member of staff saw a patient; *what* is such as ``patient viewed``."""
    _record(session, patient, actor, what, now)


def view_list(
    session: Session,
    scope: Scope,
    found: Sequence[Patient],
    *,
    what: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that a member of staff saw a list with the names of *found*."""
    audit.record(
        session,
        scope.organisation_id,
        actor=actor,
        action=what,
        subject=f"organisation:{scope.organisation_id}",
        detail={"patients": [patient.id for patient in found]},
        now=now,
    )


def _check_revision(patient: Patient, based_on: int) -> None:
    if patient.revision != based_on:
        raise StaleError("Somebody else has changed this patient. Look again, then save")


def _record(session: Session, patient: Patient, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        session,
        patient.organisation_id,
        actor=actor,
        action=action,
        subject=f"patient:{patient.id}",
        patient_id=patient.id,
        detail={"status": patient.status, "phone_version": patient.phone_version},
        now=now,
    )
