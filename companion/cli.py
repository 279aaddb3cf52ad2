"""The ``companion`` command: parse, call, say what happened. Its help is the docstrings."""

import json
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click
from waitress.server import create_server

from companion import plan_file, schema_version
from companion.clock import ClockError, real_now
from companion.config import Mode, SettingsError, load_settings
from companion.core import equivalence, medicines
from companion.core.calendar import local_day
from companion.core.taper import PlanError
from companion.core.working import Nation
from companion.demo import house
from companion.doctor import examine
from companion.logs import start_logging
from companion.releasing import ReleaseError, release
from companion.runtime import Runtime, backup_key_from, build_runtime
from companion.scheduler import running
from companion.services import backing_up, escalating, rota, staffing
from companion.services.backing_up import BackupError
from companion.services.staffing import StaffingError
from companion.store import accounts, organisations
from companion.store.accounts import RoleName, User
from companion.store.database import DATABASE_TROUBLE, Session
from companion.store.organisations import Organisation
from companion.vocabulary import WordsError
from companion.web.app import create_app

PLAIN_FAULTS = (
    SettingsError,
    WordsError,
    StaffingError,
    ClockError,
    BackupError,
    ReleaseError,
)
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@click.group()
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings, instead of the file that COMPANION_CONFIG names.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Agreed opioid tapers, followed by text message."""
    context.obj = config


@contextmanager
def _runtime(config: Path | None) -> Iterator[Runtime]:
    """Yield the runtime; say a fault in one line and end with status 1."""
    try:
        runtime = build_runtime(load_settings(config))
        try:
            yield runtime
        finally:
            runtime.dispose()
    except PLAIN_FAULTS as error:
        raise click.ClickException(str(error)) from error
    except DATABASE_TROUBLE as error:
        raise click.ClickException(
            "database.url: the database cannot be used; companion doctor says more"
        ) from error


@main.command()
@click.pass_obj
def serve(config: Path | None) -> None:
    """Run the pages, the webhook and the clock in one process, until told to stop."""
    start_logging()
    with _runtime(config) as runtime:
        _refuse_old_tables(runtime)
        server = create_server(
            create_app(runtime),
            host=runtime.settings.server.host,
            port=runtime.settings.server.port,
            threads=runtime.settings.server.threads,
            ident=None,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        if runtime.settings.service.mode is Mode.DEMO:
            click.echo(house.where_to_look(runtime.settings))
        with running(runtime):
            try:
                server.run()
            finally:
                server.close()


def _stop(_number: int, _frame: object) -> None:
    # waitress ends its loop on SystemExit and lets what was begun be answered.
    raise SystemExit(0)


def _refuse_old_tables(runtime: Runtime) -> None:
    if not schema_version.is_current(runtime.transactions):
        raise click.ClickException("The tables are not up to date: run companion db upgrade")


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(config: Path | None) -> None:
    """Make the tables, or bring them up to date."""
    with _runtime(config) as runtime:
        schema_version.upgrade(runtime.transactions)
    click.echo("The tables are up to date.")


FILE = click.Path(path_type=Path, dir_okay=False)


@main.command()
@click.argument("file", type=FILE)
@click.pass_obj
def backup(config: Path | None, file: Path) -> None:
    """Write everything to FILE, sealed, while people work."""
    with _runtime(config) as runtime:
        _refuse_old_tables(runtime)
        rows = backing_up.write_backup(
            runtime.transactions,
            file,
            key=backup_key_from(runtime.settings),
            revision=schema_version.newest(),
            real_now=real_now(),
        )
    click.echo(f"Wrote {rows} rows to {file}.")


@main.command()
@click.argument("file", type=FILE)
@click.pass_obj
def restore(config: Path | None, file: Path) -> None:
    """Fill an empty database from FILE. Nothing is sent until companion release."""
    with _runtime(config) as runtime:
        # Only where nothing is: a database that somebody works with is not touched.
        if schema_version.is_untouched(runtime.transactions):
            schema_version.upgrade(runtime.transactions)
        _refuse_old_tables(runtime)
        size = file.stat().st_size if file.exists() else 0
        with click.progressbar(length=size, label="Restoring") as bar:
            restored = backing_up.restore(
                runtime.transactions,
                file,
                key=backup_key_from(runtime.settings),
                revision=schema_version.newest(),
                real_now=real_now(),
                progress=bar.update,
            )
    click.echo(f"Restored {restored.rows} rows, as they were at {_text_of(restored.made_at)}.")
    click.echo("Nothing is sent from here until you run companion release.")


@main.command("release")
@click.pass_obj
def release_command(config: Path | None) -> None:
    """Let a restored service send, after comparing with what the provider has."""
    with _runtime(config) as runtime:
        _refuse_old_tables(runtime)
        for said in release(runtime):
            if isinstance(said, str):
                click.echo(said)
                continue
            click.echo(f"{said.gone} texts had gone already and are not sent again.")
            click.echo(f"{said.held_back} may have gone: they are not sent, and stand on Today.")
    click.echo("Released. Texts leave from here now.")


@main.group()
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
    with _runtime(config) as runtime, runtime.transactions.begin() as session:
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
    with _runtime(config) as runtime, runtime.transactions.begin() as session:
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


@main.group()
def team() -> None:
    """Look after teams."""


@team.command("lead")
@click.argument("organisation_name", metavar="ORGANISATION")
@click.argument("name", metavar="TEAM")
@click.argument("email", default="")
@click.pass_obj
def team_lead(config: Path | None, organisation_name: str, name: str, email: str) -> None:
    """Let EMAIL lead the TEAM of ORGANISATION; without EMAIL nobody does."""
    with _runtime(config) as runtime, runtime.transactions.begin() as session:
        found = _organisation(session, organisation_name)
        named = [one for one in organisations.teams_of(session, found.id) if one.name == name]
        if not named:
            raise StaffingError(f"{organisation_name} has no team called {name}")
        staffing.set_lead(
            session, named[0], _user(session, email) if email else None, now=real_now()
        )
    click.echo(f"{email} leads {name}." if email else f"Nobody leads {name}.")


@main.group()
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
    with _runtime(config) as runtime, runtime.transactions.begin() as session:
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
    with _runtime(config) as runtime, runtime.transactions.begin() as session:
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


DAY = click.DateTime(["%Y-%m-%d"])


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


@main.command()
@click.pass_obj
def doctor(config: Path | None) -> None:
    """Say in words what is wrong with the configuration; status 1 while something is."""
    well = True
    for check in examine(config):
        well = well and not check.wrong
        click.echo(f"{'ok   ' if not check.wrong else 'WRONG'} {check.what}")
        for fault in check.wrong:
            click.echo(f"      {fault}")
    if not well:
        raise click.ClickException("not ready")


def _text_of_file(name: str) -> str:
    """Return what stands in a file, or on standard input where its name is ``-``."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise PlanError(name, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PlanError(name, "is no UTF-8") from error


@main.command("plan")
@click.argument("file")
@click.option("--today", type=DAY, help="Say so when the plan starts before this day.")
def plan_command(file: str, today: datetime | None) -> None:
    """Draft or check the taper that FILE asks for, as JSON; - is standard input."""
    try:
        found = plan_file.answer(_text_of_file(file), today=today.date() if today else None)
    except PlanError as error:
        click.echo(f"{error.field}: {error}", err=True)
        sys.exit(2)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))


@main.command("medicines")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def medicines_command(*, as_json: bool) -> None:
    """Show the opioids that plans can be made for, with forms and strengths."""
    found = plan_file.medicines()
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found:
        patch = f", changed every {one['change_days']} days" if one["change_days"] else ""
        factor = one["equivalence_factor"] or "none: specialist only"
        click.echo(
            f"{one['drug']}, {one['form']}: {', '.join(one['strengths'])} {one['unit']}{patch} "
            f"(morphine factor {factor})"
        )
    click.echo(f"Strengths: {medicines.SOURCE}, {medicines.CHECKED_ON:%B %Y}.")
    click.echo(f"Factors: {equivalence.TABLE}, {equivalence.VERSION}.")


@main.command()
@click.argument("message", type=click.File("rb"), default="-")
@click.pass_obj
def bounced(config: Path | None, message: BinaryIO) -> None:
    """Read a MESSAGE that a mail server sent back, and tell the next people of its alert."""
    bounce = message.read(escalating.LONGEST_BOUNCE)
    with _runtime(config) as runtime, runtime.transactions.begin() as session:
        known = escalating.take_bounce(
            session, bounce.decode(errors="replace"), now=runtime.clock.now()
        )
    click.echo("The next people are told." if known else "This names no letter of ours.")


@main.group()
def clock() -> None:
    """Show or move people's time, in a demonstration or a test."""


@clock.command("show")
@click.pass_obj
def clock_show(config: Path | None) -> None:
    """Show what time it is for people."""
    with _runtime(config) as runtime:
        _say(runtime.clock.now())


@clock.command("set")
@click.argument("moment")
@click.pass_obj
def clock_set(config: Path | None, moment: str) -> None:
    """Move people's time forward to MOMENT, such as 2027-03-28T00:59:00Z."""
    try:
        wanted = datetime.fromisoformat(moment)
    except ValueError as error:
        raise click.BadParameter("give a moment such as 2027-03-28T00:59:00Z") from error
    with _runtime(config) as runtime:
        _say(runtime.clock.set(wanted))


@clock.command("advance")
@click.argument("by")
@click.pass_obj
def clock_advance(config: Path | None, by: str) -> None:
    """Move people's time forward BY so much, such as 3d, 12h or 90m."""
    match = re.fullmatch(r"(\d{1,6})([dhm])", by)
    if match is None:
        raise click.BadParameter("give how far to go forward, such as 3d, 12h or 90m")
    with _runtime(config) as runtime:
        _say(runtime.clock.advance(timedelta(**{UNITS[match[2]]: int(match[1])})))


def _say(moment: datetime) -> None:
    click.echo(_text_of(moment))


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@main.command()
@click.pass_obj
def demo(config: Path | None) -> None:
    """Fill an empty demonstration with a made-up organisation and its patients."""
    with _runtime(config) as runtime:
        if runtime.settings.service.mode is not Mode.DEMO:
            raise click.ClickException("service.mode: only a demonstration is filled")
        schema_version.upgrade(runtime.transactions)
        with click.progressbar(house.furnish(runtime), label="Filling the demonstration") as steps:
            for _ in steps:
                pass


if __name__ == "__main__":
    main()
