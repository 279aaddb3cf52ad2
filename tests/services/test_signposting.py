"""Patients are pointed to what helps, rate it, and staff send one by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.core.signposting import Resource
from companion.services import own_places, signposting
from companion.services.enrolment_checks import EnrolmentError
from companion.services.own_places import NewPlace
from companion.services.signposting import SignpostError
from companion.store import signposts
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward

WALKS = NewPlace("Riverside walks", "https://walks.example.org", "people", "en-GB", discreet=True)


@pytest.fixture
def asked(ward: Ward) -> Patient:
    patient = ward.register()
    ward.agree(patient, (80, 40))
    ask(ward, 2)
    return patient


def ask(ward: Ward, days: int) -> None:
    ward.ask(days=days)
    ward.said()


def add(ward: Ward, place: NewPlace = WALKS) -> None:
    with ward.transactions.begin() as session:
        own_places.add(
            session,
            ward.scope.organisation_id,
            place,
            ward.wording,
            user_id=ward.user_id,
            today=ward.now.date(),
            now=ward.now,
        )


def offered(ward: Ward) -> list[Resource]:
    with ward.transactions.reading() as session:
        return signposting.resources_for(session, ward.wording, ward.scope.organisation_id)


def test_what_is_sent_suits_what_was_said(ward: Ward, asked: Patient) -> None:
    ward.answer(asked, mood="1")

    assert "Sleep, relaxation and other skills" in ward.said()[-1]


def test_the_ten_footsteps_come_in_their_order_when_all_is_well(ward: Ward, asked: Patient) -> None:
    ward.answer(asked)
    first = ward.said()[-1]
    ask(ward, 2)
    ward.answer(asked)

    assert "Ten Footsteps, 1" in first
    assert "Ten Footsteps, 2" in ward.said()[-1]


def test_after_four_the_patient_is_asked_whether_the_last_was_useful(
    ward: Ward, asked: Patient
) -> None:
    for days in (2, 3, 7, 7):
        ward.answer(asked)
        ask(ward, days)
    ward.answer(asked)
    question = ward.said()[-1]

    ward.text(asked, "2")

    assert question.startswith("One more thing: was what we sent you last time useful?")
    assert ward.said()[-1] == "Thank you, that helps us to choose better."
    with ward.transactions.reading() as session:
        sent = signposts.sent_to(session, asked)
        assert sent[-1].useful is False
        assert signposts.seen_by(session, asked).useless == {sent[-1].resource}


def test_words_instead_of_a_rating_go_to_a_person_and_a_late_one_is_none(
    ward: Ward, asked: Patient
) -> None:
    for days in (2, 3, 7, 7):
        ward.answer(asked)
        ask(ward, days)
    ward.answer(asked)
    ward.text(asked, "I did not look at it to be honest")
    assert "T-10" in ward.alerts()
    ward.now += timedelta(days=4)

    ward.text(asked, "1")

    with ward.transactions.reading() as session:
        assert [one.useful for one in signposts.sent_to(session, asked)] == [None] * 4


def test_a_place_of_their_own_is_offered_until_it_is_taken_away(ward: Ward) -> None:
    add(ward)
    own = offered(ward)[0]
    with ward.transactions.begin() as session:
        place = signposts.local_of(session, ward.scope.organisation_id)[0]
        for known in (place.id, place.id):
            assert own_places.withdraw(
                session, ward.scope.organisation_id, known, user_id=ward.user_id, now=ward.now
            )
        assert not own_places.withdraw(
            session, ward.scope.organisation_id, ward.team_id, user_id=ward.user_id, now=ward.now
        )

    assert (own.title, own.address) == ("Riverside walks", "walks.example.org")
    assert own not in offered(ward)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 41}, "title"),
        ({"address": ""}, "address"),
        ({"address": "x" * 101}, "address"),
        ({"address": "a\nb"}, "address"),
        ({"address": "not an address"}, "address"),
        ({"address": "localhost/admin"}, "address"),
        ({"title": "a\nb"}, "title"),
        ({"title": "Morphine stop group"}, "discreet"),
        ({"topic": "nothing"}, "topic"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_place_that_cannot_stand_in_a_text_is_refused(
    ward: Ward, changed: dict[str, str], field: str
) -> None:
    with pytest.raises(EnrolmentError) as refused:
        add(ward, replace(WALKS, **changed))  # type: ignore[arg-type]  # each is text

    assert list(refused.value.fields) == [field]


def test_the_same_place_is_not_listed_twice(ward: Ward) -> None:
    add(ward)

    with pytest.raises(EnrolmentError) as refused:
        add(ward, replace(WALKS, title="Walks again", address=f"HTTPS://{WALKS.address}"))

    assert refused.value.fields == {"address": "It is on the list"}


def send_by_hand(ward: Ward, patient: Patient, resource: Resource) -> None:
    with ward.transactions.begin() as session:
        signposting.send_by_hand(
            session, ward.wording, patient, resource, user_id=ward.user_id, now=ward.now
        )
    ward.send()


def test_staff_send_one_by_hand_in_the_patients_hours(ward: Ward, asked: Patient) -> None:
    add(ward)
    send_by_hand(ward, asked, offered(ward)[0])

    assert ward.said() == ["the team: you may like this: Riverside walks walks.example.org"]
    ward.now = ward.now.replace(hour=23)
    send_by_hand(ward, asked, offered(ward)[0])
    assert ward.said() == []
    with ward.transactions.reading() as session:
        assert [one.sent_by for one in signposts.sent_to(session, asked)] == [ward.user_id] * 2


def test_nothing_is_sent_by_hand_to_who_wants_no_texts_or_none_of_that_kind(
    ward: Ward, asked: Patient
) -> None:
    frank = next(one for one in offered(ward) if not one.discreet)
    with pytest.raises(SignpostError, match="may name medicines"):
        send_by_hand(ward, asked, frank)
    ward.text(asked, "STOP")

    with pytest.raises(SignpostError, match="Texts are off"):
        send_by_hand(ward, ward.again(asked), offered(ward)[0])
