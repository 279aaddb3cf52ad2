"""Which questions are asked, on which days, and what follows an answer."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from companion.core.conversation import Asked, advance, question_key
from companion.core.protocols import Cadence, Often, Protocol, ProtocolError
from companion.core.questions import Question
from companion.core.reading.readings import UNCLEAR, Care, Reading, ReadingKind

ANCHOR = date(2027, 1, 4)
ALL = (Question.PAIN, Question.USE, Question.COPING)
USUAL = Cadence((2, 4, 7), 7)
EVERY_DAY = Cadence(tuple(range(1, 8)), 3)
DAYS = {Often.USUAL: USUAL, Often.OFTEN: EVERY_DAY, Often.SELDOM: Cadence((3, 7), 14)}
TAPER = Protocol("taper", ALL, DAYS, {})


def due_days(protocol: Protocol, **wishes: Any) -> list[int]:
    return [
        n for n in range(-3, 30) if protocol.is_due(ANCHOR + timedelta(days=n), ANCHOR, **wishes)
    ]


def test_days_after_a_cut_are_dense_then_weekly() -> None:
    assert due_days(TAPER) == [2, 4, 7, 14, 21, 28]


def test_a_patient_may_be_asked_more_or_less_often() -> None:
    assert due_days(TAPER, often=Often.SELDOM) == [3, 7, 21]
    assert due_days(TAPER, often=Often.OFTEN)[:9] == [1, 2, 3, 4, 5, 6, 7, 10, 13]


def test_what_falls_on_another_day_of_the_week_is_asked_on_the_next_chosen_one() -> None:
    mondays_and_thursdays = frozenset({0, 3})  # the anchor is a Monday

    assert due_days(TAPER, week_days=mondays_and_thursdays) == [3, 7, 14, 21, 28]


def test_no_check_in_is_lost_however_few_days_are_chosen() -> None:
    for day in range(7):
        chosen = frozenset({day})

        assert len(due_days(TAPER, week_days=chosen)) >= 4
        assert all(
            (ANCHOR + timedelta(days=n)).weekday() == day for n in due_days(TAPER, week_days=chosen)
        )


def test_a_protocol_may_end() -> None:
    ends = dict.fromkeys(Often, Cadence((4, 7), 0))

    assert due_days(Protocol("post-discharge", ALL, ends, {})) == [4, 7]


def test_an_extra_question_is_asked_on_its_day_only_and_weekly_ones_when_a_week_has_gone() -> None:
    weekly = Protocol("weekly", (*ALL, Question.MOOD), DAYS, {7: (Question.LEFT_OVER,)})
    fourth, seventh = ANCHOR + timedelta(days=4), ANCHOR + timedelta(days=7)

    assert weekly.questions_on(fourth, ANCHOR) == (*ALL, Question.MOOD)
    assert weekly.questions_on(fourth, ANCHOR, not_yet=frozenset({Question.MOOD})) == ALL
    assert weekly.questions_on(seventh, ANCHOR)[-1] is Question.LEFT_OVER
    tuesdays = frozenset({1})
    assert (
        weekly.questions_on(ANCHOR + timedelta(days=8), ANCHOR, week_days=tuesdays)[-1]
        is Question.LEFT_OVER
    )
    assert weekly.questions_on(ANCHOR + timedelta(days=1), ANCHOR) == (*ALL, Question.MOOD)


def without(often: Often) -> dict[Often, Cadence]:
    return {one: cadence for one, cadence in DAYS.items() if one is not often}


@pytest.mark.parametrize(
    ("questions", "days", "extra", "fault"),
    [
        ((), DAYS, {}, "once each"),
        ((Question.PAIN, Question.PAIN), DAYS, {}, "once each"),
        ((Question.MOOD, Question.PAIN), DAYS, {}, "each time"),
        (ALL, without(Often.SELDOM), {}, "seldom must have its days"),
        (ALL, {**DAYS, Often.USUAL: Cadence((), 7)}, {}, "must rise"),
        (ALL, {**DAYS, Often.USUAL: Cadence((4, 2), 7)}, {}, "must rise"),
        (ALL, {**DAYS, Often.USUAL: Cadence((-1, 2), 7)}, {}, "negative"),
        (ALL, {**DAYS, Often.USUAL: Cadence((1,), -1)}, {}, "negative"),
        (ALL, {**DAYS, Often.USUAL: Cadence((1, 400), 0)}, {}, "within a year"),
        (ALL, DAYS, {8: (Question.LEFT_OVER,)}, "on day 8 nobody is asked"),
        (ALL, DAYS, {7: (Question.PAIN,)}, "must not be asked each time too"),
    ],
)
def test_a_protocol_that_cannot_be_followed_is_refused(
    questions: tuple[Question, ...],
    days: dict[Often, Cadence],
    extra: dict[int, tuple[Question, ...]],
    fault: str,
) -> None:
    with pytest.raises(ProtocolError, match=f"broken.*{fault}"):
        Protocol("broken", questions, days, extra)


def test_every_fault_of_a_protocol_is_named_at_once() -> None:
    with pytest.raises(ProtocolError, match=r"once each; .*must rise"):
        Protocol("broken", (), {**DAYS, Often.USUAL: Cadence((), 7)}, {})


def number(value: str, high: str | None = None) -> Reading:
    kind = ReadingKind.NUMBER if high is None else ReadingKind.RANGE
    return Reading(kind, Decimal(value), None if high is None else Decimal(high))


def test_each_answer_leads_to_the_next_question_and_the_last_to_thanks() -> None:
    first = advance(ALL, Asked(Question.PAIN), number("6"))
    second = advance(ALL, Asked(Question.USE), number("1"))
    last = advance(ALL, Asked(Question.COPING), number("7"))

    assert (first.value, first.next, first.say) == (Decimal(6), Asked(Question.USE), "use_question")
    assert second.say == question_key(Question.COPING)
    assert (last.next, last.say) == (None, "thanks")


def test_a_range_counts_as_its_worse_end() -> None:
    assert advance(ALL, Asked(Question.PAIN), number("6", "7")).value == 7
    assert advance(ALL, Asked(Question.COPING), number("3", "4")).value == 3


@pytest.mark.parametrize(
    "kind", [UNCLEAR, Reading(ReadingKind.OUT_OF_RANGE), Reading(ReadingKind.YES)]
)
def test_what_is_not_understood_is_asked_once_more_then_goes_to_a_person(kind: Reading) -> None:
    once = advance(ALL, Asked(Question.USE), kind)
    twice = advance(ALL, Asked(Question.USE, again=True), kind)

    assert once.next == Asked(Question.USE, again=True)
    assert once.say == "use_again"
    assert not once.given_up
    assert (twice.next, twice.say, twice.given_up) == (None, "not_understood_person", True)


@pytest.mark.parametrize(
    ("question", "value", "fits"),
    [
        (Question.PAIN, "10", True),
        (Question.PAIN, "6.5", True),
        (Question.PAIN, "6.25", False),
        (Question.PAIN, "10.5", False),
        (Question.USE, "0", False),
        (Question.USE, "2.5", False),
        (Question.USE, "4", True),
    ],
)
def test_a_scale_knows_its_numbers(question: Question, value: str, fits: bool) -> None:
    assert question.scale.holds(Decimal(value)) is fits


def test_words_for_a_person_leave_the_question_open() -> None:
    turn = advance(ALL, Asked(Question.USE), Reading(ReadingKind.FREE_TEXT))

    assert (turn.next, turn.say, turn.value) == (Asked(Question.USE), "noted", None)


def test_a_sum_counts_only_once_it_was_read_back() -> None:
    three = Reading(ReadingKind.NUMBER, Decimal(3), care=Care.CONFIRM)
    questions = (Question.TABLETS, Question.COPING)

    once = advance(questions, Asked(Question.TABLETS), three)
    twice = advance(questions, Asked(Question.TABLETS, again=True), three)

    assert (once.value, once.to_confirm, once.say) == (None, Decimal(3), "count_confirm")
    assert once.next == Asked(Question.TABLETS, again=True)
    assert (twice.value, twice.next) == (Decimal(3), Asked(Question.COPING))
