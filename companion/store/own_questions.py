"""Questions that organisations ask themselves."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.own_question import OwnKind, OwnQuestion
from companion.core.questions import Question
from companion.store.database import Base, stored_enum


class OwnQuestionRow(Base):
    """One question of one organisation. A withdrawn one stays, for the answers it had."""

    __tablename__ = "own_question"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    slot: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str]
    kind: Mapped[OwnKind] = mapped_column(stored_enum(OwnKind))
    low: Mapped[int]
    high: Mapped[int]
    protocols: Mapped[str]
    """In which ways of asking it is asked, with commas between."""
    texts: Mapped[str]
    """By language tag, as JSON."""
    added_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    @property
    def question(self) -> OwnQuestion:
        """The question itself."""
        return OwnQuestion(
            slot=Question(self.slot),
            name=self.name,
            kind=self.kind,
            low=self.low,
            high=self.high,
            protocols=frozenset(self.protocols.split(",")),
            texts=json.loads(self.texts),
        )


def rows_of(session: Session, organisation_id: UUID) -> Sequence[OwnQuestionRow]:
    """Return the questions that an organisation asks now, in their slots' order."""
    query = (
        sa.select(OwnQuestionRow)
        .where(
            OwnQuestionRow.organisation_id == organisation_id,
            OwnQuestionRow.withdrawn_at.is_(None),
        )
        .order_by(OwnQuestionRow.slot)
    )
    return session.scalars(query).all()


def questions_of(session: Session, organisation_id: UUID) -> dict[Question, OwnQuestion]:
    """Return the questions that an organisation asks now, by slot."""
    return {row.question.slot: row.question for row in rows_of(session, organisation_id)}


def ever_asked(session: Session, organisation_id: UUID) -> dict[Question, OwnQuestion]:
    """Return every question that was ever asked, by slot, which is never used again."""
    query = sa.select(OwnQuestionRow).where(OwnQuestionRow.organisation_id == organisation_id)
    return {row.question.slot: row.question for row in session.scalars(query)}


def row_by_id(session: Session, organisation_id: UUID, question_id: UUID) -> OwnQuestionRow | None:
    """Return one of an organisation's questions, or None."""
    query = sa.select(OwnQuestionRow).where(
        OwnQuestionRow.organisation_id == organisation_id, OwnQuestionRow.id == question_id
    )
    return session.scalars(query).one_or_none()
