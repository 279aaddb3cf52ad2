"""Register a patient, confirm their phone, and change how they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from companion.core.calendar import EARLIEST_SAFE, LATEST_SAFE, SHORTEST_WINDOW
from companion.core.numbers import NumberError, parse_nhs_number, parse_phone
from companion.core.people import Consent, ContactWishes, Identity, Pathway, PatientStatus
from companion.core.protocols import Question
from companion.core.sending import MessageKind
from companion.services import sending
from companion.store import audit, organisations, patients
from companion.store.audit import Actor
from companion.store.database import Scope, Session
from companion.store.patients import Patient
from companion.wording import Wording

LONGEST_NAME = 100
LONGEST_WORDS = 500
OLDEST_YEARS = 120


class EnrolmentError(ValueError):
    """Something about the patient cannot stand: ``fields`` says what, by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


class StaleError(ValueError):
    """Somebody else changed it since it was opened; nothing was saved."""


@dataclass(frozen=True, slots=True)
class NewPatient:
    """What a pharmacist enters: numbers as they were typed, checked by :func:`register`."""

    identity: Identity
    wishes: ContactWishes
    consent: Consent
    team_id: UUID
    pathway: Pathway
    gp_practice: str
    pharmacy: str
    discharged_on: date | None = None
    baseline_pain: Decimal | None = None


@dataclass
class _Faults:
    """Every fault of a form at once, each under its field."""

    found: dict[str, str] = field(default_factory=dict)

    def need(self, name: str, what: str, *, sound: bool) -> None:
        if not sound:
            self.found.setdefault(name, what)

    def settle(self) -> None:
        if self.found:
            raise EnrolmentError(self.found)


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
    identity = _checked(session, scope, new, wording, today, allow_examples)
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
        ways=ways,
        communication_needs=communication_needs,
    )


def _checked(
    session: Session,
    scope: Scope,
    new: NewPatient,
    wording: Wording,
    today: date,
    allow_examples: bool,
) -> Identity:
    faults = _Faults()
    identity = _check_identity(new.identity, today, faults, allow_examples)
    _check_wishes(new.wishes, wording, faults)
    _check_consent(new.consent, today, faults)
    _check_care(new, scope, today, faults)
    if "nhs_number" not in faults.found:
        known = patients.is_registered(session, scope.organisation_id, identity.nhs_number)
        faults.need("nhs_number", "A patient with this NHS number is registered", sound=not known)
    if "phone" not in faults.found:
        _check_phone_is_free(session, identity.phone, None, faults)
    faults.settle()
    return identity


def _check_identity(
    identity: Identity, today: date, faults: _Faults, allow_examples: bool
) -> Identity:
    for name, what in (("first_name", "first name"), ("last_name", "last name")):
        text = getattr(identity, name).strip()
        faults.need(name, f"Enter the {what}", sound=bool(text))
        faults.need(name, f"The {what} is too long", sound=len(text) <= LONGEST_NAME)
    for name in ("address", "emergency_contact"):
        text = getattr(identity, name).strip()
        faults.need(name, f"Enter the {name.replace('_', ' ')}", sound=bool(text))
        faults.need(name, "This is too long", sound=len(text) <= LONGEST_WORDS)
    age_days = (today - identity.born_on).days
    faults.need("born_on", "The date of birth must be in the past", sound=age_days > 0)
    faults.need("born_on", "Check the year", sound=age_days < OLDEST_YEARS * 366)
    phone = _number(faults, "phone", parse_phone, identity.phone, allow_examples)
    nhs = _number(faults, "nhs_number", parse_nhs_number, identity.nhs_number, allow_examples)
    return replace(
        identity,
        first_name=identity.first_name.strip(),
        last_name=identity.last_name.strip(),
        phone=phone,
        nhs_number=nhs,
    )


def _number(faults: _Faults, name: str, parse: object, text: str, allow_examples: bool) -> str:
    assert callable(parse)
    try:
        return str(parse(text, allow_examples=allow_examples))
    except NumberError as error:
        faults.need(name, str(error), sound=False)
        return text


def _check_wishes(wishes: ContactWishes, wording: Wording, faults: _Faults) -> None:
    opens, closes = wishes.safe_from, wishes.safe_until
    early = f"Texts cannot come before {EARLIEST_SAFE:%H:%M}"
    late = f"Texts cannot come after {LATEST_SAFE:%H:%M}"
    faults.need("safe_from", early, sound=opens >= EARLIEST_SAFE)
    faults.need("safe_until", late, sound=closes <= LATEST_SAFE)
    faults.need(
        "safe_until",
        "There must be at least half an hour in which texts may come",
        sound=_minutes(closes) - _minutes(opens) >= SHORTEST_WINDOW,
    )
    faults.need(
        "check_in_at",
        "The check-in must be at least half an hour before the safe time ends",
        sound=opens <= wishes.check_in_at
        and _minutes(closes) - _minutes(wishes.check_in_at) >= SHORTEST_WINDOW,
    )
    tags = {language.tag for language in wording.choosable()}
    faults.need("language", "Choose a language from the list", sound=wishes.language in tags)
    for name in ("ways", "communication_needs"):
        sound = len(getattr(wishes, name)) <= LONGEST_WORDS
        faults.need(name, "This is too long", sound=sound)


def _minutes(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


def _check_consent(consent: Consent, today: date, faults: _Faults) -> None:
    faults.need("consent_asked_by", "Enter who asked", sound=bool(consent.asked_by.strip()))
    faults.need("consent_how", "Enter how consent was given", sound=bool(consent.how.strip()))
    faults.need(
        "consent_asked_on",
        "Consent cannot be given in the future",
        sound=consent.asked_on <= today,
    )
    for name in ("asked_by", "how"):
        sound = len(getattr(consent, name)) <= LONGEST_WORDS
        faults.need(f"consent_{name}", "This is too long", sound=sound)


def _check_care(new: NewPatient, scope: Scope, today: date, faults: _Faults) -> None:
    faults.need("team_id", "Choose one of your teams", sound=new.team_id in scope.team_ids)
    for name in ("gp_practice", "pharmacy"):
        sound = len(getattr(new, name)) <= LONGEST_WORDS
        faults.need(name, "This is too long", sound=sound)
    if new.pathway is Pathway.DISCHARGE:
        sound = new.discharged_on is not None and new.discharged_on <= today
        faults.need("discharged_on", "Enter the day of discharge, not in the future", sound=sound)
    if new.baseline_pain is not None:
        sound = new.baseline_pain.is_finite() and Question.PAIN.scale.holds(new.baseline_pain)
        faults.need("baseline_pain", "Enter a number from 0 to 10", sound=sound)


def _check_phone_is_free(session: Session, phone: str, mine: UUID | None, faults: _Faults) -> None:
    others = [
        patient
        for patient in patients.patients_with_phone_everywhere(session, phone)
        if patient.id != mine and patient.status is not PatientStatus.FINISHED
    ]
    # Whose it is is not told: the other patient may be in another organisation.
    faults.need(
        "phone", "Another patient has this number. Ask for one of their own", sound=not others
    )


def _send_handshake(session: Session, patient: Patient, wording: Wording, now: datetime) -> None:
    team = organisations.team_of(session, patient.organisation_id, patient.team_id)
    sending.queue_text(
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
    old, faults = patients.identity_of(session, patient), _Faults()
    changed = replace(
        old,
        first_name=details.first_name,
        last_name=details.last_name,
        address=details.address,
        emergency_contact=details.emergency_contact,
    )
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    checked = _check_identity(changed, now.astimezone(zone).date(), faults, allow_examples=True)
    _check_wishes(details.wishes, wording, faults)
    for name in ("gp_practice", "pharmacy"):
        sound = len(getattr(details, name)) <= LONGEST_WORDS
        faults.need(name, "This is too long", sound=sound)
    faults.settle()
    patients.seal_identity(session, patient, checked)
    _take_wishes(session, patient, details.wishes)
    patient.gp_practice, patient.pharmacy = details.gp_practice, details.pharmacy
    patient.revision += 1
    _record(session, patient, actor, "details changed", now)


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
    faults = _Faults()
    number = _number(faults, "phone", parse_phone, phone, allow_examples)
    if not faults.found:
        _check_phone_is_free(session, number, patient.id, faults)
    faults.settle()
    sending.cancel_waiting(session, patient, reason="The phone number changed.", now=now)
    identity = patients.identity_of(session, patient)
    patients.seal_identity(session, patient, replace(identity, phone=number))
    patient.phone_version += 1
    patient.revision += 1
    patient.status = PatientStatus.AWAITING_HANDSHAKE
    patient.handshake_confirmed_at = patient.opted_out_at = None
    patient.handshake_asked_again = False
    _record(session, patient, actor, "phone changed", now)
    _send_handshake(session, patient, wording, now)


def pause(session: Session, patient: Patient, *, reason: str, actor: Actor, now: datetime) -> None:
    """Stop all texts to a patient and withdraw what waits; *reason* is in words for staff."""
    sending.cancel_waiting(session, patient, reason=reason, now=now)
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
    sending.cancel_waiting(session, patient, reason="The taper is finished.", now=now)
    patient.status, patient.finished_at = PatientStatus.FINISHED, now
    patient.revision += 1
    _record(session, patient, actor, "patient finished", now)


def opt_out(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the patient wants no texts, and withdraw what waits."""
    sending.cancel_waiting(session, patient, reason="The patient opted out.", now=now)
    if patient.opted_out_at is None:
        patient.opted_out_at = now
        patient.revision += 1
        _record(session, patient, actor, "opted out", now)


def opt_in(session: Session, patient: Patient, *, actor: Actor, now: datetime) -> None:
    """Write down that the patient wants texts again."""
    patient.opted_out_at = patient.considered_on = None
    patient.revision += 1
    _record(session, patient, actor, "opted in", now)


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
