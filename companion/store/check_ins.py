"""Check-ins, what was asked in each, and what was understood."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.protocols import Question
from companion.store.database import Base, stored_enum


class CheckInState(StrEnum):
    """Where one check-in stands. Values are stored; never rename one."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"


class CheckIn(Base):
    """One occasion of asking one patient. The constraint makes asking twice impossible."""

    __tablename__ = "check_in"
    __table_args__ = (
        sa.UniqueConstraint("patient_id", "local_day", "slot", "kind"),
        sa.Index("ix_check_in_state_asked_at", "state", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"))
    local_day: Mapped[date]
    slot: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20))
    """Name of the protocol: ``taper`` or ``post-discharge``."""
    asked_at: Mapped[datetime]
    state: Mapped[CheckInState] = mapped_column(stored_enum(CheckInState))
    question: Mapped[Question | None] = mapped_column(stored_enum(Question))
    """The question now open, or none."""
    asked_again: Mapped[bool]
    """Whether the open question was already asked once more."""
    unclear_in_a_row: Mapped[int]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When the patient last wrote anything in this check-in."""
    silence_alerted_at: Mapped[datetime | None]


class Answer(Base):
    """What was understood of a reply to one question."""

    __tablename__ = "answer"
    __table_args__ = (sa.Index("ix_answer_patient_id_answered_at", "patient_id", "answered_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    check_in_id: Mapped[UUID] = mapped_column(sa.ForeignKey("check_in.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"))
    reply_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reply.id"))
    question: Mapped[Question] = mapped_column(stored_enum(Question))
    value: Mapped[Decimal]
    """A range keeps its worse end; the words stand in the reply."""
    answered_at: Mapped[datetime]


class SignpostSent(Base):
    """Which resource a patient was last shown, so that it is not the same twice in a row."""

    __tablename__ = "signpost_sent"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"), index=True)
    resource: Mapped[str] = mapped_column(sa.String(60))
    sent_at: Mapped[datetime]
