"""Change which values a column may hold, for migrations: the CHECK of a stored enum."""

from collections.abc import Sequence

import sqlalchemy as sa


def let_column_hold(
    connection: sa.Connection,
    table: str,
    column: str,
    name: str,
    before: Sequence[str],
    after: Sequence[str],
) -> None:
    """Let *column* hold *after* instead of *before*; *name* is the constraint's.

    SQLite's is changed where it stands, as sqlite.org/lang_altertable.html part 7 allows: to
    make the table anew is no way where other tables point to it.

    Raises:
        RuntimeError: the table is not as the migration before left it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        connection.exec_driver_sql(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({_listed(after)}))"
        )
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (
            f"({column} IN ({_listed(before)}))",
            f"({column} IN ({_listed(after)}))",
            table,
            f"({column} IN ({_listed(before)}))",
        ),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError(f"{table}.{column} is not as the migration before left it")


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)
