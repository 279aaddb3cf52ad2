"""Let a text go to a number that no patient has: a stranger in danger, or one of the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_KINDS = ("crisis", "reply", "handshake", "check_in", "reminder")
KINDS = (*OLD_KINDS, "staff")
STATES = (
    "queued",
    "sending",
    "accepted",
    "delivered",
    "undelivered",
    "failed",
    "uncertain",
    "held",
    "missed",
    "cancelled",
)
COPY = (
    "INSERT INTO message (id, organisation_id, patient_id, check_in_id, reply_id, kind, priority, "
    "dedupe_key, body, text_key, segments, phone_version, plan_version_id, queued_at, not_before, "
    "window_ends_at, state, reason, attempts, attempt_id, lease_until, retry_at, changed_at) "
    "SELECT id, organisation_id, patient_id, check_in_id, reply_id, kind, priority, "
    "dedupe_key, body, text_key, segments, phone_version, plan_version_id, queued_at, not_before, "
    "window_ends_at, state, reason, attempts, attempt_id, lease_until, retry_at, changed_at "
    "FROM message_before"
)


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _columns(kinds: tuple[str, ...], *, recipients: bool) -> list[sa.Column]:
    plain = [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=recipients),
        sa.Column("patient_id", sa.Uuid(), nullable=recipients),
        sa.Column("check_in_id", sa.Uuid(), nullable=True),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("kind", _enum("messagekind", kinds), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text_key", sa.String(length=60), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("phone_version", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _enum("messagestate", STATES), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    ]
    added = [
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
    ]
    return plain + (added if recipients else [])


def _constraints() -> list[sa.Constraint]:
    targets = {
        "check_in_id": "check_in",
        "organisation_id": "organisation",
        "patient_id": "patient",
        "plan_version_id": "plan_version",
        "reply_id": "reply",
    }
    return [
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_message_{column}_{table}")
            )
            for column, table in targets.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
    ]


def _make_indexes() -> None:
    for name, columns, state in (
        ("ix_message_doubts", ["retry_at"], "uncertain"),
        ("ix_message_leases", ["lease_until"], "sending"),
        ("ix_message_queue", ["priority", "not_before"], "queued"),
    ):
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "message", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_message_patient_id_queued_at", "message", ["patient_id", "queued_at"])


def _remake_on_sqlite(kinds: tuple[str, ...], *, recipients: bool) -> None:
    """Make the table anew: SQLite cannot change a column. Its trigger goes with it."""
    guard = (
        op.get_bind()
        .execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'message_state'"))
        .scalar_one()
    )
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute("CREATE TABLE message_before AS SELECT * FROM message")
    op.drop_table("message")
    op.create_table(
        "message",
        *_columns(kinds, recipients=recipients),
        *_constraints(),
    )
    op.execute(COPY)
    op.drop_table("message_before")
    _make_indexes()
    op.get_bind().exec_driver_sql(guard)


def _set_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_message_messagekind"), "message", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_message_messagekind"), "message", f"kind IN ({listed})")


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_reply_phone_hash_received_at", "reply", ["phone_hash", "received_at"])
    if op.get_bind().dialect.name == "sqlite":
        _remake_on_sqlite(KINDS, recipients=True)
        return
    for column in ("organisation_id", "patient_id"):
        op.alter_column("message", column, nullable=True)
    op.add_column("message", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("alert_id", sa.Uuid(), nullable=True))
    _set_kinds(KINDS)


def downgrade() -> None:
    """Go back; texts to numbers that no patient has are forgotten."""
    op.drop_index("ix_reply_phone_hash_received_at", "reply")
    op.execute(
        "UPDATE alert SET message_id = NULL "
        "WHERE message_id IN (SELECT id FROM message WHERE patient_id IS NULL)"
    )
    op.execute(
        "DELETE FROM attempt WHERE message_id IN (SELECT id FROM message WHERE patient_id IS NULL)"
    )
    op.execute("DELETE FROM message WHERE patient_id IS NULL")
    if op.get_bind().dialect.name == "sqlite":
        _remake_on_sqlite(OLD_KINDS, recipients=False)
        return
    op.drop_column("message", "alert_id")
    op.drop_column("message", "phone")
    for column in ("organisation_id", "patient_id"):
        op.alter_column("message", column, nullable=False)
    _set_kinds(OLD_KINDS)
