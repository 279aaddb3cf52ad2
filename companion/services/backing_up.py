"""A backup while people work, and an empty database filled from one.

A backup is one moment of the whole database, rows as lines of JSON, sealed with a key of
its own. What is restored sends nothing until somebody releases it.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from companion.sealed_file import SealedFileError, Source, open_lines, seal_lines
from companion.store import audit, organisations, service_copy, snapshot
from companion.store.audit import SYSTEM
from companion.store.database import Session, Transactions
from companion.store.snapshot import SnapshotError


class BackupError(Exception):
    """It cannot be written or restored. The message is for an operator."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    made_at: datetime
    rows: int


def write_backup(
    transactions: Transactions, file: Path, *, key: bytes, revision: str, real_now: datetime
) -> int:
    """Write everything to *file*, which must not exist, and return how many rows.

    *revision* is the migration that the tables stand at.

    Raises:
        BackupError: the file exists or cannot be written. A half-written one never has
            the name.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    if file.exists():
        raise BackupError(f"{file} is there already")
    head = {"revision": revision, "made_at": real_now.isoformat(), "columns": snapshot.columns()}
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out, transactions.snapshot() as session:
            lines = map(_line, chain([head], snapshot.rows_of(session)))
            count = seal_lines(lines, out, key=key)
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return count - 1  # the head is no row


def restore(
    transactions: Transactions,
    file: Path,
    *,
    key: bytes,
    revision: str,
    real_now: datetime,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Restored:
    """Fill the empty database from *file*, all or nothing, and let it wait to be released.

    *progress* is told how many bytes of the file were read since it was last told.

    Raises:
        BackupError: the database is not empty, or the file does not open, is of another
            version, or is not whole.
    """
    try:
        with file.open("rb") as source, transactions.begin() as session:
            return _fill(session, _Watched(source, progress), key, revision, real_now)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from error
    except (SealedFileError, SnapshotError) as error:
        raise BackupError(f"{file}: {error}") from error


def _fill(
    session: Session, source: Source, key: bytes, revision: str, real_now: datetime
) -> Restored:
    if not snapshot.is_empty(session):
        raise BackupError("database.url: there is something in this database; name an empty one")
    lines = (json.loads(line) for line in open_lines(source, key=key))
    head = next(lines)
    if head["revision"] != revision or head["columns"] != snapshot.columns():
        raise BackupError(
            f"this backup was made by a version with tables {head['revision']}, this one has "
            f"{revision}: restore with that version, then run companion db upgrade"
        )
    count = snapshot.load(session, lines)  # to its end, or not at all: the file is sealed so
    made_at = datetime.fromisoformat(head["made_at"])
    service_copy.set_waiting(session, restored_at=real_now, backup_made_at=made_at)
    for organisation in organisations.organisations_everywhere(session):
        audit.record(
            session,
            organisation.id,
            actor=SYSTEM,
            action="restored from a backup",
            subject="service",
            detail={"made_at": head["made_at"]},
            now=real_now,
        )
    return Restored(made_at, count)


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class _Watched:
    """A file that says how far it has been read."""

    def __init__(self, source: Source, progress: Callable[[int], None]) -> None:
        self._source = source
        self._progress = progress

    def read(self, size: int) -> bytes:
        found = self._source.read(size)
        self._progress(len(found))
        return found
