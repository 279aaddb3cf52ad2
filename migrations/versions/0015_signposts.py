"""Let organisations add their own places, ask whether one was useful, and send one by hand."""

import sqlalchemy as sa
from alembic import op

from companion.store.checks import let_column_hold

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = ("crisis", "reply", "handshake", "check_in", "reminder", "staff")
AFTER = (*BEFORE[:-1], "team", "staff")


def upgrade() -> None:
    """Go forward."""
    _let_kinds_be(BEFORE, AFTER)
    op.add_column("signpost_sent", sa.Column("sent_by", sa.Uuid(), nullable=True))
    op.add_column("signpost_sent", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signpost_sent", sa.Column("useful", sa.Boolean(), nullable=True))
    op.create_table(
        "local_resource",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_local_resource_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["user.id"], name=op.f("fk_local_resource_added_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_resource")),
    )
    op.create_index(
        op.f("ix_local_resource_organisation_id"), "local_resource", ["organisation_id"]
    )


def downgrade() -> None:
    """Go back. A text that one of the team sent counts as a check-in, as it did before."""
    op.drop_table("local_resource")
    for column in ("useful", "asked_at", "sent_by"):
        op.drop_column("signpost_sent", column)
    op.execute("UPDATE message SET kind = 'check_in' WHERE kind = 'team'")
    _let_kinds_be(AFTER, BEFORE)


def _let_kinds_be(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    name = op.f("ck_message_messagekind")
    let_column_hold(op.get_bind(), "message", "kind", name, before, after)
