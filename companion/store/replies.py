"""Texts that came in: kept whole before anybody reads them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base, insert_or_ignore, keyring_of, stored_enum
from companion.store.patients import Patient


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
        sa.Index("ix_reply_phone_hash_received_at", "phone_hash", "received_at"),
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
    """How often handling it failed; the sweep waits longer after each."""
    retry_at: Mapped[datetime]
    """Real time before which the sweep leaves it alone."""
    late_alerted_at: Mapped[datetime | None]
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"))
    read_by_person_at: Mapped[datetime | None]


LONGEST_KEPT = 10_000
"""Letters of a text that are kept; a longer one cannot come through a mobile network."""
TABLE = Reply.__tablename__


def keep(
    session: Session,
    *,
    provider_id: str,
    phone: str,
    body: str,
    opt_out_type: str | None,
    received_at: datetime,
    kept_at: datetime,
) -> UUID | None:
    """Keep one text and return its id, or None when the provider's id is known already."""
    reply_id, keyring = uuid4(), keyring_of(session)
    values: dict[str, Any] = {
        "id": reply_id,
        "provider_id": provider_id,
        "phone_hash": keyring.fingerprint("phone", phone),
        "phone": keyring.seal(phone, table=TABLE, column="phone", row_id=reply_id),
        "body": keyring.seal(body[:LONGEST_KEPT], table=TABLE, column="body", row_id=reply_id),
        "opt_out_type": opt_out_type,
        "received_at": received_at,
        "kept_at": kept_at,
        "state": ReplyState.KEPT,
        "failures": 0,
        "retry_at": kept_at,
    }
    return reply_id if insert_or_ignore(session, Reply, values) else None


def unknown_among(session: Session, provider_ids: Sequence[str]) -> set[str]:
    """Return which of *provider_ids* were never kept."""
    query = sa.select(Reply.provider_id).where(Reply.provider_id.in_(provider_ids))
    return set(provider_ids) - set(session.scalars(query))


def reply_for_handling(session: Session, reply_id: UUID) -> Reply | None:
    """Return a kept text, locked until the transaction ends, or None when it was handled."""
    query = (
        sa.select(Reply)
        .where(Reply.id == reply_id, Reply.state == ReplyState.KEPT)
        .with_for_update()
    )
    return session.scalars(query).one_or_none()


def unhandled_from(session: Session, reply_id: UUID) -> list[UUID]:
    """Return that text and those before it from its phone that nobody tried yet, oldest first."""
    this = session.get_one(Reply, reply_id)
    query = (
        sa.select(Reply.id)
        .where(
            Reply.phone_hash == this.phone_hash,
            Reply.state == ReplyState.KEPT,
            Reply.received_at <= this.received_at,
            sa.or_(Reply.failures == 0, Reply.id == reply_id),
        )
        .order_by(Reply.received_at, Reply.kept_at)
    )
    return list(session.scalars(query))


def count_from(session: Session, reply: Reply, since: datetime) -> int:
    """Count the texts that came from the phone of *reply* since then."""
    count = sa.select(sa.func.count()).where(
        Reply.phone_hash == reply.phone_hash, Reply.received_at >= since
    )
    return session.scalar(count) or 0


def before(session: Session, reply: Reply, *, within: timedelta) -> Reply | None:
    """Return the handled text that came from the same phone just before *reply*, or None."""
    query = (
        sa.select(Reply)
        .where(
            Reply.phone_hash == reply.phone_hash,
            Reply.id != reply.id,
            Reply.received_at.between(reply.received_at - within, reply.received_at),
            Reply.state == ReplyState.HANDLED,
        )
        .order_by(Reply.received_at.desc(), Reply.kept_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def body_of(session: Session, reply: Reply) -> str:
    """Open what the patient wrote."""
    return keyring_of(session).open(reply.body, table=TABLE, column="body", row_id=reply.id)


def reply_phone_of(session: Session, reply: Reply) -> str:
    """Open the number that the text came from."""
    return keyring_of(session).open(reply.phone, table=TABLE, column="phone", row_id=reply.id)


def kept_everywhere(session: Session, *, real_now: datetime, limit: int = 100) -> list[UUID]:
    """Return the ids of kept texts that may be tried now: each phone's oldest, then their next.

    So a flood from one number delays nobody else.
    """
    turn = sa.func.row_number().over(
        partition_by=Reply.phone_hash, order_by=(Reply.received_at, Reply.kept_at)
    )
    query = (
        sa.select(Reply.id)
        .where(Reply.state == ReplyState.KEPT, Reply.retry_at <= real_now)
        .order_by(turn, Reply.kept_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def unhandled_everywhere(session: Session, *, kept_before: datetime) -> Sequence[Reply]:
    """Return texts kept before that moment, not handled, that nobody was told of yet."""
    query = sa.select(Reply).where(
        Reply.state == ReplyState.KEPT,
        Reply.kept_at <= kept_before,
        Reply.late_alerted_at.is_(None),
    )
    return session.scalars(query).all()


def replies_of(session: Session, patient: Patient, *, limit: int = 50) -> Sequence[Reply]:
    """Return a patient's texts, newest first."""
    query = (
        sa.select(Reply)
        .where(Reply.patient_id == patient.id)
        .order_by(Reply.received_at.desc(), Reply.kept_at.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def joined(
    session: Session, first: Reply, patient_id: UUID | None, until: datetime
) -> Sequence[Reply]:
    """Return *first*, and what came since from the same patient or phone, newest first.

    *patient_id* is None for a stranger. A text that came late, with its true time, is kept
    after *first* all the same.
    """
    whose = sa.and_(Reply.patient_id.is_(None), Reply.phone_hash == first.phone_hash)
    if patient_id is not None:
        whose = sa.or_(whose, Reply.patient_id == patient_id)
    since = sa.and_(Reply.kept_at >= first.kept_at, Reply.received_at <= until)
    query = (
        sa.select(Reply)
        .where(sa.or_(Reply.id == first.id, sa.and_(whose, since)))
        .order_by(Reply.received_at.desc(), Reply.kept_at.desc())
    )
    return session.scalars(query).all()


def reply_by_id(session: Session, reply_id: UUID) -> Reply:
    """Return one text, which must exist."""
    return session.get_one(Reply, reply_id)
