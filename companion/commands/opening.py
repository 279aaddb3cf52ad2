"""Open the runtime for one command, and say a fault in one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from companion import schema_version
from companion.clock import ClockError
from companion.config import ROOT, SettingsError, load_settings
from companion.releasing import ReleaseError
from companion.runtime import Runtime, build_runtime
from companion.services.backing_up import BackupError
from companion.services.staffing import StaffingError
from companion.store.database import DATABASE_TROUBLE
from companion.vocabulary import WordsError
from companion.wording import Wording

PLAIN_FAULTS = (
    SettingsError,
    WordsError,
    StaffingError,
    ClockError,
    BackupError,
    ReleaseError,
)
FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])
MESSAGES = click.option(
    "--messages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT / "messages",
    help="Words, protocols and signposts to try, instead of the service's own.",
)


def load_words(messages: Path) -> Wording:
    """Return the words in *messages*; say a fault in one line and end with status 2."""
    try:
        return Wording.load(messages, ROOT / "translations")
    except WordsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@contextmanager
def runtime_for(config: Path | None) -> Iterator[Runtime]:
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


def refuse_old_tables(runtime: Runtime) -> None:
    """End with a clear line where the database lacks a migration."""
    if not schema_version.is_current(runtime.transactions):
        raise click.ClickException("The tables are not up to date: run companion db upgrade")


def text_of(moment: datetime) -> str:
    """Return *moment* as other programs read it, such as ``2027-03-28T00:59:00Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
