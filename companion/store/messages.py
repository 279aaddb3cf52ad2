"""The queue: one row per text with its state, and its attempts, which are never changed back.

Every text leaves through here. The states and arrows stand in
:mod:`companion.core.sending`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from companion.core.agreement import VersionState
from companion.core.sending import (
    NEVER_CAME,
    NOT_GONE_YET,
    AttemptOutcome,
    MessageKind,
    MessageState,
    may_become,
    priority_of,
)
from companion.store.database import Base, Scope, keyring_of, stored_enum
from companion.store.patients import Patient, seen_by
from companion.store.plans import PlanVersion


class Message(Base):
    """One text to one phone. *body* is rendered once, sealed, and never edited."""

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
        sa.Index(
            "ix_message_doubts",
            "retry_at",
            sqlite_where=sa.text("state = 'uncertain'"),
            postgresql_where=sa.text("state = 'uncertain'"),
        ),
        sa.Index("ix_message_patient_id_queued_at", "patient_id", "queued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patient.id"))
    """Whose phone it goes to; None for a stranger's, or for one of the staff."""
    phone: Mapped[str | None]  # sealed, E.164; only where there is no patient
    alert_id: Mapped[UUID | None]
    """The alert that it tells one of the staff of. No foreign key: alerts point to texts."""
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
    """Real time: from when a text that was put off may be claimed again, or a doubtful one
    is looked for in the provider's list."""
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


UNASKED = (MessageKind.CHECK_IN, MessageKind.REMINDER, MessageKind.TEAM)
"""What a change of plan or of mind takes back while it still waits."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What the queue needs to know of a text. *body* is plain and is sealed on its way in."""

    patient: Patient | None
    """None where it goes to *phone*, a number that no patient has."""
    kind: MessageKind
    text_key: str
    body: str
    segments: int
    dedupe_key: str
    not_before: datetime
    window_ends_at: datetime
    check_in_id: UUID | None = None
    reply_id: UUID | None = None
    plan_version_id: UUID | None = None
    phone: str = ""
    organisation_id: UUID | None = None
    alert_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A queued text whose hour has come, with what decides whether it may still leave."""

    message: Message
    patient: Patient | None
    plan_state: VersionState | None


def add(session: Session, new: NewMessage, *, now: datetime) -> Message | None:
    """Queue *new* and return it, or None when its dedupe key already stands.

    The insert decides, not a look beforehand: two that queue the same text at once leave one.
    """
    row_id, patient, keyring = uuid4(), new.patient, keyring_of(session)
    insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
    statement = (
        insert(Message)
        .values(
            id=row_id,
            organisation_id=new.organisation_id if patient is None else patient.organisation_id,
            patient_id=None if patient is None else patient.id,
            phone=None
            if patient is not None
            else keyring.seal(new.phone, table="message", column="phone", row_id=row_id),
            alert_id=new.alert_id,
            check_in_id=new.check_in_id,
            reply_id=new.reply_id,
            kind=new.kind,
            priority=int(priority_of(new.kind)),
            dedupe_key=new.dedupe_key,
            body=keyring.seal(new.body, table="message", column="body", row_id=row_id),
            text_key=new.text_key,
            segments=new.segments,
            phone_version=0 if patient is None else patient.phone_version,
            plan_version_id=new.plan_version_id,
            queued_at=now,
            not_before=new.not_before,
            window_ends_at=new.window_ends_at,
            state=MessageState.QUEUED,
            reason="",
            attempts=0,
            changed_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Message.dedupe_key])
        .returning(Message.id)
    )
    session.flush()  # what it refers to may only be pending
    added = session.scalar(statement)
    return None if added is None else session.get_one(Message, added)


def body_of(session: Session, message: Message) -> str:
    """Open the words of *message*."""
    return keyring_of(session).open(message.body, table="message", column="body", row_id=message.id)


def phone_of(session: Session, message: Message) -> str:
    """Open the number of a text that goes to no patient, as E.164."""
    assert message.phone is not None  # only a patient's text has none of its own
    return keyring_of(session).open(
        message.phone, table="message", column="phone", row_id=message.id
    )


def answers_since(session: Session, patient: Patient, since: datetime) -> int:
    """Count the answers queued for *patient* since then."""
    count = sa.select(sa.func.count()).where(
        Message.patient_id == patient.id,
        Message.kind == MessageKind.REPLY,
        Message.queued_at >= since,
    )
    return session.scalar(count) or 0


def texts_of(session: Session, scope: Scope, patient_id: UUID, *, limit: int) -> Sequence[Message]:
    """Return the newest texts to one patient, newest first."""
    return session.scalars(
        sa.select(Message)
        .join(Patient, Patient.id == Message.patient_id)
        .where(
            Message.organisation_id == scope.organisation_id,
            seen_by(scope),
            Message.patient_id == patient_id,
        )
        .order_by(Message.queued_at.desc(), Message.priority.desc(), Message.id)
        .limit(limit)
    ).all()


def _is_due(now: datetime, real_now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Message.state == MessageState.QUEUED,
        Message.not_before <= now,
        sa.or_(Message.retry_at.is_(None), Message.retry_at <= real_now),
    )


def _has_ended_lease(real_now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Message.state == MessageState.SENDING, Message.lease_until <= real_now)


def _is_doubtful(real_now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Message.state == MessageState.UNCERTAIN, Message.retry_at <= real_now)


def has_work(session: Session, *, now: datetime, real_now: datetime) -> bool:
    """Tell whether a sender would find anything to claim or reap."""
    kinds = (_is_due(now, real_now), _has_ended_lease(real_now))
    return any(
        session.scalar(sa.select(Message.id).where(kind).limit(1)) is not None for kind in kinds
    )


def due(
    session: Session,
    kinds: Sequence[MessageKind],
    *,
    now: datetime,
    real_now: datetime,
    limit: int,
) -> list[Due]:
    """Lock and return queued texts of *kinds* whose hour has come, most urgent first.

    A row that another sender holds is passed over. All organisations: the queue is one.
    """
    rows = session.execute(
        sa.select(Message, Patient, PlanVersion.state)
        .outerjoin(Patient, Patient.id == Message.patient_id)
        .outerjoin(PlanVersion, PlanVersion.id == Message.plan_version_id)
        .where(_is_due(now, real_now), Message.kind.in_(kinds))
        .order_by(Message.priority, Message.not_before)
        .limit(limit)
        .with_for_update(of=Message, skip_locked=True)
    )
    return [Due(message, patient, state) for message, patient, state in rows]


def with_ended_lease(session: Session, *, real_now: datetime) -> Sequence[Message]:
    """Lock and return texts whose sender has not been heard of before its lease ended."""
    return session.scalars(
        sa.select(Message).where(_has_ended_lease(real_now)).with_for_update(skip_locked=True)
    ).all()


def doubtful_for_long(
    session: Session, *, real_now: datetime, phone_of: Patient | None = None
) -> list[tuple[Message, Patient]]:
    """Return doubtful texts of which nothing was heard in the time to settle, and whose.

    With *phone_of* only those to whoever has that patient's phone.
    """
    query = (
        sa.select(Message, Patient)
        .join(Patient, Patient.id == Message.patient_id)
        .where(_is_doubtful(real_now))
        .order_by(Message.retry_at, Message.id)
    )
    if phone_of is not None:
        query = query.where(Patient.phone_hash == phone_of.phone_hash)
    return [(message, patient) for message, patient in session.execute(query)]


def _to_phone_of(patient: Patient) -> sa.ColumnElement[bool]:
    # Two patients may share a phone; a text for a number given up went elsewhere.
    return sa.and_(
        Patient.phone_hash == patient.phone_hash, Message.phone_version == Patient.phone_version
    )


def is_sending_to(session: Session, patient: Patient) -> bool:
    """Tell whether a text is on its way to the provider for the phone of *patient*."""
    query = (
        sa.select(Message.id)
        .join(Patient, Patient.id == Message.patient_id)
        .where(_to_phone_of(patient), Message.state == MessageState.SENDING)
    )
    return session.scalar(query.limit(1)) is not None


def doubts_to(session: Session, patient: Patient) -> list[tuple[Attempt, Message]]:
    """Lock and return the attempts to the phone of *patient* that may own a listed text.

    Those are the last ones of texts in doubt, and every doubtful call for a crisis answer.
    """
    last = sa.and_(
        Message.state.in_([MessageState.UNCERTAIN, MessageState.HELD]),
        Message.attempt_id == Attempt.id,
    )
    query = (
        sa.select(Attempt, Message)
        .join(Message, Message.id == Attempt.message_id)
        .join(Patient, Patient.id == Message.patient_id)
        .where(
            _to_phone_of(patient),
            Attempt.outcome == AttemptOutcome.UNCERTAIN,
            Attempt.provider_id.is_(None),
            sa.or_(last, Message.kind == MessageKind.CRISIS),
        )
        .order_by(Attempt.claimed_at, Attempt.number)
        .with_for_update(of=Message)
        .execution_options(populate_existing=True)
    )
    return [(attempt, message) for attempt, message in session.execute(query)]


def undecided_everywhere(session: Session) -> list[tuple[Message, Patient | None]]:
    """Lock and return the texts that wait or are in doubt, oldest first, and whose they are."""
    rows = session.execute(
        sa.select(Message, Patient)
        .outerjoin(Patient, Patient.id == Message.patient_id)
        .where(Message.state.in_([MessageState.QUEUED, MessageState.UNCERTAIN]))
        .order_by(Message.queued_at, Message.id)
        .with_for_update(of=Message)
    )
    return [(message, patient) for message, patient in rows]


def is_any_sending(session: Session) -> bool:
    """Tell whether any text is on its way to the provider, or was when its sender died."""
    query = sa.select(Message.id).where(Message.state == MessageState.SENDING).limit(1)
    return session.scalar(query) is not None


def owned_among(session: Session, provider_ids: Sequence[str]) -> set[str]:
    """Return which of *provider_ids* already belong to an attempt."""
    query = sa.select(Attempt.provider_id).where(Attempt.provider_id.in_(provider_ids))
    return {one for one in session.scalars(query) if one is not None}


def copies_of(session: Session, message: Message) -> int:
    """Count the attempts of *message* that the provider says it took."""
    count = sa.select(sa.func.count()).where(
        Attempt.message_id == message.id, Attempt.provider_id.is_not(None)
    )
    return session.scalar(count) or 0


def newest_of_check_in(session: Session, check_in_id: UUID) -> Message | None:
    """Lock and return the text that asked the open question of a check-in.

    A reminder asks it once it may have come; before that, it changes nothing.
    """
    asks = sa.or_(
        Message.kind != MessageKind.REMINDER, Message.state.not_in(NOT_GONE_YET | NEVER_CAME)
    )
    query = (
        sa.select(Message)
        .where(Message.check_in_id == check_in_id, asks)
        .order_by(Message.queued_at.desc(), Message.id)
        .limit(1)
        .with_for_update()
    )
    return session.scalars(query).one_or_none()


def waiting_of(
    session: Session, patient: Patient, kinds: Sequence[MessageKind]
) -> Sequence[Message]:
    """Lock and return one patient's texts of *kinds* that still wait."""
    return session.scalars(
        sa.select(Message)
        .where(
            Message.organisation_id == patient.organisation_id,
            Message.patient_id == patient.id,
            Message.state == MessageState.QUEUED,
            Message.kind.in_(kinds),
        )
        .with_for_update()
    ).all()


def locked(session: Session, message_id: UUID) -> Message:
    """Return one text as it stands now, locked until the transaction ends."""
    return session.scalars(
        sa.select(Message)
        .where(Message.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def attempt_of(session: Session, attempt_id: UUID) -> Attempt:
    """Return one attempt as it stands now."""
    return session.get_one(Attempt, attempt_id, populate_existing=True)


def attempt_by_token(session: Session, token: str) -> Attempt | None:
    """Return the attempt that a delivery report is about."""
    return session.scalar(sa.select(Attempt).where(Attempt.callback_token == token))


def owner_of_provider_id(session: Session, provider_id: str) -> UUID | None:
    """Return the attempt that the provider's *provider_id* already belongs to."""
    return session.scalar(sa.select(Attempt.id).where(Attempt.provider_id == provider_id))


def attempts_in_doubt(session: Session, message: Message) -> int:
    """Count the attempts of *message* of which nobody knows whether they sent it."""
    count = sa.select(sa.func.count()).where(
        Attempt.message_id == message.id, Attempt.outcome == AttemptOutcome.UNCERTAIN
    )
    return session.scalar(count) or 0


def move(message: Message, state: MessageState, *, reason: str = "", now: datetime) -> None:
    """Take *message* to *state*: the one place where a state changes.

    Raises:
        ValueError: there is no arrow from where it stands.
    """
    if not may_become(message.state, state):
        raise ValueError(f"a text may not go from {message.state} to {state}")
    if sa.inspect(message).attrs.state.history.has_changes():
        # Two moves in one transaction are two updates: the database checks each arrow.
        session = object_session(message)
        assert session is not None  # nobody moves a text outside a transaction
        session.flush()
    message.state = state
    message.reason = reason
    message.changed_at = now


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def was_asked(session: Session, check_in_id: UUID) -> bool:
    """Tell whether any question of a check-in may have reached the patient."""
    never_left = [
        MessageState.QUEUED,
        MessageState.MISSED,
        MessageState.CANCELLED,
        MessageState.FAILED,
    ]
    query = sa.select(Message.id).where(
        Message.check_in_id == check_in_id, Message.state.not_in(never_left)
    )
    return session.scalar(query.limit(1)) is not None


def waiting_moments(session: Session) -> Sequence[datetime]:
    """Return when each text that waits may leave, for looking ahead."""
    query = sa.select(Message.not_before).where(Message.state == MessageState.QUEUED)
    return session.scalars(query).all()
