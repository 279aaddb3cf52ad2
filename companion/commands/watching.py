"""``companion doctor`` and ``bounced``."""

from pathlib import Path
from typing import BinaryIO

import click

from companion.commands.opening import runtime_for
from companion.doctor import examine
from companion.services import escalating


@click.command()
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


@click.command()
@click.argument("message", type=click.File("rb"), default="-")
@click.pass_obj
def bounced(config: Path | None, message: BinaryIO) -> None:
    """Read a MESSAGE that a mail server sent back, and tell the next people of its alert."""
    bounce = message.read(escalating.LONGEST_BOUNCE)
    with runtime_for(config) as runtime, runtime.transactions.begin() as session:
        known = escalating.take_bounce(
            session, bounce.decode(errors="replace"), now=runtime.clock.now()
        )
    click.echo("The next people are told." if known else "This names no letter of ours.")
