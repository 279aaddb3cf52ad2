"""A text from webhook to alert: kept, read, screened, weighed and answered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from companion.core import triage
from companion.core.people import Pathway, PatientStatus, StopReason
from companion.core.phrases import Lexicon
from companion.core.protocols import Often
from companion.core.questions import Question
from companion.core.sending import MessageKind, MessageState
from companion.core.urgency import Urgency
from companion.services import checking_in, enrolment, incoming, leaving, receiving
from companion.sms.gateway import Refused, Uncertain
from companion.store import alerts, check_ins, messages, plans, replies
from companion.store.audit import SYSTEM
from companion.store.check_ins import CheckInState
from companion.store.patients import Patient
from companion.store.replies import ReplyState
from companion.team_hours import hours_in
from companion.wording import Wording
from tests.rigs.enrolled import Ward
from tests.rigs.texted import change_phone
from tests.rigs.wordings import parts_of


@pytest.fixture
def asked(ward: Ward) -> Patient:
    """A patient with the first question of a check-in open."""
    patient = ward.register()
    ward.agree(patient)
    ward.now += timedelta(days=2)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.send()
    assert "how bad is your pain" in ward.said()[-1]
    return patient


class BrokenWording(Wording):
    """Words that cannot be found: stands for any fault of ours in reading a text."""

    def lexicons(self, language: str) -> tuple[Lexicon, ...]:
        raise RuntimeError("the words are gone")


def broken(wording: Wording) -> Wording:
    return BrokenWording(**parts_of(wording))


def test_a_whole_check_in_ends_with_thanks_and_a_signpost(ward: Ward, asked: Patient) -> None:
    ward.answer(asked, coping="about an 8 today")

    use, coping, withdrawal, interest, mood, sure, thanks = ward.said()
    assert "did you take what we agreed" in use
    assert "How well are you coping" in coping
    assert "restless nights" in withdrawal
    assert "little interest" in interest
    assert "feel down" in mood
    assert "your next step" in sure
    assert thanks.startswith("Thank you. You may like this:")
    check_in = ward.check_in(asked)
    assert check_in is not None
    assert check_in.state is CheckInState.DONE
    assert not {"T-01", "T-02", "T-03", "T-10"} & ward.alerts().keys()


def test_the_same_signpost_is_not_sent_twice_running(ward: Ward, asked: Patient) -> None:
    ward.answer(asked)
    first = ward.said()[-1]
    ward.now += timedelta(days=2)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.send()
    ward.answer(asked)

    assert ward.said()[-1] != first


def test_answers_that_need_the_team_are_told_and_answered_so(ward: Ward, asked: Patient) -> None:
    ward.answer(asked, pain="8", use="3", coping="2")

    assert "Please don't take extra" in ward.said()[-1]
    assert ward.alerts()["T-03"].level is Urgency.URGENT
    assert ward.alerts()["T-02"].level is Urgency.SOON


def test_pain_well_over_the_usual_in_two_check_ins_running_is_told(
    ward: Ward, asked: Patient
) -> None:
    for body in ("7", "1", "8"):
        ward.text(asked, body)
    assert "T-01" not in ward.alerts()
    ward.now += timedelta(days=2)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.send()

    ward.text(asked, "7-8")

    assert ward.why("T-01") == "Pain 7 then 8 in the last two check-ins; usually 5."


def test_what_is_not_understood_is_asked_once_more_then_goes_to_a_person(
    ward: Ward, asked: Patient
) -> None:
    ward.text(asked, "11")
    again = ward.said()[-1]
    ward.text(asked, "lots and lots")
    given_up = ward.said()[-1]

    assert "Reply with just a number, like 6" in again
    assert "someone from the team will read your texts" in given_up
    assert {"T-09", "T-10"} <= ward.alerts().keys()
    check_in = ward.check_in(asked)
    assert check_in is not None
    assert (check_in.state, check_in.question) == (CheckInState.DONE, None)


def test_danger_words_are_answered_at_once_whatever_is_open(ward: Ward, asked: Patient) -> None:
    ward.now = ward.now.replace(hour=3) + timedelta(days=1)

    reply_id = ward.text(asked, "i want to die")

    assert "call 999 now" in ward.said()[-1]
    assert ward.alerts()["T-06"].level is Urgency.EMERGENCY
    check_in = ward.check_in(asked)
    assert check_in is not None
    assert check_in.question is Question.PAIN
    with ward.transactions.reading() as session:
        kinds = {
            m.kind
            for m in messages.texts_of(session, ward.scope, asked.id, limit=9)
            if m.reply_id == reply_id
        }
    assert kinds == {MessageKind.CRISIS}


def test_words_of_despair_page_nobody_and_are_answered_with_the_crisis_numbers(ward: Ward) -> None:
    patient = ward.register()
    ward.said()

    ward.text(patient, "whats the point anymore")

    assert "Samaritans 116 123" in ward.said()[-1]
    assert ward.alerts()["T-07"].level is Urgency.URGENT
    assert ward.why("T-07").endswith("The crisis numbers were sent.")


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


def recorded(ward: Ward, patient: Patient) -> dict[Question, Decimal]:
    with ward.transactions.reading() as session:
        return {a.question: a.value for a in check_ins.answers_of(session, patient)}


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
    assert recorded(ward, asked) == {}
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
    assert recorded(ward, asked) == {}
    ward.now += triage.SILENCE_AFTER
    checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    assert "T-11" not in ward.alerts()


def test_an_answer_after_the_phone_changed_lands_in_no_question_of_the_old_one(
    ward: Ward, asked: Patient
) -> None:
    ward.change(
        asked,
        lambda session, p: enrolment.change_phone(
            session,
            p,
            "07700 900099",
            ward.wording,
            based_on=p.revision,
            actor=ward.actor,
            now=ward.now,
            allow_examples=True,
        ),
    )
    on_new_phone = ward.again(asked)
    ward.text(on_new_phone, "1")

    ward.text(on_new_phone, "5")

    assert recorded(ward, asked) == {}
    assert "T-10" in ward.alerts()


def test_an_answer_after_stop_is_shown_and_lands_in_no_question(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "STOP")

    ward.text(asked, "5")

    assert recorded(ward, asked) == {}
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


def test_words_with_nothing_open_are_noted_and_shown(ward: Ward) -> None:
    patient = ward.register()

    ward.text(patient, "saw the physio on tuesday")

    assert "The team will read this" in ward.said()[-1]
    assert "T-10" in ward.alerts()


def test_urgent_words_with_nothing_open_are_answered_so(ward: Ward) -> None:
    patient = ward.register()

    ward.text(patient, "I have run out of my tablets")

    assert "Please don't take extra" in ward.said()[-1]
    assert "T-07" in ward.alerts()


def test_politeness_with_nothing_open_needs_no_answer(ward: Ward) -> None:
    patient = ward.register()
    ward.send()
    ward.said()

    ward.text(patient, "ok thanks")

    assert ward.said() == []
    assert ward.alerts() == {}


def test_a_late_number_is_noted_not_lost(ward: Ward) -> None:
    patient = ward.register()

    ward.text(patient, "7")

    assert "The team will read this" in ward.said()[-1]
    assert "T-10" in ward.alerts()


def test_a_number_with_words_counts_and_is_shown(ward: Ward, asked: Patient) -> None:
    ward.text(asked, "7, awful night with the dog")

    assert "did you take what we agreed" in ward.said()[-1]
    assert "T-10" in ward.alerts()


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


def test_a_phone_that_answers_our_answers_is_told_about_and_left_alone(ward: Ward) -> None:
    patient = ward.register()
    ward.said()
    for _ in range(incoming.FLOOD + 5):
        ward.text(patient, "I am driving and will answer later")
    quiet = ward.said()
    ward.text(patient, "i want to die")

    assert len(quiet) == incoming.FLOOD
    assert ward.alerts()["R-03"].times == 5
    assert "999" in ward.said()[-1]


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


def test_texts_of_one_phone_are_taken_in_the_order_they_came(ward: Ward, asked: Patient) -> None:
    phone = ward.phone_of(asked)
    with ward.transactions.begin() as session:
        # The first was kept by a process that died before it looked at it.
        replies.keep(
            session,
            provider_id="SM1",
            phone=phone,
            body="3",
            opt_out_type=None,
            received_at=ward.now,
            kept_at=ward.now,
        )
    ward.now += timedelta(seconds=1)

    ward.text(asked, "1", provider_id="SM2")

    with ward.transactions.reading() as session:
        found = {a.question: a.value for a in check_ins.answers_of(session, asked)}
    # The second came before its question had gone out: a person looks what it answers.
    assert found == {Question.PAIN: 3}
    assert "T-29" in ward.alerts()


def test_a_flood_from_one_phone_delays_nobody_else(ward: Ward) -> None:
    with ward.transactions.begin() as session:
        for nth in range(150):
            replies.keep(
                session,
                provider_id=f"SM{nth}",
                phone="+447700900001",
                body="again",
                opt_out_type=None,
                received_at=ward.now + timedelta(milliseconds=nth),
                kept_at=ward.now,
            )
        late = replies.keep(
            session,
            provider_id="SM-late",
            phone="+447700900002",
            body="me too",
            opt_out_type=None,
            received_at=ward.now + timedelta(seconds=1),
            kept_at=ward.now + timedelta(seconds=1),
        )

    with ward.transactions.reading() as session:
        turn = replies.kept_everywhere(session, real_now=ward.now + timedelta(seconds=2))

    assert late in turn[:2]


def test_somebody_who_finished_is_still_heard(ward: Ward) -> None:
    patient = ward.register()
    ward.change(
        patient, lambda session, p: enrolment.finish(session, p, actor=SYSTEM, now=ward.now)
    )

    ward.text(patient, "i want to die")

    assert ward.alerts()["T-06"].patient_id == patient.id


def test_a_text_is_kept_whole_and_odd_letters_harm_nobody(ward: Ward) -> None:
    patient = ward.register()

    reply_id = ward.text(patient, "a\x00b\u202e😀" + "x" * 12_000)

    with ward.transactions.reading() as session:
        body = replies.body_of(session, ward.reply(reply_id))
    assert body.startswith("a\x00b\u202e😀x")
    assert len(body) == replies.LONGEST_KEPT
    assert ward.reply(reply_id).state is ReplyState.HANDLED


def test_a_repeat_changes_nothing(ward: Ward, asked: Patient) -> None:
    first = ward.text(asked, "8", provider_id="SM1")
    again = ward.text(asked, "8", provider_id="SM1")

    assert first is not None
    assert again is None
    assert len(ward.said()) == 1


def test_twenty_repeats_at_once_make_one_reply_and_one_answer(ward: Ward, asked: Patient) -> None:
    def once(_n: int) -> object:
        return receiving.receive(
            ward.transactions,
            ward.wording,
            provider_id="SM1",
            phone=phone,
            body="8",
            opt_out_type=None,
            now=ward.now,
            real_now=ward.now,
        )

    phone = ward.phone_of(asked)
    with ThreadPoolExecutor(8) as pool:
        kept = [reply for reply in pool.map(once, range(20)) if reply is not None]
    ward.send()

    assert len(kept) == 1
    assert len(ward.said()) == 1
    with ward.transactions.reading() as session:
        assert len(check_ins.answers_of(session, asked)) == 1


def test_the_same_words_twice_at_once_are_one_answer(ward: Ward, asked: Patient) -> None:
    phone = ward.phone_of(asked)

    def once(body: str) -> object:
        return receiving.receive(
            ward.transactions,
            ward.wording,
            provider_id=f"SM{uuid4().hex}",
            phone=phone,
            body=body,
            opt_out_type=None,
            now=ward.now,
            real_now=ward.now,
        )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(once, ["2", "2"]))

    with ward.transactions.reading() as session:
        answers = {a.question: a.value for a in check_ins.answers_of(session, asked)}
    assert answers == {Question.PAIN: 2}  # the same words at one moment are one text


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


def test_what_somebody_on_discharge_answers_counts_the_same(ward: Ward) -> None:
    patient = ward.register(
        pathway=Pathway.DISCHARGE, discharged_on=ward.now.date() - timedelta(days=3)
    )
    ward.now += timedelta(days=1)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.send()

    ward.text(patient, "9")

    check_in = ward.check_in(patient)
    assert check_in is not None
    assert (check_in.kind, check_in.question) == ("post-discharge", Question.TABLETS)


def test_help_from_a_phone_that_is_not_confirmed_is_answered(ward: Ward) -> None:
    patient = ward.register(confirmed=False)

    ward.text(patient, "help", opt_out_type="HELP")

    assert "999" in ward.said()[-1]


def test_an_answer_proves_that_the_doubtful_question_came(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)
    ward.now += timedelta(days=2)
    ward.gateway.answer_next(Uncertain("no answer within the deadline"), taken=True)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.send()
    check_in = ward.check_in(patient)
    assert check_in is not None

    def question() -> messages.Message:
        with ward.transactions.reading() as session:
            texts = messages.texts_of(session, ward.scope, patient.id, limit=9)
        return next(one for one in texts[::-1] if one.check_in_id == check_in.id)

    assert question().state is MessageState.UNCERTAIN
    ward.now += timedelta(minutes=1)
    ward.text(patient, "4")

    assert question().state is MessageState.DELIVERED
    assert "did you take what we agreed" in ward.said()[-1]
