"""Texts that come while people close and look: no alert is lost, and nobody waits for ever."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import suppress
from typing import Any

import pytest

from companion.core.triage import Finding
from companion.core.urgency import Urgency
from companion.services import alerting, enrolment, receiving
from companion.store import alerts, patients
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.database import Session
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward

DANGER = Finding("T-06", Urgency.EMERGENCY, 'Wrote "want to die".')


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    """Yield somebody who acts at the same time."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def let_begin(future: Future[Any]) -> None:
    """Let the other go on until it waits for us; where it never does, the test is only easier."""
    with suppress(StillWaiting):
        future.result(timeout=1)


def tell(ward: Ward, patient: Patient) -> Alert:
    with ward.transactions.begin() as session:
        return alerting.tell_about(session, patient, DANGER, now=ward.now)


def text_in(ward: Ward, phone: str) -> object:
    return receiving.receive(
        ward.transactions,
        ward.wording,
        provider_id="SM1",
        phone=phone,
        body="I want to die",
        opt_out_type=None,
        now=ward.now,
        real_now=ward.now,
    )


def close(session: Session, ward: Ward, alert: Alert) -> None:
    alerting.resolve(
        session,
        ward.scope,
        alert.id,
        user_id=ward.user_id,
        outcome=Outcome.SPOKE,
        note="Spoke, safe for now.",
        now=ward.now,
    )


def test_what_is_raised_while_its_alert_is_being_closed_opens_a_new_one(
    ward: Ward, aside: ThreadPoolExecutor
) -> None:
    patient = ward.register()
    old = tell(ward, patient)

    with ward.transactions.begin() as session:
        close(session, ward, old)
        session.flush()
        telling = aside.submit(tell, ward, patient)
        let_begin(telling)

    new = telling.result()
    assert new.id != old.id
    assert ward.alerts()["T-06"].state is AlertState.OPEN


def test_a_text_and_the_closing_of_its_alert_do_not_wait_for_each_other(
    ward: Ward, aside: ThreadPoolExecutor
) -> None:
    patient = ward.register()
    old, phone = tell(ward, patient), ward.phone_of(patient)

    with ward.transactions.begin() as session:
        alerts.alert_of(session, ward.scope, old.id)
        texting = aside.submit(text_in, ward, phone)
        let_begin(texting)
        close(session, ward, old)

    texting.result()
    assert ward.alerts().keys() == {"T-06"}, "a text that failed would have raised R-01"
    assert ward.alerts()["T-06"].id != old.id


def test_a_text_and_a_look_at_its_patient_do_not_wait_for_each_other(
    ward: Ward, aside: ThreadPoolExecutor
) -> None:
    patient = ward.register()

    def look() -> None:
        with ward.transactions.begin() as session:
            enrolment.view(session, patient, what="patient viewed", actor=ward.actor, now=ward.now)

    with ward.transactions.begin() as session:
        patients.locked(session, patient.id)
        looking = aside.submit(look)
        let_begin(looking)
        alerting.tell_about(session, patient, DANGER, now=ward.now)

    looking.result()
    assert "T-06" in ward.alerts()
