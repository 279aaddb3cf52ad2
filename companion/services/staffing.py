"""Add an organisation with its first team, and the people who work in it."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from argon2 import PasswordHasher

from companion.core.ladder import Ladder
from companion.core.medicines import form_named
from companion.core.sms_text import is_plain
from companion.core.working import Nation, WorkingTime
from companion.store import accounts, audit, organisations
from companion.store.accounts import RoleName, User
from companion.store.audit import SYSTEM
from companion.store.database import Session
from companion.store.organisations import Organisation, Team
from companion.wording import LONGEST_HOURS, LONGEST_PHONE, LONGEST_TEAM

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
"""Length is what counts: three random words are easy to keep and hard to guess (NCSC)."""


class StaffingError(ValueError):
    """What was asked cannot stand. The message is for whoever typed it."""


def add_organisation(session: Session, *, name: str, zone: str, now: datetime) -> Organisation:
    """Add an organisation.

    Raises:
        StaffingError: the name is taken or empty, or there is no such time zone.
    """
    if not name.strip():
        raise StaffingError("An organisation needs a name")
    if organisations.organisation_named(session, name) is not None:
        raise StaffingError(f"There is an organisation called {name} already")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise StaffingError(f"{zone} is no time zone, such as Europe/London") from error
    organisation = organisations.add_organisation(session, name=name, zone=zone, now=now)
    _record(session, organisation.id, "organisation added", f"organisation:{organisation.id}", now)
    return organisation


def add_team(
    session: Session, organisation_id: UUID, *, name: str, phone: str, hours: str, now: datetime
) -> Team:
    """Add a team, whose name, phone and hours go into texts as they stand.

    Raises:
        StaffingError: one of them is empty or would not fit the texts, or the name is taken.
    """
    for what, text, longest in (
        ("name", name, LONGEST_TEAM),
        ("phone", phone, LONGEST_PHONE),
        ("hours", hours, LONGEST_HOURS),
    ):
        if not text.strip() or len(text) > longest:
            raise StaffingError(f"The team's {what} must have 1 to {longest} letters")
        if not is_plain(text):
            raise StaffingError(f"The team's {what} holds a letter that makes every text dearer")
    if name in {team.name for team in organisations.teams_of(session, organisation_id)}:
        raise StaffingError(f"There is a team called {name} already")
    team = organisations.add_team(session, organisation_id, name=name, phone=phone, hours=hours)
    _record(session, organisation_id, "team added", f"team:{team.id}", now)
    return team


@dataclass(frozen=True, slots=True)
class Times:
    """What is to change about when an organisation works and is told; None stays as it is."""

    nation: Nation | None = None
    opens: time | None = None
    closes: time | None = None
    emergency_minutes: tuple[int, ...] | None = None
    urgent_hours: tuple[int, ...] | None = None
    soon_days: tuple[int, ...] | None = None


def set_times(session: Session, organisation: Organisation, times: Times, *, now: datetime) -> None:
    """Change when people of an organisation work, and when more of them are told.

    Raises:
        StaffingError: work would close before it opens, or no ladder has such times.
    """
    work, ladder = organisation.working_time, organisation.ladder
    try:
        organisation.set_times(
            WorkingTime(
                work.zone,
                times.nation or work.nation,
                work.opens if times.opens is None else times.opens,
                work.closes if times.closes is None else times.closes,
            ),
            Ladder(
                times.emergency_minutes or ladder.emergency_minutes,
                times.urgent_hours or ladder.urgent_hours,
                times.soon_days or ladder.soon_days,
            ),
        )
    except ValueError as error:
        raise StaffingError(str(error)) from error
    subject = f"organisation:{organisation.id}"
    _record(session, organisation.id, "working time changed", subject, now)


def set_stock(
    session: Session,
    organisation: Organisation,
    drug: str,
    form: str,
    *,
    stocked: bool,
    now: datetime,
) -> None:
    """Offer plans of an organisation a medicine of the catalogue, or no longer.

    Plans that are written already stay as they are.

    Raises:
        StaffingError: the catalogue has no such medicine.
    """
    if form_named(drug, form) is None:
        raise StaffingError(f"The catalogue has no {drug}, {form}: see companion medicines")
    one = frozenset({(drug, form)})
    organisation.hide(organisation.hidden - one if stocked else organisation.hidden | one)
    subject = f"organisation:{organisation.id}"
    _record(session, organisation.id, "stock changed", subject, now)


def set_lead(session: Session, team: Team, lead: User | None, *, now: datetime) -> None:
    """Let *lead* be told of the team's alerts before the duty address is; None for nobody.

    Raises:
        StaffingError: the lead does not work with patients of that organisation.
    """
    could = accounts.who_work_with_patients(session, team.organisation_id, None)
    if lead is not None and lead.id not in {one.id for one in could}:
        raise StaffingError(f"{lead.email} cannot lead: it must be a colleague with patients")
    team.lead_id = None if lead is None else lead.id
    _record(session, team.organisation_id, "team lead changed", f"team:{team.id}", now)


def add_user(
    session: Session,
    organisation: Organisation,
    *,
    email: str,
    name: str,
    password: str,
    role: RoleName,
    now: datetime,
) -> User:
    """Add a member of staff to an organisation and to all of its teams.

    Raises:
        StaffingError: the address is taken or no address, or the password will not do.
    """
    local, at, host = email.partition("@")
    if not (local and at and "." in host) or any(c.isspace() for c in email):
        raise StaffingError(f"{email} is no e-mail address")
    if accounts.user_with_email(session, email) is not None:
        raise StaffingError(f"Somebody signs in with {email} already")
    _check_password(password, email)
    user = accounts.add_user(
        session,
        organisation.id,
        email=email,
        name=name.strip() or email,
        password_hash=PasswordHasher().hash(password),
        roles=[role],
        team_ids=[team.id for team in organisations.teams_of(session, organisation.id)],
        now=now,
    )
    _record(session, organisation.id, "user added", f"user:{user.id}", now)
    return user


def _check_password(password: str, email: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffingError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters: "
            "three random words do well"
        )
    if email.lower() in password.lower():
        raise StaffingError("A password must not hold the e-mail address")


def _record(
    session: Session, organisation_id: UUID, action: str, subject: str, now: datetime
) -> None:
    audit.record(session, organisation_id, actor=SYSTEM, action=action, subject=subject, now=now)
