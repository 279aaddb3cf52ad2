"""Organisations and their teams: the outer bounds of what anybody may see."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from companion.core.calendar import local_day
from companion.core.ladder import EMERGENCY_MINUTES, SOON_DAYS, URGENT_HOURS, Ladder
from companion.core.working import WORK_CLOSES, WORK_OPENS, Nation, WorkingTime
from companion.store.database import Base


def _joined(times: Sequence[int]) -> str:
    return ",".join(map(str, times))


def _parted(times: str) -> tuple[int, ...]:
    return tuple(map(int, times.split(",")))


def _stored(at: time) -> str:
    return at.isoformat("microseconds")  # as SQLite keeps it


class Organisation(Base):
    """A hospital trust, a practice or a network that uses the service."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    """IANA time zone of its patients, such as Europe/London."""
    created_at: Mapped[datetime]
    nation: Mapped[str] = mapped_column(sa.String(40), server_default=Nation.ENGLAND.value)
    """Whose bank holidays its people keep."""
    work_opens: Mapped[time] = mapped_column(server_default=_stored(WORK_OPENS))
    work_closes: Mapped[time] = mapped_column(server_default=_stored(WORK_CLOSES))
    emergency_minutes: Mapped[str] = mapped_column(server_default=_joined(EMERGENCY_MINUTES))
    urgent_hours: Mapped[str] = mapped_column(server_default=_joined(URGENT_HOURS))
    soon_days: Mapped[str] = mapped_column(server_default=_joined(SOON_DAYS))
    """When the rungs of its ladder are due, with commas between."""
    hidden_products: Mapped[str] = mapped_column(server_default="")
    """What of the catalogue it does not stock: a drug and a form on each line."""

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone that its patients' days are counted in."""
        return ZoneInfo(self.zone)

    @property
    def home(self) -> Nation:
        """The nation whose services its patients have."""
        return Nation(self.nation)

    @property
    def working_time(self) -> WorkingTime:
        """When its people work."""
        return WorkingTime(self.time_zone, self.home, self.work_opens, self.work_closes)

    @property
    def ladder(self) -> Ladder:
        """When more people are told of an alert that nobody has taken."""
        return Ladder(
            _parted(self.emergency_minutes), _parted(self.urgent_hours), _parted(self.soon_days)
        )

    @property
    def hidden(self) -> frozenset[tuple[str, str]]:
        """The drugs and forms that its plans are not offered."""
        lines = (line.partition("|") for line in self.hidden_products.splitlines())
        return frozenset((drug, form) for drug, _bar, form in lines)

    def hide(self, hidden: frozenset[tuple[str, str]]) -> None:
        """Offer its plans all of the catalogue but *hidden*."""
        self.hidden_products = "\n".join(f"{drug}|{form}" for drug, form in sorted(hidden))

    def set_times(self, work: WorkingTime, ladder: Ladder) -> None:
        """Change when people work and are told."""
        self.nation = work.nation.value
        self.work_opens, self.work_closes = work.opens, work.closes
        self.emergency_minutes = _joined(ladder.emergency_minutes)
        self.urgent_hours = _joined(ladder.urgent_hours)
        self.soon_days = _joined(ladder.soon_days)


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
    lead_id: Mapped[UUID | None]
    """Who leads it. No foreign key: people are added to teams."""


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


def today_of(session: Session, organisation_id: UUID, now: datetime) -> date:
    """Return the calendar day that *now* is where the organisation's patients live."""
    return local_day(now, organisation_of(session, organisation_id).time_zone)
