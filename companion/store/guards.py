"""What the database itself refuses, whoever asks: triggers on both databases.

Texts move only along the arrows of :mod:`companion.core.sending`; audit rows, steps and
marks are never changed or removed. ``statements_for`` gives the SQL to the migration
and to tests, so there is one list.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import event

from companion.core.sending import MAY_BECOME
from companion.store.audit import AuditEntry
from companion.store.database import Base
from companion.store.messages import Message
from companion.store.plans import PlanMark, PlanStep

APPEND_ONLY = (AuditEntry.__tablename__, PlanStep.__tablename__, PlanMark.__tablename__)


def statements_for(dialect: str) -> Iterator[str]:
    """Yield the SQL that sets every guard on *dialect* (``sqlite`` or ``postgresql``)."""
    if dialect == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgresql()


def _arrows() -> str:
    pairs = (f"('{old}', '{new}')" for old, news in MAY_BECOME.items() for new in sorted(news))
    return ", ".join(pairs)


def _sqlite() -> Iterator[str]:
    table = Message.__tablename__
    yield (
        f"CREATE TRIGGER {table}_state BEFORE UPDATE OF state ON {table} "
        f"WHEN NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (VALUES {_arrows()}) "
        "BEGIN SELECT RAISE(ABORT, 'a text cannot go from this state to that'); END"
    )
    for name in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )


def _postgresql() -> Iterator[str]:
    table = Message.__tablename__
    yield (
        f"CREATE FUNCTION {table}_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_arrows()}) THEN "
        "RAISE EXCEPTION 'a text cannot go from this state to that'; END IF; "
        "RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_state BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_state()"
    )
    yield (
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for name in APPEND_ONLY:
        yield (
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )


def _set_guards(_target: sa.MetaData, connection: sa.Connection, **_options: object) -> None:
    for statement in statements_for(connection.dialect.name):
        # The driver would take a percent sign for a parameter.
        connection.exec_driver_sql(
            statement.replace("%", "%%") if _is_postgresql(connection) else statement
        )


def _is_postgresql(connection: sa.Connection) -> bool:
    return connection.dialect.name == "postgresql"


event.listen(Base.metadata, "after_create", _set_guards)
