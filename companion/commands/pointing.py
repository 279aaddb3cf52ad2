"""``companion resources``."""

import json
import sys
from pathlib import Path

import click
import requests

from companion.commands.opening import MESSAGES, load_words
from companion.core.signposting import Resource

TIMEOUT_SECONDS = 10
TAKEN_FOR_A_BROWSER = {"User-Agent": "Mozilla/5.0 (companion resources --check)"}


@click.command("resources")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.option("--check", is_flag=True, help="Open every web address; exit 1 when one fails.")
@MESSAGES
def resources_command(*, as_json: bool, check: bool, messages: Path) -> None:
    """Show where patients are pointed to, and whether the links still work."""
    resources = load_words(messages).resources
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in resources], indent=2, ensure_ascii=False))
    else:
        for one in resources:
            topics = ", ".join(sorted(one.topics))
            languages = ", ".join(one.languages)
            click.echo(f"{one.title} | {one.address} | {topics} | {languages} | {one.checked_on}")
    if check and _failing(resources):
        sys.exit(1)


def _as_json(one: Resource) -> dict[str, object]:
    return {
        "key": one.key,
        "title": one.title,
        "address": one.address,
        "topics": sorted(one.topics),
        "languages": list(one.languages),
        "nations": sorted(one.nations),
        "owner": one.owner,
        "checked_on": one.checked_on.isoformat(),
        "sure": one.sure,
        "footstep": one.footstep,
        "discreet": one.discreet,
    }


def _failing(resources: tuple[Resource, ...]) -> int:
    """Say of each web address that does not open why; return how many."""
    failing = 0
    for address in dict.fromkeys(one.address for one in resources if one.is_web):
        fault = _fault(address)
        if fault:
            failing += 1
            click.echo(f"{address}: {fault}", err=True)
    return failing


def _fault(address: str) -> str:
    try:
        answer = requests.get(
            address if "://" in address else f"https://{address}",
            timeout=TIMEOUT_SECONDS,
            headers=TAKEN_FOR_A_BROWSER,
            stream=True,
        )
    except requests.RequestException as error:
        return type(error).__name__
    answer.close()
    return "" if answer.ok else f"answers {answer.status_code}"
