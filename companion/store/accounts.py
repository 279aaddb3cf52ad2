"""Staff who sign in, the teams they work in, and their sessions, which end at sign-out."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from companion.store.database import Base, keyring_of


class RoleName(StrEnum):
    """What somebody may do. Values are stored; never rename one."""

    ADMINISTRATOR = "administrator"
    PRESCRIBER = "prescriber"
    PHARMACIST = "pharmacist"
    FOLLOW_UP = "follow-up"
    TRANSLATOR = "translator"
    AUDITOR = "auditor"


WITH_PATIENTS = (RoleName.PHARMACIST, RoleName.PRESCRIBER, RoleName.FOLLOW_UP)
"""Who works with patients."""

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
    phone: Mapped[str | None]  # sealed, E.164: where they are told of alerts by text
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


def user_with_email(session: Session, email: str) -> User | None:
    """Return who signs in with *email*, in any spelling of small and large letters."""
    query = sa.select(User).where(sa.func.lower(User.email) == email.lower())
    return session.scalars(query).one_or_none()


def add_user(
    session: Session,
    organisation_id: UUID,
    *,
    email: str,
    name: str,
    password_hash: str,
    roles: Sequence[RoleName],
    team_ids: Sequence[UUID],
    now: datetime,
) -> User:
    """Add a member of staff to an organisation and to teams of it."""
    user = User(
        id=uuid4(),
        organisation_id=organisation_id,
        email=email,
        name=name,
        password=password_hash,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        roles=[_role(session, role) for role in roles],
    )
    session.add(user)
    session.flush()
    for team_id in team_ids:
        session.execute(user_team.insert().values(user_id=user.id, team_id=team_id))
    return user


def _role(session: Session, name: RoleName) -> Role:
    known = session.scalars(sa.select(Role).where(Role.name == name)).one_or_none()
    if known is None:
        known = Role(id=uuid4(), name=name)
        session.add(known)
    return known


def team_ids_of(session: Session, user_id: UUID) -> frozenset[UUID]:
    """Return the teams that a member of staff works in."""
    query = sa.select(user_team.c.team_id).where(user_team.c.user_id == user_id)
    return frozenset(session.scalars(query))


def names_of(session: Session, organisation_id: UUID) -> dict[UUID, str]:
    """Return the name of each member of staff of an organisation, by id."""
    query = sa.select(User.id, User.name).where(User.organisation_id == organisation_id)
    return {user_id: name for user_id, name in session.execute(query)}


def who_work_with_patients(
    session: Session, organisation_id: UUID, team_id: UUID | None
) -> Sequence[User]:
    """Return who of an organisation, or of one team of it, works with patients, by address."""
    query = (
        sa.select(User)
        .where(
            User.organisation_id == organisation_id,
            User.active,
            User.roles.any(Role.name.in_(WITH_PATIENTS)),
        )
        .order_by(User.email)
    )
    if team_id is not None:
        query = query.join(user_team, user_team.c.user_id == User.id).where(
            user_team.c.team_id == team_id
        )
    return session.scalars(query).all()


def seal_phone(session: Session, user: User, phone: str) -> None:
    """Seal the number on which *user* is told of alerts; empty takes it away."""
    user.phone = (
        keyring_of(session).seal(phone, table=User.__tablename__, column="phone", row_id=user.id)
        if phone
        else None
    )


def phone_of(session: Session, user: User) -> str:
    """Open the number on which *user* is told of alerts, as E.164; empty where there is none."""
    if user.phone is None:
        return ""
    return keyring_of(session).open(
        user.phone, table=User.__tablename__, column="phone", row_id=user.id
    )


def user_with_uniquifier(session: Session, uniquifier: str) -> User | None:
    """Return whose sessions carry *uniquifier*."""
    return session.scalars(sa.select(User).where(User.fs_uniquifier == uniquifier)).one_or_none()


def _seal_row(key_hash: str) -> UUID:
    # A session's row is named by a hash; half of it is as good a row id as any.
    return UUID(key_hash[:32])


def web_session(session: Session, key_hash: str) -> WebSession | None:
    """Return a browser's session by the hash of its key."""
    return session.get(WebSession, key_hash)


def session_data(session: Session, web_session: WebSession) -> str:
    """Open what a session holds, as JSON."""
    return keyring_of(session).open(
        web_session.data,
        table=WebSession.__tablename__,
        column="data",
        row_id=_seal_row(web_session.key_hash),
    )


def keep_web_session(
    session: Session, key_hash: str, *, data: str, signed_in: str | None, now: datetime
) -> None:
    """Keep what a session holds; *signed_in* is the user's uniquifier, None before sign-in."""
    user = user_with_uniquifier(session, signed_in) if signed_in else None
    sealed = keyring_of(session).seal(
        data, table=WebSession.__tablename__, column="data", row_id=_seal_row(key_hash)
    )
    found = session.get(WebSession, key_hash) or WebSession(key_hash=key_hash, started_at=now)
    found.user_id = user.id if user else None
    found.seen_at, found.data = now, sealed
    session.add(found)


def end_web_session(session: Session, key_hash: str) -> None:
    """Forget a session: its cookie is worth nothing from now on."""
    session.execute(sa.delete(WebSession).where(WebSession.key_hash == key_hash))


def forget_old_sessions(session: Session, *, before: datetime) -> None:
    """Forget every session that was last seen before that moment."""
    # One that somebody else forgets at this moment is left to them.
    old = (
        sa.select(WebSession.key_hash)
        .where(WebSession.seen_at < before)
        .with_for_update(skip_locked=True)
    )
    session.execute(sa.delete(WebSession).where(WebSession.key_hash.in_(old)))
