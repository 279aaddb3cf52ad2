"""What is really taken, as people wrote it down, and how far the issued supply goes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.confirming import Taken
from companion.core.supply import Supplied
from companion.store.database import Base, keyring_of, stored_enum
from companion.store.plans import PlanVersion, agreed_at_of


class PlanTaken(Base):
    """What a person found out to be taken since one step of a version fell due."""

    __tablename__ = "plan_taken"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_version.id"), index=True)
    starts_on: Mapped[date]
    """Of the step that it is about."""
    taken: Mapped[Taken] = mapped_column(stored_enum(Taken))
    words: Mapped[str]  # sealed: what staff wrote beside it
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    recorded_at: Mapped[datetime]


class PlanSupply(Base):
    """A prescription as it was issued: the last day for which it holds the plan's doses."""

    __tablename__ = "plan_supply"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    issued_on: Mapped[date]
    lasts_until: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    recorded_at: Mapped[datetime]

    @property
    def supplied(self) -> Supplied:
        """Its two days, for counting."""
        return Supplied(self.issued_on, self.lasts_until)


def seal_words(session: Session, taken: PlanTaken, words: str) -> None:
    """Seal what staff wrote into the row of *taken*."""
    taken.words = keyring_of(session).seal(
        words, table=PlanTaken.__tablename__, column="words", row_id=taken.id
    )


def words_of(session: Session, taken: PlanTaken) -> str:
    """Open what staff wrote."""
    return keyring_of(session).open(
        taken.words, table=PlanTaken.__tablename__, column="words", row_id=taken.id
    )


def taken_of(session: Session, version: PlanVersion) -> Sequence[PlanTaken]:
    """Return what was found out under *version*, newest first."""
    query = (
        sa.select(PlanTaken)
        .where(PlanTaken.version_id == version.id)
        .order_by(PlanTaken.recorded_at.desc())
    )
    return session.scalars(query).all()


def supply_for(session: Session, version: PlanVersion) -> PlanSupply | None:
    """Return the supply that was written down last since *version* was agreed, or None.

    One from before was counted for another plan: nobody knows how far it goes under this one.
    """
    agreed_at = agreed_at_of(session, version)
    if agreed_at is None:
        return None
    query = (
        sa.select(PlanSupply)
        .where(PlanSupply.plan_id == version.plan_id, PlanSupply.recorded_at >= agreed_at)
        .order_by(PlanSupply.recorded_at.desc(), PlanSupply.id)
        .limit(1)
    )
    return session.scalars(query).first()
