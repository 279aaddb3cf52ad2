"""A backup is one moment of everything, and comes back whole or not at all."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from companion import schema_version
from companion.sealed_file import seal_lines
from companion.services.backing_up import BackupError, restore, write_backup
from companion.sms.gateway import Uncertain
from companion.store import audit, service_copy, snapshot
from companion.store.audit import AuditEntry
from companion.store.database import Transactions
from companion.store.organisations import Organisation
from tests.rigs import databases
from tests.rigs.enrolled import Ward
from tests.rigs.times import MONDAY_NINE

KEY, ANOTHER = b"k" * 32, b"a" * 32
REVISION = schema_version.newest()


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(
    request: pytest.FixtureRequest, sqlite_template: Path, postgres_server: str, tmp_path: Path
) -> Iterator[Transactions]:
    """An empty database of either kind, beside the one that the ward is in."""
    with ExitStack() as opened:
        if request.param == "sqlite":
            url = databases.copy_of(sqlite_template, tmp_path)
        else:
            url = opened.enter_context(databases.fresh_on(postgres_server))
        yield opened.enter_context(databases.opened(url))


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Iterator[Transactions]:
    with databases.opened(databases.copy_of(sqlite_template, tmp_path)) as transactions:
        yield transactions


@pytest.fixture
def busy(ward: Ward) -> Ward:
    """A ward in which every kind of thing has happened."""
    patient = ward.register()
    ward.agree(patient)
    ward.text(patient, "I want to die")
    ward.text("+447700900999", "who is this")
    ward.gateway.answer_next(Uncertain("no answer"))
    ward.text(patient, "HELP")
    ward.text(patient, "HOLD")
    return ward


def back_up(transactions: Transactions, file: Path, **changes: Any) -> int:
    options = {"key": KEY, "revision": REVISION, "real_now": MONDAY_NINE, **changes}
    return write_backup(transactions, file, **options)


def bring_back(transactions: Transactions, file: Path, **changes: Any) -> Any:
    options = {"key": KEY, "revision": REVISION, "real_now": MONDAY_NINE, **changes}
    return restore(transactions, file, **options)


def everything(transactions: Transactions) -> list[str]:
    with transactions.snapshot() as session:
        return sorted(
            f"{table} {row}"
            for table, row in snapshot.rows_of(session)
            if "restored from a backup" not in row
        )


def test_everything_comes_back_on_either_database_and_waits(
    busy: Ward, fresh: Transactions, tmp_path: Path
) -> None:
    seen: list[int] = []

    written = back_up(busy.transactions, tmp_path / "backup")
    restored = bring_back(fresh, tmp_path / "backup", progress=seen.append)

    assert everything(fresh) == everything(busy.transactions)
    assert (restored.rows, restored.made_at) == (written, MONDAY_NINE)
    assert sum(seen) == (tmp_path / "backup").stat().st_size
    with fresh.reading() as session:
        copy = service_copy.waiting(session)
        assert copy is not None
        assert copy.backup_made_at == MONDAY_NINE
        [organisation] = session.query(Organisation)
        newest = session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
        assert newest is not None
        assert newest.action == "restored from a backup"
        assert audit.verify(session, organisation.id) is None


def test_a_restored_copy_has_another_mark(busy: Ward, fresh: Transactions, tmp_path: Path) -> None:
    with busy.transactions.begin() as session:
        mark = service_copy.mark_of(session)
    back_up(busy.transactions, tmp_path / "backup")
    bring_back(fresh, tmp_path / "backup")

    with fresh.begin() as session:
        assert service_copy.mark_of(session) != mark


def test_a_backup_is_one_moment_while_others_write(ward: Ward, tmp_path: Path) -> None:
    patient = ward.register()
    with ward.transactions.snapshot() as session:
        rows = snapshot.rows_of(session)
        first = next(rows)
        ward.text(patient, "I want to die")
        tables = {table for table, _ in [first, *rows]}

    assert "alert" not in tables
    assert "patient" in tables


def test_the_file_is_its_owners_alone_and_shows_nothing(busy: Ward, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    back_up(busy.transactions, file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Riverside" not in file.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_a_backup_replaces_no_file(ward: Ward, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("precious")

    with pytest.raises(BackupError, match="there already"):
        back_up(ward.transactions, file)

    assert file.read_text() == "precious"


def test_a_backup_that_cannot_be_written_says_why(ward: Ward, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file or directory"):
        back_up(ward.transactions, tmp_path / "nowhere" / "backup")


def test_a_database_with_something_in_it_is_not_filled(busy: Ward, tmp_path: Path) -> None:
    back_up(busy.transactions, tmp_path / "backup")
    before = everything(busy.transactions)

    with pytest.raises(BackupError, match="name an empty one"):
        bring_back(busy.transactions, tmp_path / "backup")

    assert everything(busy.transactions) == before


def test_a_file_cut_short_fills_nothing(busy: Ward, empty: Transactions, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    back_up(busy.transactions, file)
    file.write_bytes(file.read_bytes()[:-10])

    with pytest.raises(BackupError, match="cut short"):
        bring_back(empty, file)

    with empty.reading() as session:
        assert snapshot.is_empty(session)
        assert service_copy.waiting(session) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"key": ANOTHER}, "another key"), ({"revision": "0006"}, "this one has 0006")],
)
def test_what_does_not_fit_is_refused(
    ward: Ward, empty: Transactions, tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    back_up(ward.transactions, tmp_path / "backup")

    with pytest.raises(BackupError, match=says):
        bring_back(empty, tmp_path / "backup", **changes)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([["nothing", [1]]], "no table nothing"),
        ([["organisation", [1]]], "a row of organisation has 1 values"),
    ],
)
def test_rows_that_fit_no_table_are_refused(
    empty: Transactions, tmp_path: Path, lines: list[Any], says: str
) -> None:
    head = {
        "revision": REVISION,
        "made_at": MONDAY_NINE.isoformat(),
        "columns": snapshot.columns(),
    }
    with (tmp_path / "backup").open("wb") as out:
        seal_lines([json.dumps(line).encode() for line in [head, *lines]], out, key=KEY)

    with pytest.raises(BackupError, match=says):
        bring_back(empty, tmp_path / "backup")


def test_a_file_that_is_not_there_says_so(empty: Transactions, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file or directory"):
        bring_back(empty, tmp_path / "backup")


def test_who_was_signed_in_and_which_process_lived_stay_behind() -> None:
    names = {table.name for table in snapshot.tables()}

    assert not names & {"web_session", "pulse", "service_copy"}
    assert {"message", "alert", "audit_entry", "inbound_list"} <= names
