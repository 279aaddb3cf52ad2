"""The tables as migrations make them: on both databases, forwards and back."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from companion import migrating, schema_version
from companion.core.sending import MessageKind
from companion.services.queueing import queue_text
from companion.store import guards
from companion.store.database import Transactions
from companion.store.messages import Attempt, Message, attempt_by_token, body_of
from tests.rigs import postgres
from tests.rigs.databases import opened
from tests.rigs.texted import add_patient
from tests.rigs.times import MONDAY_NINE


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Transactions]:
    """Transactions over a database without any table."""
    if request.param == "sqlite":
        with opened(f"sqlite:///{tmp_path / 'empty.db'}") as transactions:
            yield transactions
        return
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid4().hex}"
    url = postgres.create_database(server, name)
    with opened(url) as transactions:
        yield transactions
    postgres.drop_database(server, name)


def tables(transactions: Transactions) -> set[str]:
    return set(sa.inspect(transactions.engine).get_table_names())


def test_there_is_one_newest_migration(sqlite: Transactions) -> None:
    script = ScriptDirectory.from_config(migrating.config_for(sqlite))
    assert script.get_current_head() == schema_version.newest()

    assert len(script.get_heads()) == 1


def test_the_migrations_make_what_the_models_say(empty: Transactions) -> None:
    assert not schema_version.is_current(empty)

    migrating.upgrade(empty)

    migrating.check(empty)
    assert schema_version.is_current(empty)


def test_migrations_go_up_down_and_up_again(empty: Transactions) -> None:
    migrating.upgrade(empty)
    migrating.downgrade(empty, "base")
    left = tables(empty) - {"alembic_version"}
    migrating.upgrade(empty)

    assert left == set()
    assert {"patient", "message", "audit_entry"} <= tables(empty)


def test_the_guards_stand_after_migrating(empty: Transactions) -> None:
    migrating.upgrade(empty)

    for name in guards.APPEND_ONLY:
        with empty.engine.connect() as connection:
            query = (
                sa.text(
                    "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"
                )
                if connection.dialect.name == "sqlite"
                else sa.text("SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass)")
            )
            assert connection.execute(query, {"t": name}).scalar_one() >= 1


def test_the_migration_sets_the_guards_that_the_code_knows(sqlite: Transactions) -> None:
    script = ScriptDirectory.from_config(migrating.config_for(sqlite))
    module = script.get_revision("0001").module

    assert tuple(module.SQLITE_GUARDS) == tuple(guards.statements_for("sqlite"))
    assert tuple(module.POSTGRESQL_GUARDS) == tuple(guards.statements_for("postgresql"))


def test_an_append_only_table_refuses_even_us(transactions: Transactions) -> None:
    for name in guards.APPEND_ONLY:
        if transactions.engine.dialect.name == "postgresql":
            with transactions.engine.begin() as connection, pytest.raises(DBAPIError):
                connection.execute(sa.text(f"TRUNCATE {name} CASCADE"))


def test_texts_and_what_points_to_them_survive_the_table_being_made_anew(
    empty: Transactions,
) -> None:
    migrating.upgrade(empty)
    with empty.begin() as session:
        patient = add_patient(session)
        message = queue_text(
            session,
            patient=patient,
            kind=MessageKind.CHECK_IN,
            text_key="pain_question",
            body="How is it?",
            dedupe_key="one",
            now=MONDAY_NINE,
        )
        assert message is not None
        session.add(
            Attempt(
                id=uuid4(),
                message_id=message.id,
                number=1,
                callback_token="token",
                claimed_at=MONDAY_NINE,
                detail="",
            )
        )

    migrating.downgrade(empty, "0004")
    migrating.upgrade(empty)

    with empty.reading() as session:
        kept = session.get_one(Message, message.id)
        attempt = attempt_by_token(session, "token")
        assert body_of(session, kept) == "How is it?"
        assert attempt is not None
        assert attempt.message_id == message.id
    with empty.engine.begin() as connection, pytest.raises(DBAPIError):
        connection.execute(sa.text("UPDATE message SET state = 'delivered'"))
