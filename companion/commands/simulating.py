"""``companion simulate``."""

import json
import sys
from datetime import date
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from companion.commands.opening import MESSAGES, load_words
from companion.simulation.living import Practice, Raised
from companion.simulation.population import population
from companion.simulation.report import report_of
from companion.store import schema
from companion.store.database import Transactions
from companion.store.sealing import throw_away_keyring

FIRST_DAY = date(2027, 1, 4)
"""A Monday, so that a seed gives the same run whenever it is made."""


@click.command("simulate")
@click.option("--patients", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--days", type=click.IntRange(1, 400), default=84, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same gives the same.")
@click.option(
    "--per-clinician", type=click.IntRange(1), default=50, show_default=True, help="Patients."
)
@MESSAGES
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Write an SVG too.")
def simulate_command(
    *,
    patients: int,
    days: int,
    seed: int,
    per_clinician: int,
    messages: Path,
    as_json: bool,
    chart: Path | None,
) -> None:
    """Try the rules and protocols on made-up patients, and say what they would have done."""
    wording = load_words(messages)
    people = population(patients, days, seed)
    raised: list[Raised] = []
    with TemporaryDirectory() as folder:
        transactions = Transactions(f"sqlite:///{folder}/made-up.db", throw_away_keyring())
        try:
            schema.create_all(transactions.engine)
            practice = Practice(transactions, wording, people, FIRST_DAY)
            with click.progressbar(practice.live(days), length=days, file=sys.stderr) as lived:
                for found in lived:
                    raised += found
        finally:
            transactions.dispose()
    clinicians = ceil(patients / per_clinician)
    report = report_of(people, raised, days=days, seed=seed, clinicians=clinicians)
    if chart is not None:
        chart.write_text(report.as_svg(), encoding="utf-8")
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else report.as_table())
