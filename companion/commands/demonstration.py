"""``companion clock`` and ``demo``: only for demonstrations and tests."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import click

from companion import migrating
from companion.commands.opening import runtime_for, text_of
from companion.config import Mode
from companion.demo import house

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@click.group()
def clock() -> None:
    """Show or move people's time, in a demonstration or a test."""


@clock.command("show")
@click.pass_obj
def clock_show(config: Path | None) -> None:
    """Show what time it is for people."""
    with runtime_for(config) as runtime:
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
    with runtime_for(config) as runtime:
        _say(runtime.clock.set(wanted))


@clock.command("advance")
@click.argument("by")
@click.pass_obj
def clock_advance(config: Path | None, by: str) -> None:
    """Move people's time forward BY so much, such as 3d, 12h or 90m."""
    match = re.fullmatch(r"(\d{1,6})([dhm])", by)
    if match is None:
        raise click.BadParameter("give how far to go forward, such as 3d, 12h or 90m")
    with runtime_for(config) as runtime:
        _say(runtime.clock.advance(timedelta(**{UNITS[match[2]]: int(match[1])})))


def _say(moment: datetime) -> None:
    click.echo(text_of(moment))


@click.command()
@click.pass_obj
def demo(config: Path | None) -> None:
    """Fill an empty demonstration with a made-up organisation and its patients."""
    with runtime_for(config) as runtime:
        if runtime.settings.service.mode is not Mode.DEMO:
            raise click.ClickException("service.mode: only a demonstration is filled")
        migrating.upgrade(runtime.transactions)
        with click.progressbar(house.furnish(runtime), label="Filling the demonstration") as steps:
            for _ in steps:
                pass
