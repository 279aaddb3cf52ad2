"""A phone that nobody has confirmed is told to a person: nothing else would be noticed by text."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from companion.core.triage import HANDSHAKE_AFTER
from companion.core.urgency import Urgency
from companion.services import enrolment, handshaking
from companion.store.audit import SYSTEM
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward


def notice(ward: Ward) -> int:
    return handshaking.notice_unanswered(ward.transactions, now=ward.now)


def test_a_phone_that_nobody_confirms_in_three_days_is_told_once(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.now += HANDSHAKE_AFTER - timedelta(seconds=1)
    assert notice(ward) == 0
    ward.now += timedelta(seconds=1)

    assert (notice(ward), notice(ward)) == (1, 0)

    alert = ward.alerts()["T-30"]
    assert (alert.patient_id, alert.level, alert.times) == (patient.id, Urgency.SOON, 1)


def test_in_the_week_after_a_cut_it_cannot_wait(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.agree(patient, (2, 50))
    ward.now += HANDSHAKE_AFTER

    notice(ward)

    assert ward.alerts()["T-30"].level is Urgency.URGENT


def test_a_new_phone_that_nobody_confirms_is_told_anew(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.now += HANDSHAKE_AFTER
    notice(ward)
    ward.now += timedelta(days=1)
    ward.change_phone(patient, "07700 900099")
    assert notice(ward) == 0
    ward.now += HANDSHAKE_AFTER

    assert (notice(ward), notice(ward)) == (1, 0)
    assert ward.alerts()["T-30"].times == 2


@pytest.mark.parametrize(
    "after",
    [
        lambda ward, patient: ward.text(patient, "1"),
        lambda ward, patient: ward.text(patient, "2"),
        lambda ward, patient: ward.text(patient, "STOP"),
        lambda ward, patient: ward.change(
            patient, lambda session, p: enrolment.finish(session, p, actor=SYSTEM, now=ward.now)
        ),
    ],
    ids=["confirmed", "somebody else", "stopped", "finished"],
)
def test_who_confirmed_or_is_told_of_otherwise_is_not_told_of(
    ward: Ward, after: Callable[[Ward, Patient], object]
) -> None:
    after(ward, ward.register(confirmed=False))
    ward.now += HANDSHAKE_AFTER

    assert notice(ward) == 0


def test_what_another_process_told_meanwhile_is_not_told_twice(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.now += HANDSHAKE_AFTER

    for _ in range(2):
        ward.change(patient, lambda session, p: handshaking._tell(session, p.id, ward.now))

    assert ward.alerts()["T-30"].times == 1
