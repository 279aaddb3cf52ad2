"""Whether the service knows that part of it has stopped, and says so inside and outside."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from companion import migrating, ticking
from companion.clock import real_now
from companion.config import load_settings
from companion.doctor import examine, language_faults
from companion.health import LONGEST_SILENCE, faults
from companion.runtime import Runtime
from companion.store import patients, pulses
from companion.store.database import Transactions
from companion.ticking import DUTIES, ask_provider, tell_people, tick
from companion.watchdog import report
from companion.wording import Wording
from tests.rigs.clinic import Clinic, open_clinic, runtime_for
from tests.rigs.databases import a_keyring
from tests.test_config import LIVE, written

BANNER = "Part of this service has stopped."


@pytest.fixture
def clinic(tmp_path: Path, wording: Wording) -> Iterator[Clinic]:
    transactions = Transactions(f"sqlite:///{tmp_path / 'clinic.db'}", a_keyring())
    migrating.upgrade(transactions)
    yield open_clinic(runtime_for(transactions, wording))
    transactions.dispose()


def work(clinic: Clinic) -> None:
    tick(clinic.runtime)
    ask_provider(clinic.runtime)
    tell_people(clinic.runtime)


def let_time_pass(clinic: Clinic, seconds: float, *duties: str) -> None:
    """Let it be that long ago that *duties* were done."""
    moment = real_now() - timedelta(seconds=seconds)
    with clinic.runtime.transactions.begin() as session:
        pulses.note(session, duties, real_now=moment)


def test_a_service_that_does_its_duties_is_ready(clinic: Clinic) -> None:
    work(clinic)

    assert faults(clinic.runtime) == []
    assert clinic.visitor().get("/readyz").get_data(as_text=True) == "ready\n"
    assert BANNER not in clinic.signed_in().get("/").get_data(as_text=True)


def test_a_service_that_never_worked_is_not_ready(clinic: Clinic) -> None:
    assert faults(clinic.runtime) == list(LONGEST_SILENCE)


@pytest.mark.parametrize("duty", LONGEST_SILENCE)
def test_each_duty_that_stops_is_named_and_every_page_says_so(clinic: Clinic, duty: str) -> None:
    work(clinic)
    let_time_pass(clinic, LONGEST_SILENCE[duty].total_seconds() + 1, duty)

    answer = clinic.visitor().get("/readyz")

    assert answer.status_code == 503
    assert answer.get_data(as_text=True) == f"not ready: {duty}\n"
    assert BANNER in clinic.signed_in().get("/").get_data(as_text=True)
    assert BANNER not in clinic.visitor().get("/sign-in").get_data(as_text=True)


def test_a_duty_that_fails_is_not_noted_as_done(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_runtime: Runtime) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(ticking.DUTIES, "sending texts", fail)
    work(clinic)

    assert faults(clinic.runtime) == ["sending texts"]


def test_what_was_done_is_written_down_every_few_seconds_and_not_at_every_tick(
    clinic: Clinic,
) -> None:
    tick(clinic.runtime)
    noted = dict(clinic.runtime.pulses)
    tick(clinic.runtime)
    assert clinic.runtime.pulses == noted

    clinic.runtime.pulses.update(
        {duty: moment - ticking.NOTE_EVERY for duty, moment in noted.items()}
    )
    tick(clinic.runtime)
    assert all(clinic.runtime.pulses[duty] >= noted[duty] for duty in DUTIES)


def test_a_database_that_is_gone_is_a_fault_and_no_crash(clinic: Clinic) -> None:
    person = clinic.signed_in()
    work(clinic)
    with clinic.runtime.transactions.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE pulse")

    assert faults(clinic.runtime) == ["the database does not answer"]
    assert BANNER in person.get("/").get_data(as_text=True)


class _Watchdog(BaseHTTPRequestHandler):
    calls: list[str]
    status = 200

    def do_GET(self) -> None:
        self.calls.append(self.path)
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@contextmanager
def watched(clinic: Clinic, *, status: int = 200) -> Iterator[tuple[Runtime, list[str]]]:
    """Run a watchdog; yield a runtime that knows its address, and the calls it got."""
    calls: list[str] = []
    handler = type("Watchdog", (_Watchdog,), {"calls": calls, "status": status})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings = clinic.runtime.settings
    address = f"http://127.0.0.1:{server.server_address[1]}/ping"
    section = settings.watchdog.model_copy(update={"url": address})
    runtime = replace(clinic.runtime, settings=settings.model_copy(update={"watchdog": section}))
    try:
        yield runtime, calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_watchdog_is_called_while_all_is_well_and_only_then(clinic: Clinic) -> None:
    with watched(clinic) as (runtime, calls):
        assert not report(runtime)
        work(clinic)
        assert report(runtime)
        let_time_pass(clinic, 61, "sending texts")
        assert not report(runtime)

    assert calls == ["/ping"]


@pytest.mark.parametrize("status", [500, 404])
def test_a_watchdog_that_refuses_does_no_harm(clinic: Clinic, status: int) -> None:
    work(clinic)
    with watched(clinic, status=status) as (runtime, calls):
        assert not report(runtime)

    assert calls == ["/ping"]


def test_a_watchdog_cannot_send_us_elsewhere(clinic: Clinic) -> None:
    work(clinic)
    with watched(clinic, status=302) as (runtime, calls):
        report(runtime)

    assert calls == ["/ping"]


def test_a_watchdog_that_is_gone_does_no_harm_and_none_is_not_called(clinic: Clinic) -> None:
    work(clinic)
    with watched(clinic) as (runtime, _calls):
        pass

    assert not report(runtime)
    assert not report(clinic.runtime)


def test_the_doctor_wants_keywords_confirmed_and_a_watchdog_in_a_live_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPANION_CONFIG", raising=False)
    database = f'[database]\nurl = "sqlite:///{tmp_path / "live.db"}"\n'
    wrong = {c.what for c in examine(written(tmp_path, LIVE + database)) if c.wrong}
    assert {"the carrier's keywords", "the watchdog"} <= wrong

    confirmed = LIVE.replace("[twilio]\n", "[twilio]\nkeywords_confirmed = true\n")
    watchdog = '[watchdog]\nurl = "https://watch.example.org/ping"\n'
    path = written(tmp_path, confirmed + database + watchdog)
    assert load_settings(path).watchdog.url
    right = {c.what for c in examine(path) if not c.wrong}
    assert {"the carrier's keywords", "the watchdog"} <= right


def test_the_doctor_names_a_language_of_patients_that_has_lost_texts(clinic: Clinic) -> None:
    wording = clinic.runtime.wording
    gone = clinic.register()
    clinic.register()
    with clinic.runtime.transactions.begin() as session:
        patients.locked(session, gone.id).language = "cs"
    with clinic.runtime.transactions.reading() as session:
        spoken = patients.languages_everywhere(session)

    assert spoken == ["cs", "en-GB"]
    assert list(language_faults(spoken, wording)) == [
        f"cs: {len(wording.texts)} texts are not translated and are sent in English"
    ]
    assert not list(language_faults(["pl", "ur"], wording))
