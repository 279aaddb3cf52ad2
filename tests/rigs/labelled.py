"""The labelled sets in ``tests/data``, a row at a time."""

import csv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "messages" / "vocabulary"


def rows(name: str, tag: str) -> Iterator[dict[str, str]]:
    with (ROOT / "tests/data" / f"{name}_{tag}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
