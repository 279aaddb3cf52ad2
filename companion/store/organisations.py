"""Organisations and their teams: the outer bounds of what anybody may see."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.store.database import Base


class Organisation(Base):
    """A hospital trust, a practice or a network that uses the service."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    """IANA time zone of its patients, such as Europe/London."""
    created_at: Mapped[datetime]

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone that its patients' days are counted in."""
        return ZoneInfo(self.zone)


class Team(Base):
    """Who works together on patients, and the number patients may ring."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    name: Mapped[str]
    """How it signs its texts: neutral, nothing clinical."""
    phone: Mapped[str]
    """The team's own office number, put into texts as it stands."""
    hours: Mapped[str]
    """When somebody reads, in words for patients: ``Mon to Fri, 9am to 5pm``."""


def add_organisation(session: Session, *, name: str, zone: str, now: datetime) -> Organisation:
    """Add an organisation without teams."""
    organisation = Organisation(id=uuid4(), name=name, zone=zone, created_at=now)
    session.add(organisation)
    session.flush()
    return organisation


def add_team(session: Session, organisation_id: UUID, *, name: str, phone: str, hours: str) -> Team:
    """Add a team to an organisation."""
    team = Team(id=uuid4(), organisation_id=organisation_id, name=name, phone=phone, hours=hours)
    session.add(team)
    session.flush()
    return team


def organisation_named(session: Session, name: str) -> Organisation | None:
    """Return the organisation of that name."""
    return session.scalars(sa.select(Organisation).where(Organisation.name == name)).one_or_none()


def organisation_of(session: Session, organisation_id: UUID) -> Organisation:
    """Return the organisation of that id, which must exist."""
    return session.get_one(Organisation, organisation_id)


def organisations_everywhere(session: Session) -> Sequence[Organisation]:
    """Return every organisation, for the clock's own duties."""
    return session.scalars(sa.select(Organisation).order_by(Organisation.created_at)).all()


def teams_of(session: Session, organisation_id: UUID) -> Sequence[Team]:
    """Return the teams of an organisation by name."""
    query = sa.select(Team).where(Team.organisation_id == organisation_id).order_by(Team.name)
    return session.scalars(query).all()


def team_of(session: Session, organisation_id: UUID, team_id: UUID) -> Team:
    """Return one team of an organisation, which must exist."""
    query = sa.select(Team).where(Team.organisation_id == organisation_id, Team.id == team_id)
    return session.scalars(query).one()
