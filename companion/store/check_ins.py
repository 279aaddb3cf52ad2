"""Check-ins, what was asked in each, and what was understood."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.questions import Question
from companion.store.database import Base, insert_or_ignore, stored_enum
from companion.store.patients import Patient
from companion.store.replies import Reply


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
    """Name of the protocol, such as ``taper``."""
    questions: Mapped[str] = mapped_column(server_default="pain,use,coping")
    """What is asked on this occasion, in order, with commas between."""
    asked_at: Mapped[datetime]
    state: Mapped[CheckInState] = mapped_column(stored_enum(CheckInState))
    question: Mapped[Question | None] = mapped_column(stored_enum(Question))
    """The question now open, or none."""
    asked_again: Mapped[bool]
    """Whether the open question was already asked once more."""
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When the patient last wrote anything in this check-in."""
    silence_alerted_at: Mapped[datetime | None]

    @property
    def asks(self) -> tuple[Question, ...]:
        """What is asked on this occasion, in order."""
        return tuple(Question(name) for name in self.questions.split(","))


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


FIRST_SLOT = "day"
"""The one occasion a day that check-ins have so far."""


def _of(patient: Patient) -> sa.ColumnElement[bool]:
    return sa.and_(
        CheckIn.organisation_id == patient.organisation_id, CheckIn.patient_id == patient.id
    )


def open_check_in(session: Session, patient: Patient) -> CheckIn | None:
    """Return the check-in with a question open, or None."""
    query = sa.select(CheckIn).where(_of(patient), CheckIn.state == CheckInState.OPEN)
    return session.scalars(query).one_or_none()


def end_quietly(session: Session, patient: Patient) -> None:
    """End the check-in that is open, if one is: whoever turned texts off knows why it is quiet.

    What comes from now on answers none of its questions.
    """
    check_in = open_check_in(session, patient)
    if check_in is not None:
        check_in.state, check_in.question = CheckInState.DONE, None


def start(
    session: Session,
    *,
    organisation_id: UUID,
    patient_id: UUID,
    local_day: date,
    kind: str,
    questions: Sequence[Question],
    now: datetime,
) -> CheckIn | None:
    """Open the check-in of one local day, or return None when there was one already."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "organisation_id": organisation_id,
        "patient_id": patient_id,
        "local_day": local_day,
        "slot": FIRST_SLOT,
        "kind": kind,
        "asked_at": now,
        "state": CheckInState.OPEN,
        "questions": ",".join(questions),
        "question": questions[0],
        "asked_again": False,
    }
    if not insert_or_ignore(session, CheckIn, values):
        return None
    return session.get_one(CheckIn, values["id"])


def open_locked(session: Session, check_in_id: UUID) -> CheckIn | None:
    """Return a check-in if it is still open, locked until the transaction ends."""
    query = (
        sa.select(CheckIn)
        .where(CheckIn.id == check_in_id, CheckIn.state == CheckInState.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).one_or_none()


def add_answer(
    session: Session,
    check_in: CheckIn,
    reply: Reply,
    question: Question,
    value: Decimal,
    *,
    now: datetime,
) -> None:
    """Write down what was understood of *reply*."""
    session.add(
        Answer(
            id=uuid4(),
            check_in_id=check_in.id,
            patient_id=check_in.patient_id,
            reply_id=reply.id,
            question=question,
            value=value,
            answered_at=now,
        )
    )
    session.flush()


def newest_check_in(session: Session, patient: Patient) -> CheckIn | None:
    """Return the patient's newest check-in, in whatever state."""
    query = sa.select(CheckIn).where(_of(patient)).order_by(CheckIn.asked_at.desc()).limit(1)
    return session.scalars(query).one_or_none()


def open_check_ins_everywhere(session: Session, *, asked_before: datetime) -> Sequence[CheckIn]:
    """Return the open check-ins that were asked before that moment, oldest first."""
    query = (
        sa.select(CheckIn)
        .where(CheckIn.state == CheckInState.OPEN, CheckIn.asked_at <= asked_before)
        .order_by(CheckIn.asked_at)
    )
    return session.scalars(query).all()


def check_ins_of(session: Session, patient: Patient, *, limit: int = 30) -> Sequence[CheckIn]:
    """Return a patient's check-ins, newest first."""
    query = sa.select(CheckIn).where(_of(patient)).order_by(CheckIn.asked_at.desc()).limit(limit)
    return session.scalars(query).all()


def answered_since(session: Session, patient: Patient, since: datetime) -> frozenset[Question]:
    """Return the questions that the patient answered since then."""
    query = sa.select(Answer.question).where(
        Answer.patient_id == patient.id, Answer.answered_at >= since
    )
    return frozenset(session.scalars(query))


def missed_running(session: Session, patient: Patient) -> int:
    """Return how many of the newest check-ins ended one after another without any answer."""
    missed = 0
    for check_in in check_ins_of(session, patient, limit=MOST_MISSED):
        if check_in.state is not CheckInState.EXPIRED or check_in.answered_at is not None:
            break
        missed += 1
    return missed


MOST_MISSED = 20
"""More missed check-ins than these are not counted."""


def answers_of(
    session: Session, patient: Patient, question: Question | None = None
) -> Sequence[Answer]:
    """Return a patient's answers, oldest first, of one question or of all."""
    query = sa.select(Answer).where(Answer.patient_id == patient.id).order_by(Answer.answered_at)
    if question is not None:
        query = query.where(Answer.question == question)
    return session.scalars(query).all()
