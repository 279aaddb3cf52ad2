"""Whose phone is it: confirmed by a handshake, changed, or somebody else's."""

import pytest

from companion.core.people import PatientStatus
from companion.core.protocols import Often
from companion.store import plans
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward


def test_the_wrong_person_is_texted_no_more(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "wrong number")

    assert ward.said() == ["Sorry to have troubled you. We won't text this number again."]
    assert ward.again(asked).status is PatientStatus.PAUSED
    assert "T-13" in ward.alerts()


def test_an_answer_that_waits_is_not_sent_to_the_wrong_person(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "PLAN", answers_leave=False)

    ward.text(asked, "wrong number")

    assert ward.said() == ["Sorry to have troubled you. We won't text this number again."]


def test_where_to_turn_in_danger_is_sent_to_whoever_has_the_phone(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "i want to die", answers_leave=False)

    ward.text(asked, "wrong number")

    assert "999" in ward.said()[0]


@pytest.mark.parametrize("body", ["5", "PLAN", "SLOWER", "READY", "OFTEN", "hold", "123 456"])
def test_a_phone_that_may_be_somebody_elses_steers_and_answers_nothing(
    ward: Ward, asked: Patient, body: str
) -> None:
    ward.text(asked, "wrong number")
    ward.said()
    before = ward.alerts().keys()

    ward.text(asked, body)

    assert ward.said() == []
    assert ward.alerts().keys() - before == {"T-10"}
    assert ward.recorded(asked) == {}
    assert ward.again(asked).how_often is Often.USUAL
    with ward.transactions.reading() as session:
        version = plans.agreed_version(session, asked)
        assert version is not None
        assert not plans.binding_holds(session, version)


@pytest.mark.parametrize(("body", "said"), [("i want to die", "999"), ("HELP", "116 123")])
def test_danger_on_a_phone_that_may_be_somebody_elses_is_answered(
    ward: Ward, asked: Patient, body: str, said: str
) -> None:
    ward.text(asked, "wrong number")
    ward.said()

    ward.text(asked, body)

    assert said in ward.said()[-1]


def test_politeness_from_a_phone_that_may_be_somebody_elses_is_told_to_nobody(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "wrong number")

    ward.text(asked, "ok thanks")

    assert "T-10" not in ward.alerts()


@pytest.mark.parametrize("body", ["PLAN", "hold"])
def test_a_phone_that_is_not_confirmed_hears_nothing_of_a_plan(ward: Ward, body: str) -> None:
    patient = ward.register(confirmed=False)
    ward.agree(patient)
    ward.send()
    ward.said()

    ward.text(patient, body)

    assert "Please reply 1 if you were expecting" in ward.said()[-1]


def test_another_language_may_be_asked_for_before_the_phone_is_confirmed(ward: Ward) -> None:
    patient = ward.register(confirmed=False)

    ward.send()
    ward.said()

    ward.text(patient, "LANGUAGE")

    assert "which language" in ward.said()[-1]


def test_an_answer_after_the_phone_changed_lands_in_no_question_of_the_old_one(
    ward: Ward, asked: Patient
) -> None:
    ward.change_phone(asked, "07700 900099")
    on_new_phone = ward.again(asked)
    ward.text(on_new_phone, "1")

    ward.text(on_new_phone, "5")

    assert ward.recorded(asked) == {}
    assert "T-10" in ward.alerts()


@pytest.mark.parametrize("body", ["1", "yes", "One", "1."])
def test_a_phone_is_confirmed(ward: Ward, body: str) -> None:
    patient = ward.register(confirmed=False)

    ward.text(patient, body)

    assert ward.again(patient).status is PatientStatus.ACTIVE
    assert "We'll text you to ask how you are" in ward.said()[-1]


@pytest.mark.parametrize(
    "body",
    [
        "yes this is Ada but I cannot get out of bed since Monday",
        "1 but I cannot get out of bed",
        "no, she cannot get out of bed since Monday",
        "who is this",
        "SLOWER",
    ],
)
def test_words_beside_the_answer_to_the_handshake_are_for_a_person(ward: Ward, body: str) -> None:
    patient = ward.register(confirmed=False)

    ward.text(patient, body)

    assert ward.alerts()["T-10"].patient_id == patient.id


@pytest.mark.parametrize("body", ["1", "2", "yes", "Yes please", "no", "ok thanks"])
def test_a_plain_answer_to_the_handshake_needs_no_reading(ward: Ward, body: str) -> None:
    patient = ward.register(confirmed=False)

    ward.text(patient, body)

    assert "T-10" not in ward.alerts()


@pytest.mark.parametrize("body", ["2", "no", "wrong person"])
def test_a_phone_that_is_somebody_elses_is_left_alone(ward: Ward, body: str) -> None:
    patient = ward.register(confirmed=False)

    ward.text(patient, body)

    assert ward.again(patient).status is PatientStatus.PAUSED
    assert "T-13" in ward.alerts()


def test_an_unclear_handshake_is_asked_once_more_then_told(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.send()
    ward.said()

    ward.text(patient, "what is this about")
    again = ward.said()
    ward.text(patient, "eh")

    assert "Please reply 1 if you were expecting" in again[-1]
    assert ward.said() == []
    assert "T-09" in ward.alerts()
    assert ward.again(patient).status is PatientStatus.AWAITING_HANDSHAKE


def test_help_from_a_phone_that_is_not_confirmed_is_answered(ward: Ward) -> None:
    patient = ward.register(confirmed=False)

    ward.text(patient, "help", opt_out_type="HELP")

    assert "999" in ward.said()[-1]
