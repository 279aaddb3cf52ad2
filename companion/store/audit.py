"""The audit trail: append-only rows, each carrying the hash of the one before it.

Nothing reads it for features; it is there to show afterwards who did and saw what.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base, Scope
from companion.store.organisations import Organisation

FIRST_HASH = "0" * 64
"""What the first row of an organisation carries as the hash before it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a user's id, ``system`` or ``patient``."""

    name: str

    @classmethod
    def user(cls, user_id: UUID) -> "Actor":
        """Return the actor for a member of staff."""
        return cls(str(user_id))

    @property
    def user_id(self) -> UUID | None:
        """The member of staff, or None when it was the service or the patient."""
        return None if self in {SYSTEM, PATIENT} else UUID(self.name)


SYSTEM = Actor("system")
PATIENT = Actor("patient")


class AuditEntry(Base):
    """Who did what to which patient, and when. Guarded against change by triggers."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    number: Mapped[int]
    """Counts from 1 in each organisation, without gaps."""
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(80))
    """What it was done to, as ``patient:<id>`` and the like; never a name."""
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    detail: Mapped[str]
    """Ids, states and counts as JSON; no names, doses or words."""
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


def record(
    session: Session,
    organisation_id: UUID,
    *,
    actor: Actor,
    action: str,
    subject: str,
    now: datetime,
    patient_id: UUID | None = None,
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Append one row to the organisation's chain, in the caller's transaction."""
    # Two writers at once must not take the same number: the organisation's row is the
    # lock on PostgreSQL; on SQLite a write transaction is alone anyway. It leaves the key
    # alone: two that have each added a row of the organisation's would wait for each other.
    if session.connection().dialect.name == "postgresql":
        session.execute(
            sa.select(Organisation.id)
            .where(Organisation.id == organisation_id)
            .with_for_update(key_share=True)
        )
    last = session.execute(
        sa.select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.organisation_id == organisation_id)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).one_or_none()
    entry = AuditEntry(
        id=uuid4(),
        organisation_id=organisation_id,
        number=1 if last is None else last.number + 1,
        at=now,
        actor=actor.name,
        action=action,
        subject=subject,
        patient_id=patient_id,
        detail=json.dumps(detail or {}, sort_keys=True, default=str),
        previous_hash=FIRST_HASH if last is None else last.hash,
    )
    entry.hash = _hash_of(entry)
    session.add(entry)
    session.flush()
    return entry


def _hash_of(entry: AuditEntry) -> str:
    told = [
        entry.previous_hash,
        str(entry.id),
        str(entry.organisation_id),
        entry.number,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        str(entry.patient_id),
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def verify(session: Session, organisation_id: UUID) -> int | None:
    """Return the number of the first row that is missing or was altered, or None."""
    previous, expected = FIRST_HASH, 1
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.organisation_id == organisation_id)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=500)
    )
    with session.scalars(query) as entries:  # closed also when it ends early
        for entry in entries:
            sound = entry.number == expected and entry.previous_hash == previous
            if not sound or entry.hash != _hash_of(entry):
                return expected
            previous, expected = entry.hash, expected + 1
    return None


def entries_about(
    session: Session, scope: Scope, patient_id: UUID, *, limit: int = 50
) -> Sequence[AuditEntry]:
    """Return what was done to and seen of one patient, newest first."""
    query = (
        sa.select(AuditEntry)
        .where(
            AuditEntry.organisation_id == scope.organisation_id,
            AuditEntry.patient_id == patient_id,
        )
        .order_by(AuditEntry.number.desc())
        .limit(limit)
    )
    return session.scalars(query).all()
