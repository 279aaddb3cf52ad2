"""Keep why a version of a plan is right although concerns stand against it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("plan_version", sa.Column("reasons", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("plan_version", "reasons")
