"""Handshakes that nobody has answered."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from companion.core.people import PatientStatus
from companion.core.sending import MessageKind
from companion.store.alerts import Alert
from companion.store.database import Session
from companion.store.messages import Message
from companion.store.patients import Patient

UNANSWERED = "T-30"
"""The rule of a phone that nobody has confirmed."""


def unanswered(session: Session, organisation_id: UUID, *, asked_before: datetime) -> list[UUID]:
    """Return patients whose phone was asked before that moment, is not confirmed, and untold of."""
    told = sa.exists().where(
        Alert.patient_id == Patient.id,
        Alert.rule == UNANSWERED,
        Alert.last_at >= Message.queued_at,
    )
    query = (
        sa.select(Patient.id)
        .join(Message, Message.patient_id == Patient.id)
        .where(
            Patient.organisation_id == organisation_id,
            Patient.status == PatientStatus.AWAITING_HANDSHAKE,
            Patient.opted_out_at.is_(None),  # that was told already
            Message.kind == MessageKind.HANDSHAKE,
            Message.phone_version == Patient.phone_version,
            Message.queued_at <= asked_before,
            ~told,
        )
    )
    return list(session.scalars(query))
