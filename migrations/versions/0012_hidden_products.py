"""Let an organisation hide the medicines that it does not stock."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "organisation",
        sa.Column("hidden_products", sa.Text(), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("organisation", "hidden_products")
