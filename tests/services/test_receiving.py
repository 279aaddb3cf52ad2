"""A text from webhook to alert: kept once, in turn, read, weighed and answered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from companion.core.people import Pathway
from companion.core.questions import Question
from companion.core.sending import MessageKind, MessageState
from companion.core.urgency import Urgency
from companion.services import checking_in, enrolment, incoming, receiving
from companion.sms.gateway import Uncertain
from companion.store import check_ins, messages, replies
from companion.store.audit import SYSTEM
from companion.store.check_ins import CheckInState
from companion.store.patients import Patient
from companion.store.replies import ReplyState
from tests.rigs.enrolled import Ward


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
    ward.ask(days=2)
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
    ward.ask(days=2)

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

    # The second came before its question had gone out: a person looks what it answers.
    assert ward.recorded(asked) == {Question.PAIN: 3}
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

    assert ward.recorded(asked) == {Question.PAIN: 2}  # the same words at one moment are one text


def test_what_somebody_on_discharge_answers_counts_the_same(ward: Ward) -> None:
    patient = ward.register(
        pathway=Pathway.DISCHARGE, discharged_on=ward.now.date() - timedelta(days=3)
    )
    ward.ask(days=1)

    ward.text(patient, "9")

    check_in = ward.check_in(patient)
    assert check_in is not None
    assert (check_in.kind, check_in.question) == ("post-discharge", Question.TABLETS)


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
