"""Words that steer: HOLD, HELP, STOP and START, and what is heard after them."""

from datetime import timedelta

import pytest

from companion.core import triage
from companion.core.people import PatientStatus, StopReason
from companion.core.questions import Question
from companion.core.urgency import Urgency
from companion.services import checking_in, leaving
from companion.store import alerts, plans
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward


def test_help_is_answered_with_the_crisis_numbers(ward: Ward) -> None:
    patient = ward.register()

    ward.text(patient, "Help!")

    said = ward.said()[-1]
    assert "116 123" in said
    assert "01632 960001" in said
    assert ward.alerts()["T-05"].level is Urgency.URGENT


def test_hold_stops_the_next_cut_and_tells_the_team(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "HOLD")
    ward.text(asked, "hold")

    assert "the next change won't come" in ward.said()[-1]
    assert ward.alerts()["T-14"].times == 2
    check_in = ward.check_in(asked)
    assert check_in is not None
    assert check_in.question is Question.PAIN


def test_hold_without_a_plan_is_told_all_the_same(ward: Ward) -> None:
    ward.text(ward.register(), "HOLD")

    assert "We've told the team" in ward.said()[-1]
    assert "T-14" in ward.alerts()


def test_stop_turns_the_texts_off_and_tells_a_person(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "STOP")

    assert ward.said() == []
    assert ward.again(asked).opted_out_at == ward.now
    assert ward.alerts()["T-12"].level is Urgency.SOON


def test_stop_in_a_step_week_or_with_an_alert_open_cannot_wait(ward: Ward, asked: Patient) -> None:
    in_step_week = ward.register()
    ward.agree(in_step_week, (2, 50))
    ward.text(asked, "HELP")
    ward.text(asked, "STOP")
    assert ward.alerts()["T-12"].level is Urgency.URGENT
    ward.now += timedelta(days=3)

    ward.text(in_step_week, "STOP")

    with ward.transactions.reading() as session:
        told = alerts.standing_alert(session, ward.scope.organisation_id, in_step_week.id, "T-12")
    assert told is not None
    assert told.level is Urgency.URGENT


def test_an_opt_out_that_the_carrier_took_counts_the_same(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "arret", opt_out_type="STOP")

    assert ward.again(asked).opted_out_at is not None
    assert "T-12" in ward.alerts()


def test_start_turns_them_on_again(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "STOP")
    ward.text(asked, "START")
    said = ward.said()
    ward.text(asked, "START")

    assert "We'll text you again" in said[-1]
    assert ward.again(asked).opted_out_at is None
    assert ward.said() == []


@pytest.mark.parametrize(
    "before", [("wrong number",), ("wrong number", "STOP"), ("STOP", "wrong number")]
)
def test_start_promises_no_texts_that_stay_stopped_and_is_told(
    ward: Ward, asked: Patient, before: tuple[str, ...]
) -> None:
    for body in before:
        ward.text(asked, body)
    ward.said()

    ward.text(asked, "START")

    [said] = ward.said()
    assert said.startswith("Thank you. Our texts to this number are off.")
    assert ward.alerts()["T-31"].level is Urgency.SOON
    assert ward.again(asked).status is PatientStatus.PAUSED


@pytest.mark.parametrize("before", [(), ("STOP",)])
def test_start_before_the_phone_is_confirmed_asks_whose_it_is(
    ward: Ward, before: tuple[str, ...]
) -> None:
    patient = ward.register(confirmed=False)
    for body in before:
        ward.text(patient, body)
    ward.send()
    ward.said()

    ward.text(patient, "START")

    assert "Reply 1 if you were expecting this" in ward.said()[-1]
    ward.text(patient, "1")
    assert ward.again(patient).status is PatientStatus.ACTIVE


def test_danger_words_of_somebody_who_opted_out_still_alert(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "STOP")

    ward.text(asked, "took too many of my tablets")

    assert ward.said() == []
    assert ward.alerts()["T-06"].level is Urgency.EMERGENCY


@pytest.mark.parametrize("reason", [StopReason.DIED, StopReason.ADMITTED])
def test_after_staff_stopped_the_texts_no_question_is_asked(
    ward: Ward, asked: Patient, reason: StopReason
) -> None:
    ward.change(
        asked,
        lambda session, p: leaving.stop_texts(session, p, reason, actor=ward.actor, now=ward.now),
    )

    ward.text(asked, "5")
    ward.text(asked, "SLOWER")

    assert all("The team will read this" in said for said in ward.said())
    assert ward.alerts()["T-10"].times == 2
    assert ward.recorded(asked) == {}
    ward.now += triage.SILENCE_AFTER
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    assert "T-11" not in ward.alerts()


def test_an_answer_after_stop_is_shown_and_lands_in_no_question(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "STOP")

    ward.text(asked, "5")

    assert ward.recorded(asked) == {}
    assert ward.why("T-10").endswith("They cannot be texted: call.")


def test_hold_counts_after_stop_too(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "STOP")

    ward.text(asked, "HOLD")

    assert ward.said() == []
    assert "T-14" in ward.alerts()
    with ward.transactions.reading() as session:
        version = plans.agreed_version(session, asked)
        assert version is not None
        assert plans.binding_holds(session, version)


def test_danger_on_a_phone_that_opted_out_says_that_it_must_be_called(ward: Ward) -> None:
    patient = ward.register()
    ward.text(patient, "STOP")
    ward.said()

    ward.text(patient, "i want to die")

    assert ward.said() == []
    assert ward.alerts()["T-06"].level is Urgency.EMERGENCY
    assert ward.why("T-06").endswith("(suicidal). They cannot be texted: call.")


def test_help_from_a_phone_that_opted_out_does_not_claim_that_numbers_were_sent(
    ward: Ward,
) -> None:
    patient = ward.register()
    ward.text(patient, "STOP")

    ward.text(patient, "HELP")

    assert ward.why("T-05") == "Texted HELP. They cannot be texted: call."
    assert ward.why("T-12").count("call") == 1


@pytest.mark.parametrize("word", ["START", "STOP"])
def test_what_the_carrier_makes_of_a_text_hides_no_danger_in_it(ward: Ward, word: str) -> None:
    patient = ward.register()
    ward.text(patient, "STOP")
    ward.said()

    ward.text(patient, "i want to die", opt_out_type=word)

    assert ward.alerts()["T-06"].level is Urgency.EMERGENCY
    assert any("999" in said for said in ward.said()) is (word == "START")
