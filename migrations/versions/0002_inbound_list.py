"""Remember how far the provider's list of texts to us has been read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "inbound_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_list")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("inbound_list")
