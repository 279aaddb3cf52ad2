"""Texts that could not be handled: kept, told to people, and tried again."""

import pytest

from companion.core.phrases import Lexicon
from companion.core.urgency import Urgency
from companion.services import receiving
from companion.store import replies
from companion.store.patients import Patient
from companion.store.replies import ReplyState
from companion.team_hours import hours_in
from companion.wording import Wording
from tests.rigs.enrolled import Ward
from tests.rigs.wordings import parts_of


class BrokenWording(Wording):
    """Words that cannot be found: stands for any fault of ours in reading a text."""

    def lexicons(self, language: str) -> tuple[Lexicon, ...]:
        raise RuntimeError("the words are gone")


def broken(wording: Wording) -> Wording:
    return BrokenWording(**parts_of(wording))


def test_a_fault_in_reading_keeps_the_text_and_tells_a_person_at_once(
    ward: Ward, asked: Patient
) -> None:
    reply_id = ward.text(asked, "8", wording=broken(ward.wording))

    reply = ward.reply(reply_id)
    assert (reply.state, reply.failures) == (ReplyState.KEPT, 1)
    assert ward.alerts()["R-01"].patient_id == asked.id
    assert ward.said() == []


def lacking(wording: Wording, *keys: str) -> Wording:
    """Return *wording* as it is after the English of *keys* was edited: not translated."""
    edited = {wording.texts[key].english for key in keys}
    catalogues = {
        tag: {english: said for english, said in catalogue.items() if english not in edited}
        for tag, catalogue in parts_of(wording)["_catalogues"].items()
    }
    return Wording(**{**parts_of(wording), "_catalogues": catalogues})


def test_crisis_numbers_go_in_english_where_the_patients_language_lost_them(ward: Ward) -> None:
    patient = ward.register(language="pl")
    ward.send()
    ward.said()

    ward.text(patient, "I want to die", wording=lacking(ward.wording, "crisis", "call_111"))

    assert "116 123" in ward.said()[-1]
    assert ward.alerts().keys() == {"T-06"}


def test_a_discreet_patient_whose_language_lost_a_text_is_told_no_dose(ward: Ward) -> None:
    patient = ward.register(language="pl", detailed=False)
    ward.agree(patient)
    ward.send()
    ward.said()

    ward.text(patient, "PLAN", wording=lacking(ward.wording, *ward.wording.texts))

    (said,) = ward.said()
    assert said == ward.wording.text_for(
        "plan_on_paper",
        "en-GB",
        team_phone="01632 960001",
        hours=hours_in("Mon to Fri, 9am to 5pm", "pl"),
    )
    assert "mg" not in said


class SpeechlessWording(Wording):
    """Words that end in a fault whenever the crisis numbers are to be said as an answer."""

    failing = True

    def text_for(self, key: str, language: str, **values: str) -> str:
        if key.startswith("crisis"):
            raise RuntimeError("the words are gone")
        return super().text_for(key, language, **values)


def test_danger_is_an_emergency_though_no_answer_can_be_built(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "I want to die", wording=SpeechlessWording(**parts_of(ward.wording)))

    told = ward.alerts()
    assert told.keys() == {"R-01", "T-06"}
    assert told["T-06"].level is Urgency.EMERGENCY
    assert "want to die" in ward.why("T-06")
    assert "Crisis numbers" not in ward.why("T-06")


def test_danger_from_a_stranger_is_an_emergency_though_no_answer_can_be_built(ward: Ward) -> None:
    ward.text("+447700900999", "I want to die", wording=SpeechlessWording(**parts_of(ward.wording)))

    assert ward.alerts()["T-15"].level is Urgency.EMERGENCY


def test_danger_in_a_text_that_cannot_be_handled_is_answered_once_all_the_same(
    ward: Ward, asked: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "_act", fails)
        ward.text(asked, "I want to die")
    (answer,) = ward.said()
    ward.now += receiving.LONGEST_RETRY
    receiving.sweep(ward.transactions, ward.wording, now=ward.now, real_now=lambda: ward.now)
    ward.send()

    assert "116 123" in answer
    assert ward.said() == []


@pytest.mark.parametrize("sender", ["a stranger", "a patient who opted out"])
def test_a_text_that_cannot_be_handled_is_answered_as_any_other_or_not(
    ward: Ward, asked: Patient, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    stranger = sender == "a stranger"

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "_act", fails)
        patch.setattr(receiving, "_take_strangers", fails)
        ward.text(
            "+447700900999" if stranger else asked,
            "I want to die",
            opt_out_type=None if stranger else "STOP",
        )

    assert len(ward.said()) == int(stranger)


def test_a_text_whose_number_does_not_open_is_told_and_keeps_no_other_waiting(
    ward: Ward, asked: Patient
) -> None:
    damaged = ward.text("+447700900998", "8", wording=broken(ward.wording))
    waiting = ward.text(asked, "8", wording=broken(ward.wording))
    assert damaged is not None
    with ward.transactions.begin() as session:
        replies.reply_by_id(session, damaged).phone = "1.nothing"
    ward.now += receiving.UNHANDLED_AFTER

    handled = receiving.sweep(
        ward.transactions, ward.wording, now=ward.now, real_now=lambda: ward.now
    )

    assert handled == 2
    assert ward.reply(waiting).state is ReplyState.HANDLED
    assert ward.reply(damaged).state is ReplyState.STRANGER
    assert "T-15" in ward.alerts()


def test_a_fault_over_a_strangers_text_is_told_too(ward: Ward) -> None:
    ward.text("+447700900999", "8", wording=broken(ward.wording))

    assert ward.alerts()["R-01"].patient_id is None


def test_the_sweep_tries_again_and_waits_longer_each_time(ward: Ward, asked: Patient) -> None:
    reply_id = ward.text(asked, "8", wording=broken(ward.wording))
    waits = []
    for _ in range(3):
        reply = ward.reply(reply_id)
        waits.append((reply.retry_at - ward.now).total_seconds())
        ward.now = reply.retry_at
        receiving.sweep(
            ward.transactions, broken(ward.wording), now=ward.now, real_now=lambda: ward.now
        )
    early = receiving.sweep(
        ward.transactions, ward.wording, now=ward.now, real_now=lambda: ward.now
    )
    ward.now += receiving.LONGEST_RETRY
    late = receiving.sweep(ward.transactions, ward.wording, now=ward.now, real_now=lambda: ward.now)
    ward.send()

    assert waits == [5, 10, 20]
    assert (early, late) == (0, 1)
    assert ward.alerts()["R-01"].times == 1
    assert "did you take what we agreed" in ward.said()[-1]


def test_a_text_that_waits_for_a_minute_stands_on_today_once(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "8", wording=broken(ward.wording))
    ward.now += receiving.UNHANDLED_AFTER
    for _ in range(2):
        receiving.sweep(
            ward.transactions, broken(ward.wording), now=ward.now, real_now=lambda: ward.now
        )

    assert ward.alerts()["R-02"].times == 1


def test_a_text_handled_by_another_process_meanwhile_is_left_alone(
    ward: Ward, asked: Patient
) -> None:
    reply_id = ward.text(asked, "8")
    assert reply_id is not None
    ward.said()

    again = receiving.handle_safely(
        ward.transactions, ward.wording, reply_id, now=ward.now, real_now=ward.now
    )
    late = receiving.handle_safely(
        ward.transactions, broken(ward.wording), reply_id, now=ward.now, real_now=ward.now
    )

    assert (again, late) == (True, True)
    assert ward.said() == []


def test_a_fault_that_ends_while_it_is_told_tells_nobody_twice(ward: Ward, asked: Patient) -> None:
    reply_id = ward.text(asked, "8")
    assert reply_id is not None

    with ward.transactions.begin() as session:
        receiving._tell_unreadable(session, ward.wording, reply_id, now=ward.now, real_now=ward.now)

    assert "R-01" not in ward.alerts()
