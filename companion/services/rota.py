"""Keep somebody on duty in every team: phones, leave, cover, and a look at each working day.

Leave that would leave a team with nobody is refused; what could not be refused, such as
an account that was closed, is noticed on the day.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from companion.core.calendar import local_day
from companion.core.numbers import NumberError, parse_phone
from companion.core.triage import nobody_on_duty_finding
from companion.services.alerting import raise_alert
from companion.services.staffing import StaffingError
from companion.store import accounts, alerts, audit, organisations, rota
from companion.store.accounts import User
from companion.store.audit import SYSTEM
from companion.store.database import Session, Transactions
from companion.store.organisations import Organisation
from companion.store.rota import Absence

LONGEST_ABSENCE = timedelta(days=366)


def set_phone(
    session: Session, user: User, phone: str, *, now: datetime, allow_examples: bool
) -> None:
    """Take the number on which *user* is told of alerts by text; empty takes it away.

    Raises:
        StaffingError: it is no mobile number.
    """
    try:
        number = parse_phone(phone, allow_examples=allow_examples) if phone else ""
    except NumberError as error:
        raise StaffingError(str(error)) from error
    accounts.seal_phone(session, user, number)
    _record(session, user, "staff phone changed", now)


def plan_absence(
    session: Session,
    user: User,
    *,
    first_day: date,
    last_day: date,
    cover: User | None,
    now: datetime,
) -> Absence:
    """Write down that *user* is away, and who covers.

    Raises:
        StaffingError: the days or the cover cannot stand, or a team would have nobody.
    """
    if not timedelta(0) <= last_day - first_day <= LONGEST_ABSENCE:
        raise StaffingError("The last day must be on or after the first, within a year")
    if cover is not None:
        _check_cover(session, user, cover)
    days = [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    before = {day: _teams_with_nobody(session, user.organisation_id, day) for day in days}
    absence = rota.add_absence(session, user, first_day=first_day, last_day=last_day, cover=cover)
    for day in days:
        emptied = set(_teams_with_nobody(session, user.organisation_id, day)) - set(before[day])
        if emptied:
            raise StaffingError(
                f"Nobody of team {min(emptied)} would be on duty on {day:%d %B %Y}: "
                "name somebody who covers"
            )
    _record(session, user, "absence planned", now)
    return absence


def end_absences(session: Session, user: User, *, today: date, now: datetime) -> int:
    """Write down that *user* is back: what was planned from today on is forgotten."""
    count = rota.forget_absences(session, user, on_or_after=today)
    _record(session, user, "absences ended", now)
    return count


def _check_cover(session: Session, user: User, cover: User) -> None:
    could = accounts.who_work_with_patients(session, user.organisation_id, None)
    if cover.id == user.id or cover.id not in {one.id for one in could}:
        raise StaffingError(f"{cover.email} cannot cover: it must be a colleague with patients")


def _teams_with_nobody(session: Session, organisation_id: UUID, day: date) -> list[str]:
    work = organisations.organisation_of(session, organisation_id).working_time
    if not work.is_working_day(day):
        return []
    return [
        team.name
        for team in organisations.teams_of(session, organisation_id)
        if not rota.on_duty(session, organisation_id, team.id, day)
    ]


def notice_empty_teams(transactions: Transactions, *, now: datetime) -> int:
    """Raise rule S-02 for each organisation with a team that has nobody today; return how many."""
    with transactions.reading() as session:
        if not _empty_today(session, now):
            return 0
    with transactions.begin() as session:
        found = _empty_today(session, now)
        for organisation, names in found:
            raise_alert(
                session,
                organisation_id=organisation.id,
                team_id=None,
                patient_id=None,
                finding=nobody_on_duty_finding(names),
                now=now,
            )
    return len(found)


def _empty_today(session: Session, now: datetime) -> list[tuple[Organisation, list[str]]]:
    """Return the organisations with an empty team of which nobody was told yet."""
    found = []
    for organisation in organisations.organisations_everywhere(session):
        today = local_day(now, organisation.time_zone)
        names = _teams_with_nobody(session, organisation.id, today)
        told = alerts.standing_alert(session, organisation.id, None, "S-02")
        if names and told is None:
            found.append((organisation, names))
    return found


def _record(session: Session, user: User, action: str, now: datetime) -> None:
    audit.record(
        session,
        user.organisation_id,
        actor=SYSTEM,
        action=action,
        subject=f"user:{user.id}",
        now=now,
    )
