"""``companion read``, ``screen`` and ``languages``."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import click

from companion.config import ROOT
from companion.reply_file import Answerer, Reader, ReplyFileError, Screener, answered
from companion.vocabulary import WordsError
from companion.wording import Wording

EXPECTED = click.option(
    "--expected",
    metavar="COLUMN",
    help="Compare with the labels in this column: print a table, and end with status 1 "
    "where a row disagrees. A row without a label is not compared.",
)


@click.command("read")
@click.argument("file")
@EXPECTED
def read_command(file: str, expected: str | None) -> None:
    """Say what each reply in FILE means, as CSV; - is standard input.

    FILE has the columns language, question and reply. The same rows come out with kind,
    value and action added.
    """
    _answer(file, Reader, expected)


@click.command("screen")
@click.argument("file")
@EXPECTED
def screen_command(file: str, expected: str | None) -> None:
    """Say how soon each reply in FILE needs a person, as CSV; - is standard input.

    FILE has the column reply, and may have language. The same rows come out with urgency,
    categories and why added. It finds words, it is no diagnosis, and it misses things.
    """
    _answer(file, Screener, expected)


@click.command("languages")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def languages_command(*, as_json: bool) -> None:
    """Show the languages that patients can be texted in."""
    wording = _wording()
    found = [
        {
            "tag": language.tag,
            "name": language.name,
            "direction": language.direction,
            "status": language.status,
            "translated": wording.translated(language.tag),
        }
        for language in wording.languages
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    click.echo(f"{'tag':10}{'direction':11}{'status':10}{'translated':>10}  name")
    for one in found:
        click.echo(
            f"{one['tag']:10}{one['direction']:11}{one['status']:10}"
            f"{one['translated']:9}%  {one['name']}"
        )


def _answer(file: str, answerer_for: Callable[[Wording], Answerer], expected: str | None) -> None:
    answerer = answerer_for(_wording())
    totals = answerer.totals()
    out = sys.stdout.buffer
    try:
        with _lines_of(file) as lines:
            rows = answered(lines, answerer, totals, expected=expected)
            csv.writer(_Rows(out)).writerows(rows)
    except ReplyFileError as error:
        out.flush()
        click.echo(str(error), err=True)
        sys.exit(2)
    out.flush()
    for line in totals.lines():
        click.echo(line, err=True)
    if expected is not None:
        for line in totals.table():
            click.echo(line, err=True)
    sys.exit(1 if totals.disagreed else 0)


def _wording() -> Wording:
    try:
        return Wording.load(ROOT / "messages", ROOT / "translations")
    except WordsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _lines_of(file: str) -> Iterator[TextIOWrapper]:
    """Yield the lines of a file, line ends and all; bytes that are no UTF-8 are kept."""
    with (
        _raw(file) as raw,
        TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as lines,
    ):
        yield lines


def _raw(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise ReplyFileError(f"{file}: cannot be read: {error.strerror}") from error


class _Rows:
    """Takes what a CSV writer writes: bytes that came in go out as they were.

    The writer ends a row as RFC 4180 has it, so that it quotes both signs of a line end;
    what is written ends with one, as lines do here.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, row: str) -> None:
        """Write one row."""
        line = row.removesuffix("\r\n") + "\n"
        self._out.write(line.encode("utf-8", errors="surrogateescape"))
