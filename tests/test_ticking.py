"""What the clock does, how it is moved, and how a failing duty is told."""

import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
import sqlalchemy as sa

from companion import ticking
from companion.clock import Clock, ClockError, real_now
from companion.core.triage import HANDSHAKE_AFTER
from companion.logs import mask, start_logging
from companion.runtime import Runtime
from companion.scheduler import running
from companion.sms.gateway import Accepted, Outgoing, SendResult
from companion.sms.simulator import SimulatedGateway
from companion.store import alerts, audit
from companion.store.database import Transactions
from companion.ticking import send_now, tick
from companion.wording import Wording
from tests.rigs.clinic import Clinic, open_clinic, runtime_for


@pytest.fixture
def clinic(sqlite: Transactions, wording: Wording) -> Clinic:
    return open_clinic(runtime_for(sqlite, wording, mode="test"))


def rules(clinic: Clinic) -> list[str]:
    with clinic.runtime.transactions.reading() as session:
        return [a.rule for a in alerts.standing_alerts(session, clinic.scope)]


def test_a_tick_lets_what_is_due_leave_and_a_second_one_changes_nothing(clinic: Clinic) -> None:
    clinic.register(confirmed=False)

    tick(clinic.runtime)
    sent = list(clinic.runtime.gateway.sent)  # type: ignore[attr-defined]  # the simulator's
    tick(clinic.runtime)

    assert len(sent) == 1
    assert clinic.runtime.gateway.sent == sent  # type: ignore[attr-defined]  # same
    assert rules(clinic) == []


def test_a_tick_tells_of_a_phone_that_nobody_has_confirmed(clinic: Clinic) -> None:
    clinic.register(confirmed=False)
    clinic.runtime.clock.advance(HANDSHAKE_AFTER)

    tick(clinic.runtime)

    assert "T-30" in rules(clinic)


def test_a_failing_duty_keeps_no_other_from_its_turn_and_is_told(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_runtime: Runtime) -> None:
        raise RuntimeError("broken")

    clinic.register(confirmed=False)
    monkeypatch.setitem(ticking.DUTIES, "asking check-ins", fail)

    tick(clinic.runtime)

    assert len(clinic.runtime.gateway.sent) == 1  # type: ignore[attr-defined]  # the simulator's
    assert rules(clinic) == ["S-01"]


def test_a_database_that_is_gone_stops_nothing(
    clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with clinic.runtime.transactions.engine.begin() as connection:
        for table in ("message", "alert", "patient", "reply", "check_in"):
            connection.execute(sa.text(f"ALTER TABLE {table} RENAME TO {table}_away"))

    tick(clinic.runtime)

    assert "nobody could be told of a failed duty" in caplog.text


class Waiting(SimulatedGateway):
    """A gateway that says when it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.called = Event()

    def send(self, text: Outgoing) -> SendResult:
        self.called.set()
        return Accepted(f"SM{text.callback_token}")


def test_a_text_leaves_while_the_clock_runs_and_it_stops_well(clinic: Clinic) -> None:
    gateway = Waiting()
    runtime = replace(clinic.runtime, gateway=gateway)
    clinic.register(confirmed=False)

    with running(runtime):
        assert gateway.called.wait(30)


def test_a_wake_lets_a_text_leave_without_the_tick(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.scheduler.TICK_SECONDS", 3600)
    gateway = Waiting()
    runtime = replace(clinic.runtime, gateway=gateway)

    with running(runtime):
        clinic.register(confirmed=False)
        runtime.wake.set()
        assert gateway.called.wait(30)


def test_sending_at_once_is_the_same_duty(clinic: Clinic) -> None:
    clinic.register(confirmed=False)

    send_now(clinic.runtime)

    assert len(clinic.runtime.gateway.sent) == 1  # type: ignore[attr-defined]  # the simulator's


def test_the_clock_of_a_live_service_is_real_and_does_not_move(sqlite: Transactions) -> None:
    clock = Clock(sqlite, moves=False)

    before = real_now()
    now = clock.now()

    assert before <= now <= real_now()
    with pytest.raises(ClockError):
        clock.set(real_now() + timedelta(days=1))


def test_a_clock_only_goes_forward(sqlite: Transactions) -> None:
    clock = Clock(sqlite, moves=True)
    later = clock.advance(timedelta(days=3))

    assert later - real_now() > timedelta(days=2, hours=23)
    with pytest.raises(ClockError, match="only goes forward"):
        clock.set(real_now())
    with pytest.raises(ClockError, match="time zone"):
        clock.set(datetime(2040, 1, 1))  # noqa: DTZ001 - the fault that is tested
    with pytest.raises(ClockError, match="how far"):
        clock.advance(timedelta(0))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, down to the smallest detail, until the test ends."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    start_logging(stream, level=logging.DEBUG)
    yield stream
    root.handlers[:], root.level = handlers, level


def test_nothing_about_a_patient_is_ever_logged(
    clinic: Clinic, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    from companion.services import receiving
    from companion.store import patients

    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)

    def fail(*_arguments: object) -> None:
        raise RuntimeError(f"about {phone}")

    for body, broken in (("zebra morphine 7", False), ("zebra again", True)):
        if broken:
            monkeypatch.setattr(receiving, "_act", fail)
        receiving.receive(
            clinic.runtime.transactions,
            clinic.runtime.wording,
            provider_id=body,
            phone=phone,
            body=body,
            opt_out_type=None,
            now=clinic.runtime.clock.now(),
            real_now=real_now(),
        )
    tick(clinic.runtime)
    clinic.signed_in().get(f"/patients/{patient.id}")

    logged = log.getvalue()
    assert "a text could not be handled" in logged
    for secret in (
        "zebra",
        "morphine",
        "Ada",
        "Lane0",
        phone,
        phone[3:],
        "Mill Lane",
        "9990000018",
    ):
        assert secret not in logged


@pytest.mark.parametrize("number", ["+447700900123", "07700 900123", "999 000 0018", "9990000018"])
def test_numbers_of_people_are_masked(number: str) -> None:
    assert mask(f"failed for {number}.") == "failed for [number]."


def test_ids_and_dates_are_left_alone() -> None:
    line = "text 0f8fad5b-d9cb-469f-a165-70867728950e at 2027-01-04 took 120 ms"

    assert mask(line) == line


def test_the_log_goes_to_standard_error_unless_told_otherwise() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        start_logging()
        assert [h.stream for h in root.handlers] == [sys.stderr]  # type: ignore[attr-defined]  # one stream handler
    finally:
        root.handlers[:], root.level = handlers, level


def test_the_audit_trail_of_a_busy_day_is_whole(clinic: Clinic) -> None:
    clinic.register()
    tick(clinic.runtime)

    with clinic.runtime.transactions.reading() as session:
        assert audit.verify(session, clinic.organisation_id) is None
