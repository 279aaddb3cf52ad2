"""The audit trail: append-only rows, each carrying the hash of the one before it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.store.database import Base


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
    """A user id, ``system`` or ``patient``."""
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(80))
    """What it was done to, as ``patient:<id>`` and the like; never a name."""
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    detail: Mapped[str]
    """Ids, states and counts as JSON; no names, doses or words."""
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
