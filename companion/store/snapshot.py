"""All rows of the database as plain values, the same from both kinds of database.

Sealed columns stay sealed: what is taken out here opens only with the keys.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from companion.store.database import ExactDecimal, Session, UtcDateTime
from companion.store.schema import METADATA
from companion.store.service_copy import ServiceCopy

LEFT_OUT = frozenset({"web_session", "pulse", ServiceCopy.__tablename__})
"""Who is signed in, which process lives, and which copy this is: true of one machine only."""
AT_ONCE = 500

Row = list[Any]


class SnapshotError(ValueError):
    """What was given is no snapshot of these tables. The message is for an operator."""


def tables() -> list[sa.Table]:
    """Return what a snapshot holds, each table after those that it points to."""
    return [table for table in METADATA.sorted_tables if table.name not in LEFT_OUT]


def rows_of(session: Session) -> Iterator[tuple[str, Row]]:
    """Yield every row with its table's name; values are what JSON can hold."""
    for table in tables():
        found = session.execute(sa.select(table), execution_options={"yield_per": AT_ONCE})
        for row in found:
            yield table.name, [_plain(value) for value in row]


def columns() -> dict[str, list[str]]:
    """Return the names of each table's columns, in the order of a row's values."""
    return {table.name: [column.name for column in table.columns] for table in tables()}


def is_empty(session: Session) -> bool:
    """Tell whether no table of a snapshot has a row yet."""
    return not any(session.execute(sa.select(table).limit(1)).first() for table in tables())


def load(session: Session, rows: Iterable[tuple[str, Row]]) -> int:
    """Insert *rows*, which came as :func:`rows_of` gives them; return how many.

    Raises:
        SnapshotError: a row fits none of the tables.
    """
    known = {table.name: table for table in tables()}
    count = 0
    for name, group in itertools.groupby(rows, key=lambda row: row[0]):
        if name not in known:
            raise SnapshotError(f"there is no table {name}")
        while some := [_values(known[name], row) for _, row in itertools.islice(group, AT_ONCE)]:
            session.execute(sa.insert(known[name]), some)
            count += len(some)
    return count


def _values(table: sa.Table, row: Row) -> dict[str, Any]:
    if len(row) != len(table.columns):
        raise SnapshotError(f"a row of {table.name} has {len(row)} values")
    return {
        column.name: None if value is None else _meant(column.type, value)
        for column, value in zip(table.columns, row, strict=True)
    }


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Enum():
            return value.value
        case UUID() | Decimal():
            return str(value)
        case _:
            return value


def _meant(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    for known, read in _READ.items():
        if isinstance(kind, known):
            return read(value)
    return value


_READ: dict[type, Any] = {
    UtcDateTime: datetime.fromisoformat,
    ExactDecimal: Decimal,
    sa.Uuid: UUID,
    sa.Date: date.fromisoformat,
    sa.Time: time.fromisoformat,
}
"""How a column's values are read; all others are what JSON makes of them."""
