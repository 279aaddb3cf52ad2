"""Texts that came in: kept whole before anybody reads them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.store.database import Base, stored_enum


class ReplyState(StrEnum):
    """How far a kept text has come. Values are stored; never rename one."""

    KEPT = "kept"
    """Committed; nobody has acted on it yet."""
    HANDLED = "handled"
    STRANGER = "stranger"
    """No patient has this number, or more than one: for a person to look at."""


class Reply(Base):
    """One text from one phone. *body* is sealed and bounded; the rest finds it."""

    __tablename__ = "reply"
    __table_args__ = (
        sa.UniqueConstraint("provider_id"),
        sa.Index("ix_reply_state_kept_at", "state", "kept_at"),
        sa.Index("ix_reply_patient_id_received_at", "patient_id", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(sa.String(64))
    """The provider's own id of the text: a repeat is a no-op."""
    phone_hash: Mapped[str] = mapped_column(sa.String(64))
    phone: Mapped[str]  # sealed, E.164 or what came
    body: Mapped[str]  # sealed
    opt_out_type: Mapped[str | None] = mapped_column(sa.String(10))
    """What the carrier made of it: STOP, START or HELP."""
    received_at: Mapped[datetime]
    """People's time."""
    kept_at: Mapped[datetime]
    """Real time, for the sweep."""
    state: Mapped[ReplyState] = mapped_column(stored_enum(ReplyState))
    failures: Mapped[int]
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"))
    read_by_person_at: Mapped[datetime | None]
