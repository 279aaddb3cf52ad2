"""The queue: one row per text with its state, and its attempts, which are never changed back.

Every text to a patient leaves through here. The states and arrows stand in
:mod:`companion.core.sending`.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.sending import AttemptOutcome, MessageKind, MessageState
from companion.store.database import Base, stored_enum


class Message(Base):
    """One text to one patient. *body* is rendered once, sealed, and never edited."""

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("dedupe_key"),
        sa.Index(
            "ix_message_queue",
            "priority",
            "not_before",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index(
            "ix_message_leases",
            "lease_until",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        ),
        sa.Index("ix_message_patient_id_queued_at", "patient_id", "queued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patient.id"))
    check_in_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("check_in.id"))
    reply_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("reply.id"))
    """The text that this one answers, if it answers one."""
    kind: Mapped[MessageKind] = mapped_column(stored_enum(MessageKind))
    priority: Mapped[int]
    dedupe_key: Mapped[str] = mapped_column(sa.String(120))
    """What makes the text this very one: queueing it again is a no-op."""
    body: Mapped[str]  # sealed
    text_key: Mapped[str] = mapped_column(sa.String(60))
    """Which text of messages/ it was made from."""
    segments: Mapped[int]
    phone_version: Mapped[int]
    plan_version_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_version.id"))
    """The version it was rendered for: it leaves only while that one is agreed."""
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    """People's time; with *window_ends_at* the hours in which it may leave."""
    window_ends_at: Mapped[datetime]
    state: Mapped[MessageState] = mapped_column(stored_enum(MessageState))
    reason: Mapped[str]
    """Why it was not sent, in words for staff; empty while nothing is wrong."""
    attempts: Mapped[int]
    attempt_id: Mapped[UUID | None]
    """The attempt that holds the claim: only its result may be written."""
    lease_until: Mapped[datetime | None]
    """Real time."""
    retry_at: Mapped[datetime | None]
    """Real time before which a text that was put off is not claimed again."""
    changed_at: Mapped[datetime]


class Attempt(Base):
    """One try to hand one text to the provider."""

    __tablename__ = "attempt"
    __table_args__ = (
        sa.UniqueConstraint("callback_token"),
        sa.UniqueConstraint("provider_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(sa.ForeignKey("message.id"), index=True)
    number: Mapped[int]
    callback_token: Mapped[str] = mapped_column(sa.String(64))
    claimed_at: Mapped[datetime]
    """Real time."""
    outcome: Mapped[AttemptOutcome | None] = mapped_column(stored_enum(AttemptOutcome))
    detail: Mapped[str]
    """The provider's code, or why the outcome is not known. No patient data."""
    provider_id: Mapped[str | None] = mapped_column(sa.String(64))
    delivery: Mapped[str | None] = mapped_column(sa.String(20))
    """The provider's last word by rank: queued, sent, delivered and so on."""
    recorded_at: Mapped[datetime | None]
