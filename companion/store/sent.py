"""How many texts the provider took from us, and in how many segments it counts them.

A text that was handed over twice counts twice: so does the bill.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from companion.core.sending import MessageKind
from companion.store.database import Scope, Session
from companion.store.messages import Attempt, Message
from companion.store.patients import Patient


@dataclass(frozen=True, slots=True)
class Sent:
    """Texts and the segments that they took."""

    texts: int = 0
    segments: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        """Return both together."""
        return Sent(self.texts + other.texts, self.segments + other.segments)


def _counted() -> sa.Select[MessageKind, int, int]:
    return (
        sa.select(Message.kind, sa.func.count(), sa.func.sum(Message.segments))
        .join(Attempt, Attempt.message_id == Message.id)
        .where(Attempt.provider_id.is_not(None))
        .group_by(Message.kind)
    )


def sent_between(
    session: Session, scope: Scope, first: datetime, until: datetime
) -> dict[MessageKind, Sent]:
    """Return what the organisation of *scope* sent from *first* until before *until*, by kind."""
    query = _counted().where(
        Message.organisation_id == scope.organisation_id,
        Message.queued_at >= first,
        Message.queued_at < until,
    )
    return {kind: Sent(texts, segments) for kind, texts, segments in session.execute(query)}


def sent_to(session: Session, patient: Patient) -> Sent:
    """Return all that was ever sent to one patient."""
    rows = session.execute(_counted().where(Message.patient_id == patient.id))
    return sum((Sent(texts, segments) for _, texts, segments in rows), Sent())
