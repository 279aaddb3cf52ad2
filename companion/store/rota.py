"""Who is on duty on a day: those of a team who are not away, and those who cover for them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store import accounts
from companion.store.accounts import User
from companion.store.database import Base


class Absence(Base):
    """Days on which a member of staff is away, first and last among them."""

    __tablename__ = "absence"
    __table_args__ = (sa.Index("ix_absence_last_day", "last_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    cover_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user.id"))
    """Who is told of alerts instead, if anybody is."""


def add_absence(
    session: Session, user: User, *, first_day: date, last_day: date, cover: User | None
) -> Absence:
    """Write down that *user* is away."""
    absence = Absence(
        id=uuid4(),
        user_id=user.id,
        first_day=first_day,
        last_day=last_day,
        cover_id=cover.id if cover else None,
    )
    session.add(absence)
    session.flush()
    return absence


def forget_absences(session: Session, user: User, *, on_or_after: date) -> int:
    """Forget when *user* is away from that day on; return how many absences that were."""
    found = session.scalars(
        sa.select(Absence).where(Absence.user_id == user.id, Absence.last_day >= on_or_after)
    ).all()
    for absence in found:
        session.delete(absence)
    return len(found)


def absences_on(session: Session, day: date) -> Sequence[Absence]:
    """Return each absence that *day* is in."""
    query = sa.select(Absence).where(Absence.first_day <= day, Absence.last_day >= day)
    return session.scalars(query).all()


def on_duty(
    session: Session, organisation_id: UUID, team_id: UUID | None, day: date
) -> Sequence[User]:
    """Return who of a team, or of the whole organisation, is told of alerts on *day*."""
    absences = absences_on(session, day)
    away = {absence.user_id for absence in absences}
    everybody = accounts.who_work_with_patients(session, organisation_id, None)
    team = (
        everybody
        if team_id is None
        else accounts.who_work_with_patients(session, organisation_id, team_id)
    )
    own = {user.id for user in team}
    wanted = own | {absence.cover_id for absence in absences if absence.user_id in own}
    return [user for user in everybody if user.id in wanted - away]


def teams_on_duty(session: Session, user_id: UUID, day: date) -> frozenset[UUID]:
    """Return the teams of which *user_id* is told of alerts on *day*: their own, and those
    of whoever they cover for; their own alone when they are away themselves.
    """
    absences = absences_on(session, day)
    teams = accounts.team_ids_of(session, user_id)
    if any(absence.user_id == user_id for absence in absences):
        return teams
    covered = [absence.user_id for absence in absences if absence.cover_id == user_id]
    return teams.union(*(accounts.team_ids_of(session, one) for one in covered))
