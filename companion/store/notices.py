"""The rungs of each alert's ladder: rows with deadlines, so that a restart forgets none."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.ladder import Reach
from companion.store.alerts import Alert, AlertState, standing
from companion.store.database import Base, stored_enum


class NoticeState(StrEnum):
    """How far a rung has come. Values are stored; never rename one."""

    WAITING = "waiting"
    TOLD = "told"
    """At least one person's mail server took it."""
    FAILED = "failed"
    """It reached nobody: the next rung was taken at once."""
    DROPPED = "dropped"
    """Somebody had the alert by then, or it had become more urgent."""


class Notice(Base):
    """One rung of one alert's ladder."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("alert_id", "round", "rung"),
        sa.Index(
            "ix_notice_due",
            "due_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(sa.ForeignKey("alert.id"))
    round: Mapped[int]
    """Rises when the alert becomes more urgent: the ladder is climbed from its foot again."""
    rung: Mapped[int]
    """From 0; those after the last repeat it."""
    reach: Mapped[Reach] = mapped_column(stored_enum(Reach))
    counts_from: Mapped[datetime]
    """People's time: when the alert was opened, or became as urgent as it is."""
    due_at: Mapped[datetime]
    """People's time."""
    state: Mapped[NoticeState] = mapped_column(stored_enum(NoticeState))
    lease_until: Mapped[datetime | None]
    """Real time until which a process is telling people; then another may."""
    done_at: Mapped[datetime | None]
    """People's time."""
    told: Mapped[int]
    """How many people's mail servers took it; where none did, how many were sent a text."""
    detail: Mapped[str]
    """Why it reached nobody. No patient data."""


def add(
    session: Session,
    alert: Alert,
    *,
    round_: int,
    rung: int,
    reach: Reach,
    counts_from: datetime,
    due_at: datetime,
) -> Notice:
    """Plan one rung."""
    notice = Notice(
        id=uuid4(),
        alert_id=alert.id,
        round=round_,
        rung=rung,
        reach=reach,
        counts_from=counts_from,
        due_at=due_at,
        state=NoticeState.WAITING,
        told=0,
        detail="",
    )
    session.add(notice)
    session.flush()
    return notice


def drop_waiting(session: Session, alert: Alert, *, now: datetime) -> int:
    """Take back what waits for *alert*; return the newest round, -1 when there was none."""
    session.execute(
        sa.update(Notice)
        .where(Notice.alert_id == alert.id, Notice.state == NoticeState.WAITING)
        .values(state=NoticeState.DROPPED, done_at=now)
    )
    newest = session.scalar(sa.select(sa.func.max(Notice.round)).where(Notice.alert_id == alert.id))
    return -1 if newest is None else newest


def hasten(session: Session, alert_id: UUID, *, up_to: int, now: datetime) -> None:
    """Let the rung that waits for an alert be due at once, unless it is beyond *up_to*."""
    session.execute(
        sa.update(Notice)
        .where(
            Notice.alert_id == alert_id,
            Notice.state == NoticeState.WAITING,
            Notice.rung <= up_to,
            Notice.due_at > now,
        )
        .values(due_at=now)
    )


def _is_due(now: datetime, real_now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Notice.state == NoticeState.WAITING,
        Notice.due_at <= now,
        sa.or_(Notice.lease_until.is_(None), Notice.lease_until <= real_now),
    )


def any_due(session: Session, *, now: datetime, real_now: datetime) -> bool:
    """Tell whether somebody must be told now."""
    return session.scalar(sa.select(Notice.id).where(_is_due(now, real_now)).limit(1)) is not None


def claim_next(
    session: Session, *, now: datetime, real_now: datetime, lease_until: datetime
) -> tuple[Notice, Alert] | None:
    """Take the most urgent rung that is due; None when there is none, or its alert was taken.

    The rung of an alert that somebody has is dropped.
    """
    row = session.execute(
        sa.select(Notice, Alert)
        .join(Alert, Alert.id == Notice.alert_id)
        .where(_is_due(now, real_now))
        .order_by(Alert.urgency.desc(), Notice.due_at, Notice.id)
        .limit(1)
        .with_for_update(of=Notice, skip_locked=True)
    ).first()
    if row is None:
        return None
    notice, alert = row
    if alert.state is not AlertState.OPEN:
        notice.state, notice.done_at = NoticeState.DROPPED, now
        return None
    notice.lease_until = lease_until
    return notice, alert


def find(session: Session, notice_id: UUID) -> Notice | None:
    """Return one rung, or None when there is none of that id."""
    return session.get(Notice, notice_id)


def locked(session: Session, notice_id: UUID) -> Notice:
    """Return one rung as it stands now, locked until the transaction ends."""
    return session.scalars(
        sa.select(Notice)
        .where(Notice.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def notices_of(session: Session, alert: Alert) -> Sequence[Notice]:
    """Return the rungs of *alert* in the order they are climbed."""
    query = sa.select(Notice).where(Notice.alert_id == alert.id).order_by(Notice.round, Notice.rung)
    return session.scalars(query).all()


def told_to_everybody(session: Session, organisation_id: UUID) -> frozenset[UUID]:
    """Return whom alerts are about that stand, and that more than their team was told of."""
    query = (
        sa.select(Alert.patient_id)
        .join(Notice, Notice.alert_id == Alert.id)
        .where(
            Alert.organisation_id == organisation_id,
            standing(),
            Alert.patient_id.is_not(None),
            Notice.reach.in_([Reach.EVERYBODY, Reach.DUTY]),
            Notice.state == NoticeState.TOLD,
        )
    )
    return frozenset(found for found in session.scalars(query) if found is not None)
