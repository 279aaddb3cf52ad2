"""One reply of a patient in the conversation that is open: where it lands and what is said.

An answer lands on the question that its writer had before them. One that came before its
question had gone out lands nowhere by itself: a person looks. A question that never came is
asked anew, whatever was answered meanwhile. The same words twice in a moment
may be one text repeated or two answers, so the open question is asked again.
"""

from datetime import timedelta

from companion.core import triage
from companion.core.conversation import Asked, Turn, advance, go_on, question_key
from companion.core.doses import plain
from companion.core.normalising import normalise
from companion.core.questions import OWN, SOME_LEFT_OVER, Question
from companion.core.reading.answers import has_words, read
from companion.core.reading.readings import Care, Reading, ReadingKind
from companion.core.sending import NEVER_CAME, NOT_GONE_YET, MessageKind
from companion.core.urgency import Urgency
from companion.services import settling, signposting, weighing
from companion.services.checking_in import question_text
from companion.services.incoming import Incoming
from companion.services.own_questions import question_for, still_asked
from companion.services.plan_today import plan_today
from companion.store import alerts, check_ins, messages, replies
from companion.store.check_ins import CheckIn, CheckInState
from companion.store.messages import Message

DOUBLED_WITHIN = timedelta(seconds=10)
"""Rule C-16: the same words twice within this are no second answer, for networks repeat texts."""
LATE_WITHIN = timedelta(days=7)
"""Rule C-17: how long after it was asked a question may still be answered."""
LATE_NOTED = "late_noted"
"""The key of the text that answers a late answer."""
VALUES = frozenset({ReadingKind.NUMBER, ReadingKind.RANGE})


def read_reply(text: Incoming, check_in: CheckIn | None) -> Reading:
    """Return what a reply means while *check_in* is open, if one is."""
    asked = None if check_in is None else check_in.question
    if asked is Question.TABLETS:
        most = weighing.most_tablets(text.session, text.patient, now=text.now)
        return read(text.body, asked, text.vocabulary, most_tablets=most)
    scale = None
    if asked is not None and asked in OWN:
        scale = question_for(text.session, text.patient, asked).scale
    return read(text.body, asked, text.vocabulary, scale=scale)


def converse(text: Incoming, check_in: CheckIn, asked: Question, reading: Reading) -> None:
    """Take a reply while a question is open: where it lands depends on whether that one came."""
    if _is_doubled(text):
        _ask_after_doubled(text, check_in, asked)
        return
    note_word(check_in, text)
    question = messages.newest_of_check_in(text.session, check_in.id)
    if question is not None and _is_early(text, question):
        _show_early(text, reading)
    elif question is not None and question.state in NEVER_CAME:
        _ask_anew(text, check_in, asked)
    else:
        _take(text, check_in, asked, reading)


def _take(text: Incoming, check_in: CheckIn, asked: Question, reading: Reading) -> None:
    """Take a reply to the open question: write it down, weigh it, say what follows."""
    turn = _turn(text, check_in, Asked(asked, again=check_in.asked_again), reading)
    if has_words(text.body, text.vocabulary, asked):
        tell_of_words(text)
    if turn.value is not None:
        settling.settle_by_answer(text.session, check_in.id, now=text.now)
        _write_down(text, check_in, asked, turn)
    if turn.given_up:
        text.tell(triage.not_understood_finding())
    check_in.question = turn.next.question if turn.next else None
    check_in.asked_again = turn.next.again if turn.next else False
    if turn.next is None:
        check_in.state = CheckInState.DONE
    _answer_turn(text, check_in, turn)


def _turn(text: Incoming, check_in: CheckIn, asked: Asked, reading: Reading) -> Turn:
    """Return what follows. Questions of the organisation's own may be answered in words."""
    asks = still_asked(text.session, text.patient, check_in, asked.question)
    if asked.question in OWN:
        own = question_for(text.session, text.patient, asked.question)
        if own.scale is None:
            return go_on(asks, asked.question)
    return advance(asks, asked, reading)


def _is_doubled(text: Incoming) -> bool:
    """Tell whether the same words came a moment ago: networks repeat texts under a new id."""
    before = replies.before(text.session, text.reply, within=DOUBLED_WITHIN)
    return before is not None and normalise(replies.body_of(text.session, before)) == normalise(
        text.body
    )


def _ask_after_doubled(text: Incoming, check_in: CheckIn, asked: Question) -> None:
    question = question_text(text.session, text.wording, text.patient, asked, check_in.local_day)
    text.answer("doubled", check_in_id=check_in.id, values={"question": question})


def _is_early(text: Incoming, question: Message) -> bool:
    """Tell whether the reply was written before the open question had gone out."""
    if question.kind is MessageKind.REMINDER:
        return False  # the question had gone out a day before
    return question.state in NOT_GONE_YET or text.reply.received_at < question.queued_at


def _show_early(text: Incoming, reading: Reading) -> None:
    """Show a person what came too early; the question that is on its way asks for the rest."""
    worded = has_words(text.body, text.vocabulary)
    if worded:
        tell_of_words(text)
        answer_words(text)
    if reading.value is not None or not worded:
        text.tell(triage.early_finding())


def _ask_anew(text: Incoming, check_in: CheckIn, asked: Question) -> None:
    """Ask what never came to the patient; words are answered first, and the reminder asks then."""
    if has_words(text.body, text.vocabulary, asked):
        tell_of_words(text)
        answer_words(text)
        return
    question = question_text(text.session, text.wording, text.patient, asked, check_in.local_day)
    text.answer_in(question, question_key(asked), check_in_id=check_in.id)


def note_word(check_in: CheckIn | None, text: Incoming) -> None:
    """Write down that the patient wrote, so that their silence counts from now."""
    if check_in is not None:
        check_in.answered_at = text.now


def tell_of_words(text: Incoming) -> None:
    """Show a person what was written."""
    reviewed = text.wording.is_reviewed(text.patient.language)
    text.tell(triage.free_text_finding(reviewed=reviewed))


def _write_down(text: Incoming, check_in: CheckIn, asked: Question, turn: Turn) -> None:
    assert turn.value is not None
    check_ins.add_answer(text.session, check_in, text.reply, asked, turn.value, now=text.now)
    for finding in weighing.weigh(text.session, text.patient, asked, now=text.now):
        text.tell(finding)


def take_late(text: Incoming) -> bool:
    """Take an answer to a check-in that has ended; tell whether it was one."""
    check_in = check_ins.newest_check_in(text.session, text.patient)
    if check_in is None or check_in.state is not CheckInState.EXPIRED:
        return False
    if text.now - check_in.asked_at > LATE_WITHIN:
        return False
    given = weighing.answers_in(text.session, text.patient, check_in)
    asked = next((question for question in check_in.asks if question not in {*given, *OWN}), None)
    if asked is None:
        return False
    if not _may_have_seen(text, check_in):
        return False
    reading = read(text.body, asked, text.vocabulary)
    if reading.kind not in VALUES or reading.care is not Care.NONE:
        return False
    if has_words(text.body, text.vocabulary, asked):
        tell_of_words(text)
    _write_down(text, check_in, asked, advance((asked,), Asked(asked), reading))
    text.answer(LATE_NOTED, check_in_id=check_in.id)
    return True


def _may_have_seen(text: Incoming, check_in: CheckIn) -> bool:
    """Tell whether the question that was open at the end may have been read on this phone.

    After one late answer the next question was never asked.
    """
    question = messages.newest_of_check_in(text.session, check_in.id)
    return (
        question is not None
        and question.text_key != LATE_NOTED
        and question.state not in NOT_GONE_YET | NEVER_CAME
        and question.phone_version == text.patient.phone_version
    )


def _answer_turn(text: Incoming, check_in: CheckIn, turn: Turn) -> None:
    if turn.say == "thanks":
        _thank(text, check_in)
        return
    if turn.say == "noted":
        answer_words(text)
        return
    if turn.next is not None and turn.next.question in OWN:
        _ask_own(text, check_in, turn.next)
        return
    day = text.wording.short_day(check_in.local_day, text.patient.language)
    number = "" if turn.to_confirm is None else plain(turn.to_confirm)
    text.answer(turn.say, check_in_id=check_in.id, values={"day": day, "number": number})


def _ask_own(text: Incoming, check_in: CheckIn, asked: Asked) -> None:
    """Ask a question of the organisation's own, in its own words."""
    own = question_for(text.session, text.patient, asked.question)
    if asked.again:
        text.answer(
            "own_again",
            check_in_id=check_in.id,
            values={"low": str(own.low), "high": str(own.high)},
        )
    else:
        key = question_key(asked.question)
        text.answer_in(own.text_in(text.patient.language), key, check_in_id=check_in.id)


def answer_words(text: Incoming) -> None:
    """Say when a person reads what was written."""
    urgent = text.screening.urgency >= Urgency.URGENT
    text.answer("noted_urgent" if urgent else "noted")


def _thank(text: Incoming, check_in: CheckIn) -> None:
    """Say thank you: what the team does, what is expected, or what may help."""
    answers = weighing.answers_in(text.session, text.patient, check_in)
    if alerts.was_told_since(text.session, text.patient, check_in.asked_at, Urgency.URGENT):
        text.answer("noted_urgent", check_in_id=check_in.id)
        return
    plan = plan_today(text.session, text.patient, text.now)
    withdrawal = answers.get(Question.WITHDRAWAL)
    if answers.get(Question.LEFT_OVER) == SOME_LEFT_OVER:
        text.answer("take_back", check_in_id=check_in.id)
    elif triage.is_expected_withdrawal(withdrawal, plan.today, plan.last_cut_on):
        text.answer("withdrawal_expected", check_in_id=check_in.id)
    else:
        signposting.point_to(text, check_in, answers)
