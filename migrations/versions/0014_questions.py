"""Ask more questions, as often and on the days that suit, and keep what each check-in asks."""

import sqlalchemy as sa
from alembic import op

from companion.store.checks import let_column_hold

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
        name = op.f(f"ck_{table}_question")
        let_column_hold(op.get_bind(), table, "question", name, before, after)
