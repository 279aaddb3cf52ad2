"""What the provider's call missed comes from its list: late, but once, with its true time."""

from datetime import timedelta

import pytest

from companion.core.urgency import Urgency
from companion.services.polling import OVERLAP, TOLD_AFTER, poll
from companion.sms.simulator import SimulatedGateway
from companion.store import inbound_list, replies
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward

MINUTE = timedelta(seconds=60)


@pytest.fixture
def patient(ward: Ward) -> Patient:
    ward.gateway = SimulatedGateway(lambda: ward.now)
    patient = ward.register()
    look(ward)  # the first look only begins the list
    return patient


def look(ward: Ward, *, after: timedelta = timedelta(0)) -> int:
    ward.now += after
    return poll(ward.transactions, ward.gateway, ward.wording, now=ward.now, real_now=ward.now)


def texts(ward: Ward, patient: Patient) -> list[replies.Reply]:
    with ward.transactions.reading() as session:
        return list(replies.replies_of(session, patient))


def test_a_text_that_nobody_told_us_of_is_answered_once_with_its_true_time(
    ward: Ward, patient: Patient
) -> None:
    ward.now += MINUTE
    sent = ward.gateway.text_in(ward.phone_of(patient), "I want to die")

    found = look(ward, after=MINUTE)
    ward.send()

    [kept] = texts(ward, patient)
    assert found == 1
    assert kept.received_at == sent.sent_at
    assert ward.alerts()["T-06"].level is Urgency.EMERGENCY
    assert "116 123" in ward.said()[-1]
    assert "only through the provider's list" in ward.why("S-01")
    assert look(ward, after=2 * MINUTE) == 0
    assert len(texts(ward, patient)) == 1


def test_six_hours_without_us_lose_nothing_and_keep_the_order(ward: Ward, patient: Patient) -> None:
    for words in ("first", "second", "third"):
        ward.now += timedelta(hours=2)
        ward.gateway.text_in(ward.phone_of(patient), words)

    found = look(ward, after=MINUTE)

    assert found == 3
    kept = texts(ward, patient)
    assert [one.received_at for one in kept] == sorted(
        (one.received_at for one in kept), reverse=True
    )
    assert kept[0].received_at - kept[-1].received_at == timedelta(hours=4)


def test_a_text_that_was_called_through_is_not_taken_again(ward: Ward, patient: Patient) -> None:
    sent = ward.gateway.text_in(ward.phone_of(patient), "hello there")
    ward.text(patient, "hello there", provider_id=sent.provider_id)

    assert look(ward, after=2 * MINUTE) == 0
    assert "S-01" not in ward.alerts()


def test_a_call_that_is_still_on_its_way_is_left_its_time(ward: Ward, patient: Patient) -> None:
    ward.now += 2 * MINUTE
    ward.gateway.text_in(ward.phone_of(patient), "hello there")

    assert look(ward) == 0
    assert look(ward, after=2 * MINUTE) == 1


def test_a_text_that_enters_the_list_late_is_still_found(ward: Ward, patient: Patient) -> None:
    look(ward, after=timedelta(hours=3))
    ward.now -= OVERLAP - 2 * MINUTE
    ward.gateway.text_in(ward.phone_of(patient), "slow as a snail")
    ward.now += OVERLAP

    assert look(ward) == 1


def test_the_list_is_read_once_a_minute(ward: Ward, patient: Patient) -> None:
    look(ward, after=2 * MINUTE)
    ward.gateway.text_in(ward.phone_of(patient), "hello there")

    assert look(ward, after=timedelta(seconds=29)) == 0
    assert look(ward, after=timedelta(seconds=60)) == 1


def test_a_list_that_cannot_be_read_is_read_from_the_same_place_later(
    ward: Ward, patient: Patient
) -> None:
    ward.now += MINUTE
    ward.gateway.text_in(ward.phone_of(patient), "hello there")
    ward.gateway.list_fails = True

    assert look(ward, after=2 * MINUTE) == 0
    assert "S-01" not in ward.alerts()
    look(ward, after=TOLD_AFTER)
    assert "cannot be read" in ward.why("S-01")

    ward.gateway.list_fails = False
    assert look(ward) == 1


def test_a_text_of_a_number_that_nobody_has_is_told_too(ward: Ward, patient: Patient) -> None:
    ward.now += MINUTE
    ward.gateway.text_in("+447700900999", "who are you")

    assert look(ward, after=MINUTE) == 1
    assert "T-15" in ward.alerts()


def test_how_far_the_list_was_read_never_goes_back(ward: Ward, patient: Patient) -> None:
    with ward.transactions.begin() as session:
        inbound_list.set_read_until(session, ward.now + MINUTE)
        inbound_list.set_read_until(session, ward.now)

    with ward.transactions.reading() as session:
        assert inbound_list.read_until(session) == ward.now + MINUTE
