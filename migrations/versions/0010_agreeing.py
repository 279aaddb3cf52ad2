"""Agree by a code, ask for another pace, note what is really taken and how far the supply goes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

VERSION_COLUMNS = (
    ("drug", sa.Text()),
    ("form", sa.Text()),
    ("strengths", sa.Text()),
    ("written_as", sa.Text()),
    ("review_on", sa.Date()),
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    """Go forward."""
    for name, kind in VERSION_COLUMNS:
        op.add_column("plan_version", sa.Column(name, kind, nullable=True))
    op.create_table(
        "plan_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _points("plan_code", "version_id", "plan_version"),
        _points("plan_code", "sent_by", "user"),
        _key("plan_code"),
    )
    op.create_index(op.f("ix_plan_code_version_id"), "plan_code", ["version_id"])
    op.create_table(
        "plan_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("say", _enum("say", "slower", "ready", "same"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_text", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        _points("plan_request", "plan_id", "plan"),
        _points("plan_request", "settled_by", "user"),
        _points("plan_request", "version_id", "plan_version"),
        _key("plan_request"),
    )
    op.create_index(op.f("ix_plan_request_plan_id"), "plan_request", ["plan_id"])
    op.create_table(
        "plan_taken",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column(
            "taken", _enum("taken", "as_planned", "dose_before", "otherwise"), nullable=False
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _points("plan_taken", "version_id", "plan_version"),
        _points("plan_taken", "recorded_by", "user"),
        _key("plan_taken"),
    )
    op.create_index(op.f("ix_plan_taken_version_id"), "plan_taken", ["version_id"])
    op.create_table(
        "plan_supply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("lasts_until", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _points("plan_supply", "plan_id", "plan"),
        _points("plan_supply", "recorded_by", "user"),
        _key("plan_supply"),
    )
    op.create_index(op.f("ix_plan_supply_plan_id"), "plan_supply", ["plan_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("plan_supply", "plan_taken", "plan_request", "plan_code"):
        op.drop_table(table)
    for name, _kind in reversed(VERSION_COLUMNS):
        op.drop_column("plan_version", name)
