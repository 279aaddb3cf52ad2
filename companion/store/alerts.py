"""Alerts: findings that a person must act on, from opened to closed with an outcome."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.urgency import Urgency
from companion.store import patients
from companion.store.database import Base, Scope, keyring_of, stored_enum
from companion.store.patients import Patient
from companion.store.replies import Reply

SILENCE = "T-11"
"""The rule of silence: nobody knows how the patient is."""


class AlertState(StrEnum):
    """How far people have come with an alert. Values are stored; never rename one."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """What came of an alert. Values are stored; never rename one."""

    SPOKE = "spoke"
    NO_ANSWER = "no_answer"
    PLAN_CHANGED = "plan_changed"
    URGENT_CARE = "urgent_care"
    NOTHING_NEEDED = "nothing_needed"
    OTHER = "other"


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
    outcome: Mapped[Outcome | None] = mapped_column(stored_enum(Outcome))
    note: Mapped[str | None]  # sealed: staff's words

    @property
    def level(self) -> Urgency:
        """The urgency as the scale's own value."""
        return Urgency(self.urgency)


TABLE = Alert.__tablename__


def seal_why(session: Session, alert: Alert, why: str) -> None:
    """Seal the reason into the row of *alert*."""
    alert.why = keyring_of(session).seal(why, table=TABLE, column="why", row_id=alert.id)


def why_of(session: Session, alert: Alert) -> str:
    """Open the reason."""
    return keyring_of(session).open(alert.why, table=TABLE, column="why", row_id=alert.id)


def seal_note(session: Session, alert: Alert, note: str) -> None:
    """Seal what staff wrote about it."""
    alert.note = keyring_of(session).seal(note, table=TABLE, column="note", row_id=alert.id)


def note_of(session: Session, alert: Alert) -> str:
    """Open what staff wrote about it; empty when they wrote nothing."""
    if alert.note is None:
        return ""
    return keyring_of(session).open(alert.note, table=TABLE, column="note", row_id=alert.id)


def standing() -> sa.ColumnElement[bool]:
    """Return the condition that nobody has resolved an alert."""
    return Alert.state.in_([AlertState.OPEN, AlertState.ACKNOWLEDGED])


def standing_alert(
    session: Session,
    organisation_id: UUID,
    patient_id: UUID | None,
    rule: str,
    reply_id: UUID | None = None,
) -> Alert | None:
    """Return the unresolved alert of the same rule about the same patient, or None.

    Of strangers it is about the same phone, from which *reply_id* came.
    It is locked: what somebody closes at this moment stands no longer, and must not take
    up what comes now.
    """
    query = (
        sa.select(Alert)
        .where(
            Alert.organisation_id == organisation_id,
            Alert.rule == rule,
            _about_the_same(patient_id, reply_id),
            standing(),
        )
        .order_by(Alert.opened_at)
        .limit(1)
    )
    return session.scalars(_for_change(query)).one_or_none()


def _about_the_same(patient_id: UUID | None, reply_id: UUID | None) -> sa.ColumnElement[bool]:
    if patient_id is not None:
        return Alert.patient_id == patient_id
    nobodys = Alert.patient_id.is_(None)
    if reply_id is None:
        return nobodys
    phone = sa.select(Reply.phone_hash).where(Reply.id == reply_id).scalar_subquery()
    of_that_phone = sa.select(Reply.id).where(Reply.phone_hash == phone)
    return sa.and_(nobodys, Alert.reply_id.in_(of_that_phone))


def _for_change(query: sa.Select[Alert]) -> sa.Select[Alert]:
    """Lock what is found, as it stands now and not as this session saw it before.

    The key is left alone: a rung that is told, and a text to staff, refer to the alert.
    """
    locking = query.with_for_update(key_share=True)
    return locking.execution_options(populate_existing=True)


def worrying_alerts(session: Session, organisation_id: UUID, patient_id: UUID) -> Sequence[Alert]:
    """Return the alerts of the two highest tiers, and those of silence, ended ones too."""
    worrying = sa.or_(Alert.urgency >= Urgency.URGENT, Alert.rule == SILENCE)
    query = sa.select(Alert).where(
        Alert.organisation_id == organisation_id, Alert.patient_id == patient_id, worrying
    )
    return session.scalars(query).all()


def has_standing(session: Session, patient: Patient) -> bool:
    """Tell whether anything about *patient* is not resolved yet."""
    return session.scalar(_about(patient).where(standing()).limit(1)) is not None


def was_told_since(session: Session, patient: Patient, since: datetime, least: Urgency) -> bool:
    """Tell whether something at *least* so urgent was raised about *patient* since then."""
    told = sa.and_(Alert.last_at >= since, Alert.urgency >= least)
    return session.scalar(_about(patient).where(told).limit(1)) is not None


def was_raised_since(session: Session, patient: Patient, rule: str, since: datetime) -> bool:
    """Tell whether *rule* was raised about *patient* since then."""
    raised = sa.and_(Alert.last_at > since, Alert.rule == rule)
    return session.scalar(_about(patient).where(raised).limit(1)) is not None


def _about(patient: Patient) -> sa.Select[UUID]:
    return sa.select(Alert.id).where(
        Alert.organisation_id == patient.organisation_id, Alert.patient_id == patient.id
    )


def _seen_by(scope: Scope) -> sa.ColumnElement[bool]:
    # What names no team concerns the whole organisation.
    mine = sa.or_(
        Alert.team_id.in_(scope.team_ids),
        Alert.patient_id.in_(scope.patient_ids),
        Alert.team_id.is_(None),
    )
    return sa.and_(Alert.organisation_id == scope.organisation_id, mine)


def alert_of(session: Session, scope: Scope, alert_id: UUID) -> Alert | None:
    """Return one alert, locked for the change to come, or None when out of scope."""
    return _locked_after_patient(session, Alert.id == alert_id, _seen_by(scope))


def _locked_after_patient(session: Session, *one: sa.ColumnElement[bool]) -> Alert | None:
    """Lock whom the alert is about first, as a text that comes in does.

    Two that lock one patient's alerts in different orders would wait for each other.
    """
    patient_id = session.scalar(sa.select(Alert.patient_id).where(*one))
    if patient_id is not None:
        patients.locked(session, patient_id)
    return session.scalars(_for_change(sa.select(Alert).where(*one))).one_or_none()


def alert_by_id(session: Session, alert_id: UUID) -> Alert:
    """Return one alert, which must exist, for the clock's own duties."""
    return session.get_one(Alert, alert_id)


def taken_everywhere(session: Session) -> Sequence[Alert]:
    """Return what somebody has and has not closed, in any organisation."""
    return session.scalars(sa.select(Alert).where(Alert.state == AlertState.ACKNOWLEDGED)).all()


def locked(session: Session, alert_id: UUID) -> Alert:
    """Return one alert, which must exist, as it stands now, locked until the transaction ends."""
    alert = _locked_after_patient(session, Alert.id == alert_id)
    assert alert is not None
    return alert


def standing_alerts(session: Session, scope: Scope) -> Sequence[Alert]:
    """Return what nobody has resolved, most urgent first, then oldest."""
    query = (
        sa.select(Alert)
        .where(_seen_by(scope), standing())
        .order_by(Alert.urgency.desc(), Alert.opened_at, Alert.id)
    )
    return session.scalars(query).all()


def alerts_about(session: Session, scope: Scope, patient_id: UUID) -> Sequence[Alert]:
    """Return every alert about one patient, newest first."""
    query = (
        sa.select(Alert)
        .where(_seen_by(scope), Alert.patient_id == patient_id)
        .order_by(Alert.opened_at.desc(), Alert.id)
    )
    return session.scalars(query).all()
