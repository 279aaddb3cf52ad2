"""Staff who sign in, the teams they work in, and their sessions, which end at sign-out."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.store.database import Base


class RoleName(StrEnum):
    """What somebody may do. Values are stored; never rename one."""

    ADMINISTRATOR = "administrator"
    PRESCRIBER = "prescriber"
    PHARMACIST = "pharmacist"
    FOLLOW_UP = "follow-up"
    TRANSLATOR = "translator"
    AUDITOR = "auditor"


user_role = sa.Table(
    "user_role",
    Base.metadata,
    sa.Column("user_id", sa.ForeignKey("user.id"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id"), primary_key=True),
)

user_team = sa.Table(
    "user_team",
    Base.metadata,
    sa.Column("user_id", sa.ForeignKey("user.id"), primary_key=True),
    sa.Column("team_id", sa.ForeignKey("team.id"), primary_key=True),
)


class Role(Base):
    """A role by name."""

    __tablename__ = "role"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)


class User(Base):
    """A member of staff. ``fs_uniquifier`` changes to end all of their sessions."""

    __tablename__ = "user"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(sa.String(255), unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(secondary=user_role, lazy="selectin")


class WebSession(Base):
    """One signed-in browser. The cookie holds a random key; here stands only its hash."""

    __tablename__ = "web_session"

    key_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    data: Mapped[str]  # sealed for this row: the session's values as JSON
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
