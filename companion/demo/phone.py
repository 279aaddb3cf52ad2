"""What stands on a patient's phone: the texts that arrived and those that were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from companion.core.people import PatientStatus
from companion.core.sending import MessageState
from companion.store import check_ins, messages, organisations, patients, replies
from companion.store.database import Scope, Session
from companion.store.patients import Patient

TEXTS_SHOWN = 60
ON_THE_PHONE = {MessageState.ACCEPTED, MessageState.DELIVERED}


@dataclass(frozen=True, slots=True)
class Phone:
    """One patient's phone in the list."""

    patient_id: UUID
    name: str
    status: PatientStatus
    waiting: bool
    """Whether a question waits for an answer."""


@dataclass(frozen=True, slots=True)
class PhoneText:
    """One text on the phone. *incoming* is seen from the service: the patient wrote it."""

    at: datetime
    incoming: bool
    body: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one phone shows, oldest first."""

    name: str
    number: str
    texts: Sequence[PhoneText]


def _everybody(session: Session) -> list[Patient]:
    found: list[Patient] = []
    for organisation in organisations.organisations_everywhere(session):
        teams = organisations.teams_of(session, organisation.id)
        scope = Scope(organisation.id, frozenset(team.id for team in teams))
        found += patients.patients_of(session, scope)
    return found


def phones(session: Session) -> list[Phone]:
    """Return every phone of the demonstration."""
    return [
        Phone(
            patient_id=patient.id,
            name=patients.name_of(session, patient),
            status=patient.status,
            waiting=check_ins.open_check_in(session, patient) is not None,
        )
        for patient in _everybody(session)
    ]


def conversation(session: Session, patient_id: UUID) -> Conversation | None:
    """Return what one phone shows, or None when there is no such patient."""
    patient = next((p for p in _everybody(session) if p.id == patient_id), None)
    if patient is None:
        return None
    scope = Scope(patient.organisation_id, frozenset({patient.team_id}))
    arrived = [
        PhoneText(m.queued_at, False, messages.body_of(session, m))
        for m in messages.texts_of(session, scope, patient_id, limit=TEXTS_SHOWN)
        if m.state in ON_THE_PHONE
    ]
    written = [
        PhoneText(r.received_at, True, replies.body_of(session, r))
        for r in replies.replies_of(session, patient, limit=TEXTS_SHOWN)
    ]
    texts = sorted([*written, *arrived], key=lambda text: (text.at, not text.incoming))
    return Conversation(
        name=patients.name_of(session, patient),
        number=patients.phone_of(session, patient),
        texts=texts[-TEXTS_SHOWN:],
    )
