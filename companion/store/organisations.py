"""Organisations and their teams: the outer bounds of what anybody may see."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from companion.store.database import Base


class Organisation(Base):
    """A hospital trust, a practice or a network that uses the service."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    """IANA time zone of its patients, such as Europe/London."""
    created_at: Mapped[datetime]


class Team(Base):
    """Who works together on patients, and the number patients may ring."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    name: Mapped[str]
    phone: Mapped[str]
    """The team's own office number, put into texts as it stands."""
    hours: Mapped[str]
    """When somebody reads, in words for patients: ``Mon to Fri, 9am to 5pm``."""
