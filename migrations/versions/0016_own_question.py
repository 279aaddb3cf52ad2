"""Let organisations ask questions of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    kind = sa.Enum(
        "number",
        "choice",
        "words",
        name="ownkind",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "own_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("protocols", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_own_question_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["user.id"], name=op.f("fk_own_question_added_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_question")),
    )
    op.create_index(op.f("ix_own_question_organisation_id"), "own_question", ["organisation_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("own_question")
