"""Let each organisation have its nation, its hours, its ladder, and a lead in each team."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OLD_REACHES = ("team", "everybody", "duty")
REACHES = ("team", "everybody", "lead", "duty")
STATES = ("waiting", "told", "failed", "dropped")
COLUMNS = (
    ("nation", sa.String(length=40), "ENG"),
    ("work_opens", sa.Time(), "09:00:00.000000"),
    ("work_closes", sa.Time(), "17:00:00.000000"),
    ("emergency_minutes", sa.Text(), "0,5,10,15"),
    ("urgent_hours", sa.Text(), "0,2,3,4"),
    ("soon_days", sa.Text(), "1,2,3,4"),
)
COPY = (
    "INSERT INTO notice (id, alert_id, round, rung, reach, counts_from, due_at, state, "
    "lease_until, done_at, told, detail) SELECT id, alert_id, round, rung, reach, counts_from, "
    "due_at, state, lease_until, done_at, told, detail FROM notice_before"
)


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _check(values: tuple[str, ...]) -> str:
    return "reach IN ({})".format(", ".join(f"'{value}'" for value in values))


def _allow_reaches(values: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_notice_reach"), "notice", type_="check")
        op.create_check_constraint(op.f("ck_notice_reach"), "notice", _check(values))
        return
    # SQLite cannot change a constraint: the table is made anew. Nothing points to it.
    op.execute("CREATE TABLE notice_before AS SELECT * FROM notice")
    op.drop_table("notice")
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("reach", _enum("reach", values), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _enum("noticestate", STATES), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_notice_alert_id_alert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "alert_id", "round", "rung", name=op.f("uq_notice_alert_id_round_rung")
        ),
    )
    op.execute(COPY)
    op.drop_table("notice_before")
    where = sa.text("state = 'waiting'")
    op.create_index("ix_notice_due", "notice", ["due_at"], sqlite_where=where)


def upgrade() -> None:
    """Go forward."""
    for name, kind, default in COLUMNS:
        op.add_column(
            "organisation",
            sa.Column(name, kind, nullable=False, server_default=default),
        )
    op.add_column("team", sa.Column("lead_id", sa.Uuid(), nullable=True))
    _allow_reaches(REACHES)


def downgrade() -> None:
    """Go back."""
    op.execute(sa.text("UPDATE notice SET reach = 'everybody' WHERE reach = 'lead'"))
    _allow_reaches(OLD_REACHES)
    op.drop_column("team", "lead_id")
    for name, _kind, _default in reversed(COLUMNS):
        op.drop_column("organisation", name)
