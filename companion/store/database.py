"""Engines, sessions and column types, the same promises on SQLite and PostgreSQL.

Ids are random and set by us before the insert, because sealed columns are bound to
their row. Moments are aware UTC; a naive one fails to save. Nothing here commits but
:class:`Transactions`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, sessionmaker

from companion.store.sealing import Keyring

Session = orm.Session
"""Handed on, so that only store/ imports SQLAlchemy."""
BUSY_SECONDS = 5
"""How long a writer waits for SQLite's lock before the caller is told no."""

DATABASE_TROUBLE = (sa.exc.DBAPIError, sa.exc.TimeoutError, TimeoutError)
"""What a caller may answer with "try again later": nothing was committed."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept as UTC. A naive one is refused: it has no place in time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(sa.types.TypeDecorator[Decimal]):
    """A Decimal kept as text: SQLite's NUMERIC goes through a float."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"a dose is a Decimal, not {type(value).__name__}")
        return format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        Decimal: ExactDecimal,
        UUID: sa.Uuid(),
        time: sa.Time(),
        str: sa.Text(),
    }


def stored_enum(kind: type, length: int = 40) -> sa.Enum:
    """Store an enum by its value, with a CHECK on both databases."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=length,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """What an asker may see: one organisation, and the teams of it that are theirs."""

    organisation_id: UUID
    team_ids: frozenset[UUID]
    patient_ids: frozenset[UUID] = frozenset()
    """Patients of other teams whose alert they were told of, while it stands."""


class Transactions:
    """Sessions over one database; the only place that begins and commits.

    On SQLite a write takes an in-process lock before ``BEGIN IMMEDIATE``: SQLite's own
    wait sleeps and is unfair (measured: 15 to 40 times the tail). :meth:`reading` never
    takes it.
    """

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.engine = engine_for(url)
        self.keyring = keyring
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        self._writer = threading.Lock() if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Yield a session and commit at the end, or roll all of it back on any error."""
        if self._writer is None:
            yield from self._transaction(writing=True)
            return
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise TimeoutError("the database is busy")
        try:
            yield from self._transaction(writing=True)
        finally:
            self._writer.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that is rolled back at the end."""
        yield from self._transaction(writing=False)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Yield a session for reading to which the database stands still, while others write."""
        on_postgresql = self.engine.dialect.name == "postgresql"
        yield from self._transaction(
            writing=False, **({"isolation_level": "REPEATABLE READ"} if on_postgresql else {})
        )

    def _transaction(self, *, writing: bool, **options: str) -> Iterator[Session]:
        with self._sessions(info={"keyring": self.keyring}) as session:
            session.connection(execution_options={"companion_writing": writing, **options})
            yield session
            if writing:
                session.commit()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def engine_for(url: str) -> sa.Engine:
    """Build the engine for *url*; a SQLite file gets safe settings and mode 0600."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # READ COMMITTED is named, because the claim's SKIP LOCKED relies on it.
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
        )
    if parsed.database and parsed.database != ":memory:":
        path = Path(parsed.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin by itself: a read that turns into a write inside a plain
    # BEGIN fails at once with "database is locked", whatever the time-out.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("companion_writing", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def migration_of(transactions: Transactions) -> str | None:
    """Return the newest migration that was made here, or None where none was."""
    with transactions.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        made: str | None = connection.exec_driver_sql(
            "SELECT version_num FROM alembic_version"
        ).scalar()
        return made


def keyring_of(session: Session) -> Keyring:
    """Return the keys that this session seals and opens with."""
    keyring = session.info["keyring"]
    assert isinstance(keyring, Keyring)
    return keyring


def insert_or_ignore(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert one row unless a unique constraint already has it; tell whether it was new.

    The constraint decides, never a look beforehand: two processes may try at once.
    """
    name = session.connection().dialect.name
    insert = postgresql.insert if name == "postgresql" else sqlite.insert
    statement = insert(table).values(values).on_conflict_do_nothing().returning(*_key(table))
    return session.execute(statement).first() is not None


def _key(table: type[Base]) -> list[Any]:
    return list(sa.inspect(table).primary_key)
