"""The demonstration: everybody in it, and what its button winds to."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from companion.core.numbers import example_nhs_number, parse_nhs_number, parse_phone
from companion.core.people import PatientStatus
from companion.core.urgency import Urgency
from companion.demo import foresight, house
from companion.demo.people import CHARACTERS, phone_of
from companion.demo.phone import conversation, phones
from companion.runtime import Runtime
from companion.store import alerts, check_ins, organisations, patients, plans
from companion.store.database import Scope, Transactions
from companion.ticking import tick
from companion.wording import Wording
from tests.rigs.clinic import runtime_for, settings_for
from tests.rigs.databases import copy_of, opened

OPENING: dict[str, datetime | None] = {}
"""When the demonstration opened and what was to come, before any test moved its clock."""


@pytest.fixture(scope="module")
def demo(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, wording: Wording
) -> Iterator[Runtime]:
    """A furnished demonstration; tests that move its clock come to no harm by it."""
    url = copy_of(sqlite_template, tmp_path_factory.mktemp("demo"))
    with opened(url) as transactions:
        runtime = runtime_for(transactions, wording)
        assert list(house.furnish(runtime))
        with transactions.reading() as session:
            now = runtime.clock.now()
            OPENING.update(now=now, coming=foresight.next_moment(session, wording, now))
        yield runtime


def scope_of(demo: Runtime) -> Scope:
    with demo.transactions.reading() as session:
        organisation = organisations.organisation_named(session, house.ORGANISATION)
        assert organisation is not None
        teams = organisations.teams_of(session, organisation.id)
    return Scope(organisation.id, frozenset(team.id for team in teams))


def test_everybody_has_a_number_that_nobody_has() -> None:
    numbers = {parse_phone(phone_of(n), allow_examples=True) for n in range(len(CHARACTERS))}
    ids = {parse_nhs_number(example_nhs_number(n), allow_examples=True) for n in range(500)}

    assert len(numbers) == len(CHARACTERS)
    assert len(ids) == 500
    assert all(number.startswith("999") for number in ids)


def test_patients_stand_at_every_stage(demo: Runtime) -> None:
    scope = scope_of(demo)
    with demo.transactions.reading() as session:
        found = patients.patients_of(session, scope)
        statuses = {patient.status for patient in found}
        held = [
            p
            for p in found
            if (plan := plans.plan_of(session, p)) and plans.open_hold(session, plan.id)
        ]
        histories = [len(check_ins.check_ins_of(session, p)) for p in found]

    assert len(found) == len(CHARACTERS)
    assert statuses >= {
        PatientStatus.AWAITING_HANDSHAKE,
        PatientStatus.ACTIVE,
        PatientStatus.FINISHED,
    }
    assert len(held) == 1
    assert max(histories) >= 5


def test_alerts_of_every_urgency_wait_for_the_visitor(demo: Runtime) -> None:
    with demo.transactions.reading() as session:
        standing = alerts.standing_alerts(session, scope_of(demo))

    assert {alert.level for alert in standing} == {
        Urgency.SOON,
        Urgency.URGENT,
        Urgency.EMERGENCY,
    }
    assert {"T-01", "T-02", "T-03", "T-05", "T-06", "T-11", "T-14"} <= {a.rule for a in standing}


def test_it_starts_on_a_weekday_morning_with_a_check_in_about_to_fall_due(demo: Runtime) -> None:
    now, coming = OPENING["now"], OPENING["coming"]

    assert now is not None
    assert now.astimezone(house.LONDON).weekday() < 5
    assert coming is not None
    assert timedelta(0) < coming - now <= timedelta(minutes=5)


def test_filling_it_twice_changes_nothing(demo: Runtime) -> None:
    assert list(house.furnish(demo)) == []


def test_everybodys_phone_can_be_picked_up(demo: Runtime) -> None:
    with demo.transactions.reading() as session:
        listed = phones(session)
        talks = [conversation(session, phone.patient_id) for phone in listed]

    assert len(listed) == len(CHARACTERS)
    assert any(phone.waiting for phone in listed)
    assert all(talk is not None and talk.texts for talk in talks)


def test_no_text_on_any_phone_names_a_medicine(demo: Runtime) -> None:
    with demo.transactions.reading() as session:
        talks = [conversation(session, phone.patient_id) for phone in phones(session)]
    said = " ".join(t.body for talk in talks if talk for t in talk.texts if not t.incoming)

    assert not re.search(r"(?i)opioid|morphine|codeine|\bdose|taper|\bmg\b", said)


def test_winding_leads_from_one_thing_to_the_next(demo: Runtime) -> None:
    seen = []
    for _ in range(12):
        with demo.transactions.reading() as session:
            coming = foresight.next_moment(session, demo.wording, demo.clock.now())
        assert coming is not None
        seen.append(coming)
        demo.clock.set(coming + timedelta(seconds=1))
        tick(demo)
        tick(demo)

    assert seen == sorted(set(seen))


def test_with_nobody_there_nothing_comes_next(sqlite: Transactions, wording: Wording) -> None:
    runtime = runtime_for(sqlite, wording)

    with sqlite.reading() as session:
        assert foresight.next_moment(session, wording, runtime.clock.now()) is None


def test_it_says_where_to_look_and_how_to_sign_in() -> None:
    said = house.where_to_look(settings_for("sqlite://", public_url="http://127.0.0.1:8000"))

    for word in ("http://127.0.0.1:8000/phone", house.PHARMACIST, house.NURSE, house.PASSWORD):
        assert word in said
