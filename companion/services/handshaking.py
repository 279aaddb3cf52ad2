"""Tell a person of a phone that nobody has confirmed: no check-in goes out to it."""

from datetime import datetime
from uuid import UUID

from companion.core.triage import HANDSHAKE_AFTER, unconfirmed_finding
from companion.services.alerting import tell_about
from companion.services.plan_today import plan_today
from companion.store import handshakes, organisations, patients
from companion.store.database import Session, Transactions


def notice_unanswered(transactions: Transactions, *, now: datetime) -> int:
    """Tell once, for each phone, that it was not confirmed in time; return how many."""
    with transactions.reading() as session:
        waiting = [
            patient_id
            for organisation in organisations.organisations_everywhere(session)
            for patient_id in _unanswered(session, organisation.id, now)
        ]
    told = 0
    for patient_id in waiting:
        with transactions.begin() as session:
            told += _tell(session, patient_id, now)
    return told


def _unanswered(session: Session, organisation_id: UUID, now: datetime) -> list[UUID]:
    return handshakes.unanswered(session, organisation_id, asked_before=now - HANDSHAKE_AFTER)


def _tell(session: Session, patient_id: UUID, now: datetime) -> bool:
    patient = patients.locked(session, patient_id)
    if patient_id not in _unanswered(session, patient.organisation_id, now):
        return False  # answered, or told by another process, meanwhile
    step_week = plan_today(session, patient, now).in_step_week
    tell_about(session, patient, unconfirmed_finding(in_step_week=step_week), now=now)
    return True
