"""``companion plan`` and ``medicines``."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from companion import plan_file
from companion.commands.opening import DAY
from companion.core import equivalence, medicines
from companion.core.taper import PlanError


def _text_of_file(name: str) -> str:
    """Return what stands in a file, or on standard input where its name is ``-``."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise PlanError(name, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PlanError(name, "is no UTF-8") from error


@click.command("plan")
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


@click.command("medicines")
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
