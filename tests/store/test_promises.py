"""What the store promises on both databases: scope, sealing, guards and the audit chain."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError

from companion.core.triage import help_finding
from companion.services import alerting
from companion.store import (
    accounts,
    alerts,
    audit,
    clock_setting,
    guards,
    messages,
    organisations,
    patients,
    plans,
)
from companion.store.audit import SYSTEM, Actor, AuditEntry
from companion.store.database import ExactDecimal, Scope, Session, Transactions
from companion.store.patients import Patient
from companion.store.plans import PlanMark, PlanStep
from companion.store.sealing import Keyring, SealError
from companion.wording import Wording
from tests.rigs.databases import A_KEY, ANOTHER_KEY, a_keyring, opened
from tests.rigs.enrolled import Ward

BORN_ON = date(1960, 1, 2)


@pytest.fixture
def ward(transactions: Transactions, wording: Wording) -> Ward:
    return Ward(transactions, wording)


def elsewhere(ward: Ward) -> list[Scope]:
    """Scopes that must see nothing: another organisation, and another team of the same."""
    return [
        Scope(uuid4(), ward.scope.team_ids),
        Scope(ward.scope.organisation_id, frozenset({uuid4()})),
        Scope(ward.scope.organisation_id, frozenset()),
    ]


def test_no_query_shows_a_patient_to_another_organisation_or_team(ward: Ward) -> None:
    patient = ward.register()
    version = ward.agree(patient)
    phone = ward.phone_of(patient)
    with ward.transactions.begin() as session:
        alert = alerting.raise_alert(
            session,
            organisation_id=ward.scope.organisation_id,
            team_id=ward.team_id,
            patient_id=patient.id,
            finding=help_finding(),
            now=ward.now,
        )
    asks: list[Callable[[Session, Scope], Any]] = [
        lambda session, scope: patients.patient_of(session, scope, patient.id),
        patients.patients_of,
        lambda session, scope: patients.find_by_phone(session, scope, phone),
        lambda session, scope: patients.find_by_nhs_number(session, scope, "9990000018"),
        lambda session, scope: patients.find_by_name(session, scope, "Lane0", BORN_ON),
        lambda session, scope: plans.version_of(session, scope, version.id),
        lambda session, scope: alerts.alert_of(session, scope, alert.id),
        alerts.standing_alerts,
        lambda session, scope: alerts.alerts_about(session, scope, patient.id),
    ]

    with ward.transactions.reading() as session:
        for number, ask in enumerate(asks):
            assert ask(session, ward.scope), number
            for scope in elsewhere(ward):
                assert not ask(session, scope), number
        assert messages.texts_of(session, ward.scope, patient.id, limit=9)
        assert not messages.texts_of(session, elsewhere(ward)[0], patient.id, limit=9)
        assert not audit.entries_about(session, elsewhere(ward)[0], patient.id)


def test_what_is_sealed_opens_only_in_its_own_row(ward: Ward) -> None:
    one, other = ward.register(), ward.register()

    with ward.transactions.begin() as session:
        row = session.get_one(Patient, one.id)
        row.last_name = session.get_one(Patient, other.id).last_name

    with ward.transactions.reading() as session, pytest.raises(SealError):
        patients.identity_of(session, session.get_one(Patient, one.id))


def test_nothing_that_names_a_patient_stands_open_in_the_database(ward: Ward) -> None:
    patient = ward.register(address="7 Zebra Lane", communication_needs="Zebra print")
    ward.agree(patient)
    ward.text(patient, "zebra crossing")
    told = ("zebra", "Zebra", "Ada", "Lane0", "9990000018", ward.phone_of(patient)[3:], "clearly")

    with ward.transactions.engine.connect() as connection:
        for table in sa.inspect(ward.transactions.engine).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                assert not any(word in str(row) for word in told), table


@pytest.mark.parametrize(
    "spoil",
    [lambda s: s[:-4] + "AAAA", lambda s: s[:20], lambda _s: "é"],
    ids=["altered", "cut short", "no base64"],
)
def test_a_sealed_value_that_was_altered_does_not_open(spoil: Callable[[str], str]) -> None:
    keyring, row_id = a_keyring(), uuid4()
    sealed = keyring.seal("secret", table="t", column="c", row_id=row_id)

    assert keyring.open(sealed, table="t", column="c", row_id=row_id) == "secret"
    with pytest.raises(SealError):
        keyring.open(spoil(sealed), table="t", column="c", row_id=row_id)


def test_a_sealed_value_opens_only_for_its_table_column_and_key() -> None:
    row_id = uuid4()
    sealed = a_keyring().seal("secret", table="t", column="c", row_id=row_id)
    other = Keyring(data_key=ANOTHER_KEY, index_key=A_KEY)

    for keyring, table, column in (
        (other, "t", "c"),
        (a_keyring(), "u", "c"),
        (a_keyring(), "t", "d"),
    ):
        with pytest.raises(SealError):
            keyring.open(sealed, table=table, column=column, row_id=row_id)
    assert sealed != a_keyring().seal("secret", table="t", column="c", row_id=row_id)


def test_a_fingerprint_is_the_same_each_time_and_apart_by_kind() -> None:
    keyring = a_keyring()

    assert keyring.fingerprint("phone", "1") == keyring.fingerprint("phone", "1")
    assert keyring.fingerprint("phone", "1") != keyring.fingerprint("nhs_number", "1")
    assert keyring.fingerprint("phone", "1") != Keyring(
        data_key=A_KEY, index_key=A_KEY
    ).fingerprint("phone", "1")


def test_rows_that_were_agreed_can_never_be_changed(ward: Ward) -> None:
    ward.agree(ward.register())
    attempts = [
        sa.update(PlanStep).values(amount=Decimal(1)),
        sa.delete(PlanStep),
        sa.update(PlanMark).values(how="x"),
        sa.delete(PlanMark),
        sa.update(AuditEntry).values(actor="x"),
        sa.delete(AuditEntry),
    ]

    for statement in attempts:
        with pytest.raises(DBAPIError), ward.transactions.begin() as session:
            session.execute(statement)


def without_guards(session: Session) -> None:
    """Take the guards of the audit trail away, as somebody with the server's password could."""
    if session.connection().dialect.name == "sqlite":
        for act in ("update", "delete"):
            session.execute(sa.text(f"DROP TRIGGER audit_entry_no_{act}"))
    else:
        session.execute(sa.text("DROP TRIGGER audit_entry_append_only ON audit_entry"))


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_entry SET actor = 'nobody' WHERE number = 2",
        "UPDATE audit_entry SET detail = '{}' WHERE number = 1",
        "DELETE FROM audit_entry WHERE number = 2",
        "UPDATE audit_entry SET number = 99 WHERE number = 2",
    ],
)
def test_whoever_alters_the_audit_trail_is_found_out(ward: Ward, harm: str) -> None:
    ward.agree(ward.register())
    with ward.transactions.reading() as session:
        assert audit.verify(session, ward.scope.organisation_id) is None

    with ward.transactions.begin() as session:
        without_guards(session)
        session.execute(sa.text(harm))

    with ward.transactions.reading() as session:
        assert audit.verify(session, ward.scope.organisation_id) in {1, 2}


def test_many_writers_at_once_keep_one_chain(ward: Ward) -> None:
    def write(number: int) -> None:
        with ward.transactions.begin() as session:
            audit.record(
                session,
                ward.scope.organisation_id,
                actor=SYSTEM,
                action=f"tried {number}",
                subject="test",
                now=ward.now,
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))

    with ward.transactions.reading() as session:
        assert audit.verify(session, ward.scope.organisation_id) is None


def test_an_actor_is_a_person_the_service_or_the_patient() -> None:
    user_id = uuid4()

    assert Actor.user(user_id).user_id == user_id
    assert SYSTEM.user_id is None


def test_a_moment_without_a_zone_is_refused(ward: Ward) -> None:
    with pytest.raises(StatementError, match="time zone"), ward.transactions.begin() as session:
        organisations.add_organisation(
            session,
            name="x",
            zone="UTC",
            now=datetime(2027, 1, 1),  # noqa: DTZ001 - the fault that is tested
        )


def test_a_dose_that_is_a_float_is_refused(ward: Ward) -> None:
    patient = ward.register()

    with pytest.raises(StatementError, match="Decimal"), ward.transactions.begin() as session:
        session.get_one(Patient, patient.id).baseline_pain = 0.1  # type: ignore[assignment]  # the fault


def test_a_dose_comes_back_as_it_went_in(sqlite: Transactions) -> None:
    kind = ExactDecimal()

    assert kind.process_bind_param(Decimal("7.50"), sqlite.engine.dialect) == "7.50"
    assert kind.process_bind_param(None, sqlite.engine.dialect) is None
    assert kind.process_result_value("7.50", sqlite.engine.dialect) == Decimal("7.50")


def test_a_transaction_that_fails_leaves_nothing(ward: Ward) -> None:
    def fail() -> None:
        with ward.transactions.begin() as session:
            organisations.add_organisation(session, name="half", zone="UTC", now=ward.now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with ward.transactions.reading() as session:
        assert organisations.organisation_named(session, "half") is None


def test_reading_never_writes(ward: Ward) -> None:
    with ward.transactions.reading() as session:
        organisations.add_organisation(session, name="half", zone="UTC", now=ward.now)

    with ward.transactions.reading() as session:
        assert organisations.organisation_named(session, "half") is None


def test_a_writer_that_waits_too_long_is_told(
    sqlite: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.store.database.BUSY_SECONDS", 0.05)

    with sqlite.begin(), ThreadPoolExecutor(1) as pool:
        other = pool.submit(sqlite.begin().__enter__)
        with pytest.raises(TimeoutError):
            other.result(timeout=30)


def test_readers_never_wait_for_a_writer(sqlite: Transactions) -> None:
    with sqlite.begin() as session:
        clock_setting.set_seconds_ahead(session, 5)
        with ThreadPoolExecutor(1) as pool, opened(str(sqlite.engine.url)) as other:

            def read() -> int:
                with other.reading() as reader:
                    return clock_setting.seconds_ahead(reader)

            assert pool.submit(read).result(timeout=30) == 0


def test_people_are_found_by_address_and_by_session(ward: Ward) -> None:
    with ward.transactions.reading() as session:
        names = accounts.names_of(session, ward.scope.organisation_id)
        assert names[ward.user_id] == "Priya Shah"
        assert accounts.user_with_email(session, "nobody@example.com") is None
        assert accounts.user_with_uniquifier(session, "nothing") is None
        assert accounts.team_ids_of(session, ward.user_id) == ward.scope.team_ids


def test_a_kept_session_can_be_kept_again(ward: Ward) -> None:
    key = "ab" * 32
    for data in ("one", "two"):
        with ward.transactions.begin() as session:
            accounts.keep_web_session(session, key, data=data, signed_in=None, now=ward.now)

    with ward.transactions.reading() as session:
        found = accounts.web_session(session, key)
        assert found is not None
        assert accounts.session_data(session, found) == "two"
        assert ward.now - found.started_at == timedelta(0)


def test_the_guards_are_written_for_both_databases() -> None:
    assert len(list(guards.statements_for("sqlite"))) == 7
    assert len(list(guards.statements_for("postgresql"))) == 6
