"""``companion organisation``, ``team`` and ``user``."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from companion.clock import real_now
from companion.commands.opening import DAY, runtime_for
from companion.core.calendar import local_day
from companion.core.working import Nation
from companion.runtime import Runtime
from companion.services import rota, staffing
from companion.services.staffing import StaffingError
from companion.store import accounts, organisations
from companion.store.accounts import RoleName, User
from companion.store.database import Session
from companion.store.organisations import Organisation


@click.group()
def organisation() -> None:
    """Look after organisations."""


@organisation.command("add")
@click.argument("name")
@click.option("--team", required=True, help="The first team, as it signs its texts.")
@click.option("--phone", required=True, help="The team's office number, for texts.")
@click.option("--hours", required=True, help='When it reads: "Mon to Fri, 9am to 5pm".')
@click.option("--zone", default="Europe/London", show_default=True, help="Patients' time zone.")
@click.pass_obj
def organisation_add(
    config: Path | None, name: str, team: str, phone: str, hours: str, zone: str
) -> None:
    """Add an organisation called NAME, with its first team."""
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        now = real_now()
        added = staffing.add_organisation(session, name=name, zone=zone, now=now)
        staffing.add_team(session, added.id, name=team, phone=phone, hours=hours, now=now)
    click.echo(f"Added {name}.")


def _organisation(session: Session, name: str) -> Organisation:
    found = organisations.organisation_named(session, name)
    if found is None:
        raise StaffingError(f"There is no organisation called {name}")
    return found


class Numbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers with commas between, such as 0,5,10,15."""

    name = "numbers"

    def convert(self, value: object, param: object, ctx: object) -> tuple[int, ...]:
        """Return the numbers, or say that these are none."""
        if not re.fullmatch(r"\d{1,4}(,\d{1,4})*", str(value)):
            self.fail("give whole numbers with commas between, such as 0,5,10,15")
        return tuple(map(int, str(value).split(",")))


CLOCK = click.DateTime(["%H:%M"])


@organisation.command("set")
@click.argument("name")
@click.option(
    "--nation", type=click.Choice([nation.value for nation in Nation]), help="Its bank holidays."
)
@click.option("--opens", type=CLOCK, help="When its people begin work: 09:00.")
@click.option("--closes", type=CLOCK, help="When they end: 17:00.")
@click.option(
    "--emergency-minutes", type=Numbers(), help="When team, all, lead and duty are told: 0,5,10,15."
)
@click.option("--urgent-hours", type=Numbers(), help="The same, in working hours: 0,2,3,4.")
@click.option("--soon-days", type=Numbers(), help="The same, in working days: 1,2,3,4.")
@click.pass_obj
def organisation_set(
    config: Path | None,
    name: str,
    nation: str | None,
    opens: datetime | None,
    closes: datetime | None,
    emergency_minutes: tuple[int, ...] | None,
    urgent_hours: tuple[int, ...] | None,
    soon_days: tuple[int, ...] | None,
) -> None:
    """Change when people of the organisation NAME work, and when more are told of an alert."""
    times = staffing.Times(
        Nation(nation) if nation else None,
        opens.time() if opens else None,
        closes.time() if closes else None,
        emergency_minutes,
        urgent_hours,
        soon_days,
    )
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        found = _organisation(session, name)
        staffing.set_times(session, found, times, now=real_now())
        work, ladder = found.working_time, found.ladder
    click.echo(
        f"{name} works {work.opens:%H:%M} to {work.closes:%H:%M} but for the bank holidays of "
        f"{work.nation.name.replace('_', ' ').title()}."
    )
    for urgency, unit, rungs in (
        ("An emergency", "minutes", ladder.emergency_minutes),
        ("What is urgent", "working hours", ladder.urgent_hours),
        ("The rest", "working days", ladder.soon_days),
    ):
        click.echo(
            f"{urgency} is told after {rungs[0]} {unit} to the team, {rungs[1]} to everybody, "
            f"{rungs[2]} to the lead, {rungs[3]} to the duty address."
        )


@organisation.command("stock")
@click.argument("name")
@click.argument("drug")
@click.argument("form")
@click.option("--hide", is_flag=True, help="Offer it no longer.")
@click.pass_obj
def organisation_stock(config: Path | None, name: str, drug: str, form: str, *, hide: bool) -> None:
    """Offer plans of the organisation NAME the FORM of DRUG, or with --hide no longer."""
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        staffing.set_stock(
            session, _organisation(session, name), drug, form, stocked=not hide, now=real_now()
        )
    click.echo(f"{drug}, {form} is {'no longer ' if hide else ''}offered in {name}.")


@click.group()
def team() -> None:
    """Look after teams."""


@team.command("lead")
@click.argument("organisation_name", metavar="ORGANISATION")
@click.argument("name", metavar="TEAM")
@click.argument("email", default="")
@click.pass_obj
def team_lead(config: Path | None, organisation_name: str, name: str, email: str) -> None:
    """Let EMAIL lead the TEAM of ORGANISATION; without EMAIL nobody does."""
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        found = _organisation(session, organisation_name)
        named = [one for one in organisations.teams_of(session, found.id) if one.name == name]
        if not named:
            raise StaffingError(f"{organisation_name} has no team called {name}")
        staffing.set_lead(
            session, named[0], _user(session, email) if email else None, now=real_now()
        )
    click.echo(f"{email} leads {name}." if email else f"Nobody leads {name}.")


@click.group()
def user() -> None:
    """Look after staff accounts."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in RoleName]))
@click.option("--organisation", "of", required=True, help="The organisation's name.")
@click.option("--name", default="", help="The person's name; the address when left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def user_add(
    config: Path | None, email: str, role: str, of: str, name: str, *, password_stdin: bool
) -> None:
    """Add a member of staff who signs in with EMAIL."""
    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        found = _organisation(session, of)
        staffing.add_user(
            session,
            found,
            email=email,
            name=name,
            password=password,
            role=RoleName(role),
            now=real_now(),
        )
    click.echo(f"Added {email}.")


@contextmanager
def _member(config: Path | None, email: str) -> Iterator[tuple[Runtime, Session, User]]:
    """Yield a member of staff in a transaction; say so when there is none."""
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        yield runtime, session, _user(session, email)


def _user(session: Session, email: str) -> User:
    found = accounts.user_with_email(session, email)
    if found is None:
        raise StaffingError(f"Nobody signs in with {email}")
    return found


@user.command("phone")
@click.argument("email")
@click.argument("number", default="")
@click.pass_obj
def user_phone(config: Path | None, email: str, number: str) -> None:
    """Text alerts to EMAIL on NUMBER too; without NUMBER no longer."""
    with _member(config, email) as (runtime, session, member):
        rota.set_phone(
            session,
            member,
            number,
            now=real_now(),
            allow_examples=runtime.settings.allows_examples,
        )
    click.echo(f"{email} is told by text." if number else f"{email} is no longer told by text.")


@user.command("away")
@click.argument("email")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY)
@click.option("--cover", help="The address of who is told of alerts instead.")
@click.pass_obj
def user_away(
    config: Path | None, email: str, first: datetime, last: datetime, cover: str | None
) -> None:
    """Write down that EMAIL is away from FIRST to LAST, such as 2027-03-01."""
    with _member(config, email) as (_, session, member):
        rota.plan_absence(
            session,
            member,
            first_day=first.date(),
            last_day=last.date(),
            cover=_user(session, cover) if cover else None,
            now=real_now(),
        )
    click.echo(f"{email} is away from {first.date()} to {last.date()}.")


@user.command("back")
@click.argument("email")
@click.pass_obj
def user_back(config: Path | None, email: str) -> None:
    """Forget every absence of EMAIL from today on."""
    with _member(config, email) as (_, session, member):
        zone = organisations.organisation_of(session, member.organisation_id).time_zone
        rota.end_absences(session, member, today=local_day(real_now(), zone), now=real_now())
    click.echo(f"{email} is back.")
