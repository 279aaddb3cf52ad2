"""Alerts: findings that a person must act on, from opened to closed with an outcome."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.core.urgency import Urgency
from companion.store.database import Base, stored_enum


class AlertState(StrEnum):
    """How far people have come with an alert. Values are stored; never rename one."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Alert(Base):
    """One reason to act on one patient. Its urgency only rises.

    ``patient_id`` is empty for what concerns the service itself or a stranger's text.
    """

    __tablename__ = "alert"
    __table_args__ = (
        sa.Index("ix_alert_organisation_id_state", "organisation_id", "state"),
        sa.Index("ix_alert_patient_id_state", "patient_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    team_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("team.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"))
    reply_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("reply.id"))
    message_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("message.id"))
    urgency: Mapped[int]
    """A value of :class:`~companion.core.urgency.Urgency`."""
    rule: Mapped[str] = mapped_column(sa.String(20))
    why: Mapped[str]  # sealed: a sentence a nurse can read out
    opened_at: Mapped[datetime]
    state: Mapped[AlertState] = mapped_column(stored_enum(AlertState))
    times: Mapped[int]
    """How often the same rule fired while the alert stood open."""
    last_at: Mapped[datetime]
    acknowledged_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user.id"))
    acknowledged_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user.id"))
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(40))
    note: Mapped[str | None]  # sealed: staff's words

    @property
    def level(self) -> Urgency:
        """The urgency as the scale's own value."""
        return Urgency(self.urgency)
