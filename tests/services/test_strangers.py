"""Texts from a phone that is nobody's here, or that two patients share."""

from companion.core.urgency import Urgency
from companion.services import incoming
from companion.sms.gateway import Refused
from companion.store import alerts
from companion.store.replies import ReplyState
from tests.rigs.enrolled import Ward
from tests.rigs.texted import change_phone


def test_a_strangers_text_is_kept_and_told_and_not_answered(ward: Ward) -> None:
    reply_id = ward.text("+447700900999", "hello?")

    assert ward.reply(reply_id).state is ReplyState.STRANGER
    assert ward.said() == []
    assert ward.alerts()["T-15"].level is Urgency.SOON


def test_a_strangers_danger_words_are_an_emergency(ward: Ward) -> None:
    ward.text("+447700900999", "i want to die")

    assert ward.alerts()["T-15"].level is Urgency.EMERGENCY


def test_each_strangers_phone_has_an_alert_of_its_own(ward: Ward) -> None:
    ward.text("+447700900998", "hello?")
    ward.text("+447700900999", "i have taken all my tablets")
    ward.text("+447700900999", "please help me")

    with ward.transactions.reading() as session:
        found = alerts.standing_alerts(session, ward.scope)
    assert [(one.rule, one.level, one.times) for one in found] == [
        ("T-15", Urgency.EMERGENCY, 2),
        ("T-15", Urgency.SOON, 1),
    ]


def test_a_stranger_in_danger_gets_the_crisis_numbers_and_no_fact_about_anybody(
    ward: Ward,
) -> None:
    ward.text("+447700900999", "i want to die")

    [answer] = ward.said()
    assert "999" in answer
    assert "116 123" in answer
    assert "the team" not in answer
    assert "01632" not in answer


def test_danger_on_a_phone_of_two_patients_is_answered_once_and_guessed_for_neither(
    ward: Ward,
) -> None:
    one, other = ward.register(), ward.register()
    phone = ward.phone_of(one)
    ward.change(other, lambda session, p: change_phone(session, p, phone))

    ward.text(phone, "i want to die")

    [answer] = ward.said()
    assert "we don't know who you are" in answer
    assert ward.alerts()["T-15"].patient_id is None


def test_crisis_numbers_that_do_not_reach_a_stranger_are_everybodys_emergency(ward: Ward) -> None:
    ward.gateway.answer_next(Refused("21614"))

    ward.text("+447700900999", "i want to die")

    assert ward.alerts()["U-01"].level is Urgency.EMERGENCY
    assert ward.alerts()["U-01"].patient_id is None


def test_a_machine_that_answers_crisis_numbers_is_not_answered_for_ever(ward: Ward) -> None:
    for _ in range(incoming.FLOOD + 5):
        ward.text("+447700900999", "i want to die")

    assert len(ward.said()) == incoming.FLOOD
