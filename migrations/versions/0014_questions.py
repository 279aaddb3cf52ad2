"""Ask more questions, as often and on the days that suit, and keep what each check-in asks."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE = ("pain", "use", "coping")
AFTER = (
    "pain", "use", "tablets", "coping", "withdrawal", "interest", "mood", "confidence",
    "left_over", "own_1", "own_2", "own_3",
)  # fmt: skip
ASKED_BEFORE = ",".join(BEFORE)
MORE = (
    "ALTER TABLE check_in ADD COLUMN questions TEXT DEFAULT 'pain,use,coping' NOT NULL",
    """ALTER TABLE patient ADD COLUMN how_often VARCHAR(40) DEFAULT 'usual' NOT NULL
    CONSTRAINT ck_patient_often CHECK (how_often IN ('seldom', 'usual', 'often'))""",
    "ALTER TABLE patient ADD COLUMN chosen_days VARCHAR(7) DEFAULT '0123456' NOT NULL",
)
FORGET = (
    "DELETE FROM answer WHERE question NOT IN ('pain', 'use', 'coping')",
    """UPDATE check_in SET question = NULL, state = 'expired'
    WHERE question NOT IN ('pain', 'use', 'coping')""",
)


def upgrade() -> None:
    """Go forward."""
    _let_questions_be(BEFORE, AFTER)
    for statement in MORE:
        op.execute(statement)
    for column in ("pain_at", "coping_at"):
        op.add_column("patient", sa.Column(column, sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Go back. Answers that the older service does not know are gone: it could not read them."""
    for column in ("pain_at", "coping_at", "how_often", "chosen_days"):
        op.drop_column("patient", column)
    op.drop_column("check_in", "questions")
    for statement in FORGET:
        op.execute(statement)
    _let_questions_be(AFTER, BEFORE)


def _let_questions_be(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    for table in ("check_in", "answer"):
        if op.get_bind().dialect.name == "postgresql":
            name = op.f(f"ck_{table}_question")
            op.drop_constraint(name, table, type_="check")
            op.create_check_constraint(name, table, f"question IN ({_listed(after)})")
        else:
            _rewrite_check(table, _listed(before), _listed(after))


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _rewrite_check(table: str, before: str, after: str) -> None:
    """Change a CHECK where it stands, as sqlite.org/lang_altertable.html part 7 allows.

    To make the table anew is no way: other tables point to it.
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (f"IN ({before})", f"IN ({after})", table, f"IN ({before})"),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError(f"the table {table} is not as migration 0013 left it")
