"""A restored service is released by an operator, step by step."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from companion import migrating, releasing
from companion.clock import real_now
from companion.core.grip import Grip
from companion.health import Standstill, faults, standstill
from companion.releasing import ReleaseError, release
from companion.runtime import Runtime
from companion.services import polling
from companion.services.taking_over import Compared
from companion.sms.simulator import SimulatedGateway
from companion.store import inbound_list, patients, service_copy
from companion.store.database import Transactions
from companion.ticking import ask_provider
from companion.wording import Wording
from tests.rigs.clinic import open_clinic, runtime_for, words_of
from tests.rigs.databases import a_keyring


@pytest.fixture
def runtime(tmp_path: Path, wording: Wording) -> Iterator[Runtime]:
    """A service that was restored a moment ago from a backup of an hour before."""
    transactions = Transactions(f"sqlite:///{tmp_path / 'restored.db'}", a_keyring())
    migrating.upgrade(transactions)
    with transactions.begin() as session:
        service_copy.set_waiting(
            session,
            restored_at=real_now(),
            backup_made_at=real_now() - timedelta(hours=1),
        )
        inbound_list.set_read_until(session, real_now() - timedelta(hours=1))
    yield runtime_for(transactions, wording)
    transactions.dispose()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "POLL_EVERY", timedelta(0))
    monkeypatch.setattr(polling, "CALL_ON_ITS_WAY", timedelta(0))
    monkeypatch.setattr(releasing, "NOTICED_AFTER", timedelta(seconds=0.05))
    monkeypatch.setattr(releasing, "AGAIN_SECONDS", 0.02)


def gateway_of(runtime: Runtime) -> SimulatedGateway:
    assert isinstance(runtime.gateway, SimulatedGateway)
    return runtime.gateway


def lines_of(said: Iterator[str | Compared]) -> list[str]:
    return [one for one in said if isinstance(one, str)]


def is_waiting(runtime: Runtime) -> bool:
    with runtime.transactions.reading() as session:
        return service_copy.waiting(session) is not None


def test_a_release_takes_the_number_reads_compares_and_lets_texts_leave(runtime: Runtime) -> None:
    said = list(release(runtime))

    assert [line.split()[0] for line in said if isinstance(line, str)] == ["Reading", "Comparing"]
    assert said[-1] == Compared(gone=0, held_back=0)
    assert not is_waiting(runtime)
    with runtime.transactions.begin() as session:
        assert gateway_of(runtime).holder() == service_copy.mark_of(session)


def test_another_copy_is_given_time_to_notice(runtime: Runtime) -> None:
    gateway_of(runtime).take_hold("f" * 16)

    assert lines_of(release(runtime))[0].startswith("Taking the number.")


def test_texts_that_came_since_the_backup_are_read_before_anything_leaves(
    runtime: Runtime,
) -> None:
    clinic = open_clinic(runtime)
    patient = clinic.register()
    with runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    gateway_of(runtime).text_in(phone, "I want to die")

    lines_of(release(runtime))

    assert "want to die" in words_of(clinic.signed_in().get("/"))


def test_a_copy_that_does_not_wait_is_not_released(runtime: Runtime) -> None:
    lines_of(release(runtime))

    with pytest.raises(ReleaseError, match="has been released"):
        lines_of(release(runtime))


def test_a_provider_that_cannot_be_asked_leaves_it_waiting(runtime: Runtime) -> None:
    gateway_of(runtime).list_fails = True

    with pytest.raises(ReleaseError, match="could not be read"):
        lines_of(release(runtime))

    assert is_waiting(runtime)


class Failing(SimulatedGateway):
    """A provider that fails at one thing."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def __getattribute__(self, name: str) -> object:
        if name != "_what" and name == self._what:
            self.list_fails = True
        return super().__getattribute__(name)


@pytest.mark.parametrize(
    ("what", "says"),
    [("take_hold", "could not be taken"), ("all_texts_out", "what went since the backup")],
)
def test_each_question_that_fails_is_named(runtime: Runtime, what: str, says: str) -> None:
    failing = replace(runtime, gateway=Failing(what))

    with pytest.raises(ReleaseError, match=says):
        lines_of(release(failing))

    assert is_waiting(runtime)


def test_a_list_that_is_never_read_to_the_end_releases_nothing(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "LONGEST_WAIT", timedelta(seconds=0.2))
    monkeypatch.setattr(polling, "POLL_EVERY", timedelta(days=1))

    with pytest.raises(ReleaseError, match="ten minutes"):
        lines_of(release(runtime))

    assert is_waiting(runtime)


def test_a_restored_copy_says_on_every_page_and_outside_that_it_sends_nothing(
    runtime: Runtime,
) -> None:
    person = open_clinic(runtime).signed_in()

    assert standstill(runtime) is Standstill.NOT_RELEASED
    assert Standstill.NOT_RELEASED in faults(runtime)
    assert "It was restored from a backup" in person.get("/").get_data(as_text=True)
    lines_of(release(runtime))
    assert "It was restored from a backup" not in person.get("/").get_data(as_text=True)


def test_a_copy_whose_number_was_taken_says_so_on_every_page(
    sqlite: Transactions, wording: Wording
) -> None:
    runtime = replace(runtime_for(sqlite, wording), grip=Grip(needed=True))
    person = open_clinic(runtime).signed_in()
    runtime.gateway.take_hold("f" * 16)

    ask_provider(runtime)

    assert standstill(runtime) is Standstill.TAKEN
    assert "Another copy has taken its number" in person.get("/").get_data(as_text=True)
